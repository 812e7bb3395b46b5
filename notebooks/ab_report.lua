-- %% [markdown]
-- # The e-mail experiment of 2008
-- Kevin Hillstrom's MineThatData challenge: 64,000 customers got an e-mail of men's goods, of women's goods, or none. Did it bring visits,
-- purchases, money? What customers spent in the year before (`history`) is taken out of the noise by CUPED.
--
-- usage: COHORT_DATA=FOLDER cohort notebooks/ab_report.lua [OUT.html] [en|zh], where FOLDER holds hillstrom.csv

-- %%
local folder = os.getenv "COHORT_DATA"
if not folder then
    io.stderr:write("COHORT_DATA must name the folder that holds hillstrom.csv\n")
    os.exit(2, true)
end
local customers = data.read(folder .. "/hillstrom.csv")
show(customers:head(3))

-- %% [markdown]
-- ## What is measured, and how it is decided

-- %%
local test = ab.experiment {
    name = "E-mail experiment", hypothesis = "An e-mail brings visits, purchases and money.",
    data = customers, variant = "segment", control = "No E-Mail",
    copy = { ["Mens E-Mail"] = "E-mail of men's merchandise", ["Womens E-Mail"] = "E-mail of women's merchandise", ["No E-Mail"] = "no e-mail" },
    metrics = { ab.proportion "visit", ab.proportion "conversion", ab.mean("spend", { unit = "$" }) },
    segments = { "channel", "history_segment" }, covariates = { "history" }, mde = 0.1,
}

-- %% [markdown]
-- ## What was found

-- %%
local result = test:analyze()
show(result)

-- %%
show(result:charts({ lang = arg[2] })[1])

-- %% [markdown]
-- ## Is it the same for everybody?
-- Small p-values speak for an effect that differs between the values of a segment: an idea for the next experiment.

-- %%
local rows = { segment = {}, metric = {}, arm = {}, values = {}, p = {} }
for i, segment in ipairs(result.segments) do
    rows.segment[i], rows.metric[i], rows.arm[i] = segment.segment, segment.metric, segment.arm
    rows.values[i], rows.p[i] = #segment.values, ("%.3f"):format(segment.interaction_p)
end
show(data.table(rows, { columns = { "segment", "metric", "arm", "values", "p" } }))

-- %%
local out = arg[1] or "ab_report.html"
report.experiment(result, out, { lang = arg[2] })
print(("\nthe report is in %s"):format(out))
