-- %% [markdown]
-- # Before an experiment
-- How many users, for how long, what can be found at all, and whether the metrics can be trusted on your own data.

-- %%
local here = arg[0]:match("^(.*)/[^/]*$") or "."
local users = data.read(arg[1] or here .. "/data/ad_copy.csv")
local baseline = users:sql("select avg(bought) as share from this where variant = 'control'").share[1]
print(("control buys at %.2f%%"):format(100 * baseline))

-- %% [markdown]
-- ## How many, and for how long

-- %%
-- Three arms share 2,000 users a day; whole weeks, so that every day of the week counts alike.
local rows = { lift = {}, users_an_arm = {}, days = {}, weeks = {} }
for i, lift in ipairs { 0.05, 0.1, 0.2, 0.3, 0.5 } do
    local units = ab.sample_size { baseline = baseline, mde = lift }
    local days, weeks = ab.duration { units = units, traffic = 2000, arms = 3 }
    rows.lift[i], rows.users_an_arm[i], rows.days[i], rows.weeks[i] = ("+%.0f%%"):format(100 * lift), units, days, weeks
end
show(data.table(rows, { columns = { "lift", "users_an_arm", "days", "weeks" } }))

-- %% [markdown]
-- ## What the data at hand can find

-- %%
local per_arm = #users // 3
local absolute, relative = ab.mde { baseline = baseline, n = per_arm }
print(("%d users an arm find a lift of %.1f%% (%.2f points) with a power of 80%%"):format(per_arm, 100 * relative, 100 * absolute))
print(("a lift of 30%% is found with a power of %.0f%%"):format(100 * ab.power { baseline = baseline, n = per_arm, mde = 0.3 }))

-- %% [markdown]
-- ## Can the metrics be trusted?
-- The users are dealt into two arms at random, over and over, where nothing differs: a difference should be found 5 times in 100.

-- %%
local checks = ab.aa {
    data = users, unit = "user", runs = 500, covariates = { "spent_before" },
    metrics = { ab.proportion "bought", ab.ratio("clicks", "views"), ab.mean("spend", { winsorize = 0.99 }) },
}
show(data.table(checks):sql "select metric, round(false_positives, 3) as false_positives, round(uniform_p, 3) as uniform_p, valid from this")
