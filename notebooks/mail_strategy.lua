-- %% [markdown]
-- # Which mail for whom?
-- In Kevin Hillstrom's e-mail challenge 64,000 customers got, by lot, a mail of men's goods, one of women's goods, or none. Sending the better of the two to
-- everybody is one strategy. Here a network learns what each customer would do after each mail, and chooses for every one. Is the choice worth more than the best
-- single mail? Customers that the network never saw answer, without a new experiment, because who got what was a matter of chance (off-policy evaluation).
--
-- usage: COHORT_DATA=FOLDER cohort notebooks/mail_strategy.lua [CUSTOMERS] [EPOCHS], where FOLDER holds hillstrom.csv

-- %%
local folder = os.getenv "COHORT_DATA"
if not folder then
    io.stderr:write("COHORT_DATA must name the folder that holds hillstrom.csv\n")
    os.exit(2, true)
end
local most, epochs = tonumber(arg[1] or "64000"), tonumber(arg[2] or "30")
if not most or not epochs then error("usage: cohort notebooks/mail_strategy.lua [CUSTOMERS] [EPOCHS]", 0) end
local strategies = { "No E-Mail", "Mens E-Mail", "Womens E-Mail" }
local bought = { "men's", "women's", "both" }

local customers = data.read(folder .. "/hillstrom.csv"):sql([[
    select
        list_position($1, segment) as strategy, visit, spend,
        case when mens + womens = 2 then 3 when womens = 1 then 2 else 1 end as product,
        recency, ln(history) as history, newbie,
        (channel = 'Web')::int as web, (channel = 'Phone')::int as phone, (zip_code = 'Urban')::int as urban, (zip_code = 'Rural')::int as rural
    from this limit $2
]], { strategies, most })
print(("%d customers"):format(#customers))
show(customers:sql([[
    select $1[product] as bought_before, $2[strategy] as strategy, count(*) as customers, round(100 * avg(visit), 2) as visits_percent
    from this group by product, strategy order by product, strategy
]], { bought, strategies }))

-- %% [markdown]
-- ## User, product, strategy
-- Each of the three gets a vector: the user from numbers and channel, the product (what was bought in the year before) and the strategy by looking them up in a
-- learnt table (an embedding). Side by side they go through a network that says how likely a visit is. What the strategy changes is learnt together with
-- whom it meets. Half of the customers are to learn from, a tenth to choose by, and the rest to judge by.

-- %%
local users = customers:tensor({ "recency", "history", "newbie", "web", "phone", "urban", "rural" }, { dtype = "float32" })
local products = customers.product:tensor { dtype = "int64" }
local given = customers.strategy:tensor { dtype = "int64" }
local visit = customers.visit:tensor { dtype = "float32" }
local spend = customers.spend:tensor { dtype = "float64" }

local rest, test = nn.train_test_split(given, { test = 0.4, stratify = given, seed = 1 })
local a, b = nn.train_test_split(given[rest], { test = 1 / 6, stratify = given[rest], seed = 2 })
local train, dev = rest[a], rest[b]
users = (users - users[train]:mean(1)) / users[train]:std(1)
print(("%d customers to learn from, %d to choose by, %d to judge by"):format(#train, #dev, #test))

local Net = {
    user = nn.linear(users.shape[2], 8, { seed = 3 }),
    product = nn.embedding(#bought, 4, { seed = 4 }),
    strategy = nn.embedding(#strategies, 4, { seed = 5 }),
    head = nn.sequential { nn.linear(20, 32, { seed = 6 }), nn.relu(), nn.dropout(0.1, { seed = 7 }), nn.linear(32, 1, { seed = 8 }) },
}
function Net:forward(user, product, strategy)
    local who, what, how = self.user(user), self.product(product), self.strategy(strategy)
    return self.head(tensor.concat({ who, what, how, what * how }, 2))
end
local net = nn.module(Net)
local function of(rows) return { x = { users[rows], products[rows], given[rows] }, y = visit[rows]:reshape(-1, 1) } end
local history = nn.fit(net, of(train), {
    loss = "bce_with_logits", optimizer = "adam", lr = 0.001, weight_decay = 1e-4, epochs = epochs, batch = 256, patience = 8, seed = 9, validation = of(dev),
})
print(("%d parameters; best after %d epochs of %d"):format(net.size, history.best, #history.epochs))

-- %% [markdown]
-- ## What it expects, and what it chooses
-- Every customer meets every strategy in the network, and gets the one with the most expected visits. Beside it stands a rule that needs no network: for each
-- product the strategy with most visits among the customers to learn from.

-- %%
local expected = {}
for s = 1, #strategies do
    expected[s] = net:predict({ users[test], products[test], tensor.full({ #test }, s, { dtype = "int64" }) }):sigmoid():reshape(-1):to("float64")
end
expected = tensor.stack(expected, 2)

local function mean_visits(product, strategy)
    local rows = given[train]:eq(strategy)
    if product then rows = rows * products[train]:eq(product) end
    return visit[train][rows:gt(0)]:to("float64"):mean()
end
local function best_of(product)
    local best = 1
    for s = 2, #strategies do if mean_visits(product, s) > mean_visits(product, best) then best = s end end
    return best
end
local rule = {}
for p = 1, #bought do rule[p] = best_of(p) end

local single = best_of()
local everybody = tensor.full({ #test }, 1, { dtype = "int64" })
local policies = {
    { name = "best single", choice = everybody * single },
    { name = "by product", choice = tensor(rule, { dtype = "int64" })[products[test]] },
    { name = "network", choice = expected:argmax(2) },
    { name = "no mail", choice = everybody },
}
local chosen = {}
for p = 1, #bought do
    for s = 1, #strategies do
        local group = products[test]:eq(p)
        local hits = policies[3].choice[group]:eq(s):to("float64")
        chosen[#chosen + 1] = { bought = bought[p], strategy = strategies[s], share_percent = tonumber(("%.1f"):format(100 * hits:mean())) }
    end
end
print(("the best single strategy is %s; by product: %s"):format(strategies[single],
    table.concat({ strategies[rule[1]], strategies[rule[2]], strategies[rule[3]] }, ", ")))
show(data.table(chosen, { columns = { "bought", "strategy", "share_percent" } }))

-- %% [markdown]
-- ## What a choice is worth
-- Strategy a_i was given to customer i with probability p = 1/3, and r_i came of it; a policy would have chosen c_i. Three estimates of the mean response if the
-- policy had chosen for all:
--
-- * **IPS** (inverse propensity): the mean of w_i r_i with w_i = 1 / p where a_i = c_i and 0 elsewhere: unbiased, but it varies with how many agree by chance;
-- * **SNIPS** (self-normalised): the sum of w_i r_i over that of w_i, steadier;
-- * **doubly robust**: the mean of q(i, c_i) + w_i (r_i - q(i, a_i)) where q is what the network expects: right if either propensities or q are, and the steadier the
--   better q is.
--
-- Each with an interval of 95 % by its standard error (SNIPS's from the residuals of the ratio). Propensities are known here: chance gave out the mails.

-- %%
local arm, came, n, p = given[test], visit[test]:to("float64"), #test, 1 / 3
local function score(policy)
    local weight = arm:eq(policy.choice):to("float64") / p
    local model = expected:gather(2, policy.choice:unsqueeze(2)):reshape(-1)
    local seen = expected:gather(2, arm:unsqueeze(2)):reshape(-1)
    local ratio = (weight * came):sum() / weight:sum()
    local money = (weight * spend[test]):sum() / weight:sum()
    return {
        ips = weight * came, snips = weight * (came - ratio) / weight:mean() + ratio, robust = model + weight * (came - seen),
        spend = weight * (spend[test] - money) / weight:mean() + money,
    }
end
local function estimate(rows) return rows:mean(), 1.96 * rows:std() / math.sqrt(n) end
local function percent(rows)
    local mean, half = estimate(rows)
    return ("%.2f ± %.2f"):format(100 * mean, 100 * half)
end

local found = {}
for i, policy in ipairs(policies) do
    policy.score = score(policy)
    local money, half = estimate(policy.score.spend)
    found[i] = {
        policy = policy.name, ips = percent(policy.score.ips), snips = percent(policy.score.snips), doubly_robust = percent(policy.score.robust),
        spend = ("$%.2f ± %.2f"):format(money, half),
    }
end
show(data.table(found, { columns = { "policy", "ips", "snips", "doubly_robust", "spend" } }))
print "visits in per cent of customers; spend a customer by SNIPS"

-- %% [markdown]
-- ## Against the best single mail
-- The same customers judge both policies, so the difference is taken customer by customer: where both choose alike it is zero, and that makes it sharper
-- than the two intervals above.

-- %%
local against = { labels = {}, values = {}, lower = {}, upper = {} }
for i = 2, 3 do
    local policy = policies[i]
    policy.gain, policy.half = estimate(policy.score.robust - policies[1].score.robust)
    policy.differs = policy.choice:ne(policies[1].choice):to("float64"):mean()
    against.labels[i - 1], against.values[i - 1] = policy.name, policy.gain
    against.lower[i - 1], against.upper[i - 1] = policy.gain - policy.half, policy.gain + policy.half
end
show(plot.bar {
    labels = against.labels, values = against.values, lower = against.lower, upper = against.upper, format = "signed_percent",
    title = "Visits gained over the best single mail", subtitle = "doubly robust, of all customers, with intervals of 95 %",
})

-- %% [markdown]
-- ## When a mail has a price
-- Every mail costs: to make it, and in customers who unsubscribe. Let the price of one be so many points of visits. The network then sends its mail only to whom
-- it expects to be moved by more than that, while the best single strategy is still one mail to all or, once that does not pay, none to anybody.

-- %%
local mailed = tensor { 0, 1, 1 }:to "float64"
local at = { price = {}, gain = {}, low = {}, high = {}, mailed = {} }
for step = 0, 6 do
    local price = 0.02 * step
    local function worth(s) return mean_visits(nil, s) - (s > 1 and price or 0) end
    local best = 1
    for s = 2, #strategies do if worth(s) > worth(best) then best = s end end
    local choice = (expected - mailed * price):argmax(2)
    local saved = (mailed[everybody * best] - mailed[choice]) * price
    local gain, half = estimate(score { choice = choice }.robust - score { choice = everybody * best }.robust + saved)
    local i = step + 1
    at.price[i], at.gain[i], at.low[i], at.high[i] = price, gain, gain - half, gain + half
    at.mailed[i] = mailed[choice]:mean()
end
show(plot.line {
    x = at.price, series = { { name = "gain of the network", y = at.gain, lower = at.low, upper = at.high } }, marks = { { value = 0, label = "no gain" } },
    x_title = "price of a mail, in visits a customer", y_title = "visits gained, less the price", format = "signed_percent",
    title = "What choosing for every customer gains, by the price of a mail",
    subtitle = "over the best single strategy at that price; doubly robust, each interval of 95 % by itself",
})

-- %% [markdown]
-- ## In plain words

-- %%
for i = 2, 3 do
    local policy = policies[i]
    print(("'%s' chooses another mail than %s for %.0f %% of the customers: %+.2f points of visits, 95 %% interval from %+.2f to %+.2f."):format(policy.name,
        strategies[single], 100 * policy.differs, 100 * policy.gain, 100 * (policy.gain - policy.half), 100 * (policy.gain + policy.half)))
end
local network, simple = policies[3], policies[2]
if network.gain - network.half > 0 then
    print "Choosing the mail by the network brings more visits than the best single mail."
else
    print "That the network's choice brings more visits than the best single mail is not shown."
end
local more, half = estimate(network.score.robust - simple.score.robust)
if more - half > 0 then
    print(("It beats the rule by product as well, by %.2f points."):format(100 * more))
else
    print(("Against the rule by product it gains %+.2f ± %.2f points: the rule, which fits on a slip of paper, may do as well."):format(100 * more, 100 * half))
end
local pays = {}
for i, price in ipairs(at.price) do
    if at.low[i] > 0 then
        pays[#pays + 1] = ("%.0f points (%+.2f, to %.0f %% of the customers)"):format(100 * price, 100 * at.gain[i], 100 * at.mailed[i])
    end
end
print(#pays == 0 and "At no price of a mail is choosing by the network shown to be better than one strategy for all."
    or "Where a mail has a price, choosing whom to send it pays, by intervals that are not corrected for seven looks, at " .. table.concat(pays, ", ") .. ".")
