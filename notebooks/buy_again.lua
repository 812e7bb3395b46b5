-- %% [markdown]
-- # Who will buy again?
-- CDNOW sold music by mail. These are all 23,570 people who bought there for the first time in the first quarter of 1997, with every order until the middle
-- of 1998. What they did until the end of September 1997 is laid out as a picture, months down and activities across, and a small convolutional network looks
-- at it: will this customer order in the nine months that follow? It has to beat a logistic regression on three numbers that every shop has.
--
-- usage: cohort notebooks/buy_again.lua [CDNOW_master.txt] [CUSTOMERS] [EPOCHS]
--
-- `scripts/fetch data` brings the file; without its name it is looked for where that puts it.

-- %%
local home = os.getenv "COHORT_HOME" or (os.getenv "XDG_DATA_HOME" or (os.getenv "HOME" or "") .. "/.local/share") .. "/cohort"
local file = arg[1] or home .. "/data/cdnow/CDNOW_master.txt"
local most, epochs = tonumber(arg[2] or "23570"), tonumber(arg[3] or "30")
if not most or not epochs then error("usage: cohort notebooks/buy_again.lua [CDNOW_master.txt] [CUSTOMERS] [EPOCHS]", 0) end

-- %% [markdown]
-- ## Customers
-- The file has one order a line: customer, day, discs, dollars. A second order on the same day is one more order.

-- %%
local orders = data.sql([[
    with lines as (
        select regexp_extract_all(line, '[0-9.]+') as parts
        from read_csv($1, columns = {'line': 'varchar'}, header = true, delim = '\0')
    )
    select parts[1]::int as id, strptime(parts[2], '%Y%m%d')::date as day, parts[3]::int as discs, parts[4]::double as dollars
    from lines where parts[1]::int <= $2
]], { file, most })
local customers = orders:sql [[
    select
        id,
        count(*) filter (day < date '1997-10-01') as frequency,
        date '1997-10-01' - max(day) filter (day < date '1997-10-01') as recency,
        sum(dollars) filter (day < date '1997-10-01') as money,
        count(*) filter (day >= date '1997-10-01') > 0 as again
    from this group by id order by id
]]
local share = customers.again:mean()
print(("%d customers, of whom %.1f %% ordered again from October 1997 to June 1998"):format(#customers, 100 * share))
show(customers:sql([[
    select case when frequency >= 5 then '5 and more' else frequency::varchar end as orders_before,
           count(*) as customers, round(100 * avg(again::int), 1) as ordered_again_percent
    from this group by all order by orders_before
]]))

-- %% [markdown]
-- ## What a few questions tell
-- A decision tree of three questions, on all customers, to look at: it is not judged.

-- %%
local three_questions = nn.decision_tree { max_depth = 3, min_samples_leaf = 200 }
    :fit(customers:sql "select recency, frequency, money from this", customers:sql("select if(again, 'again', 'not') as answer from this").answer)
show(three_questions:plot { title = "Who ordered more than twice, and lately, orders again", subtitle = "recency in days, money in dollars" })

-- %% [markdown]
-- ## A picture of each customer
-- Nine months by six activities: orders, days with orders, discs, dollars, the largest order, dollars a disc. All are counted in logarithms, since the step from
-- one order to two says more than that from eleven to twelve, and are centred and scaled by the customers to learn from alone.

-- %%
local months, activities = 9, 6
local cells = orders:sql [[
    with
        places as (select distinct id, unnest(range(1, 10)) as month from this),
        sums as (
            select id, month(day) as month, count(*) as orders, count(distinct day) as days, sum(discs) as discs, sum(dollars) as dollars,
                   max(dollars) as largest, sum(dollars) / greatest(sum(discs), 1) as price
            from this where day < date '1997-10-01' group by all
        )
    select id, month, ln(1 + coalesce(orders, 0)) as orders, ln(1 + coalesce(days, 0)) as days, ln(1 + coalesce(discs, 0)) as discs,
           ln(1 + coalesce(dollars, 0)) as dollars, ln(1 + coalesce(largest, 0)) as largest, ln(1 + coalesce(price, 0)) as price
    from places left join sums using (id, month) order by id, month
]]
local names = { "orders", "days", "discs", "dollars", "largest", "price" }
local pictures = cells:tensor(names, { dtype = "float32" }):reshape(#customers, 1, months, activities)
local again = customers.again:tensor { dtype = "int64" }

-- 60 % of the customers to learn from, 20 % to choose by, 20 % to judge by, each with like shares of buyers.
local rest, test = nn.train_test_split(again, { test = 0.2, stratify = again, seed = 1 })
local a, b = nn.train_test_split(again[rest], { test = 0.25, stratify = again[rest], seed = 2 })
local train, dev = rest[a], rest[b]

local function standardized(x)
    local seen = x[train]
    local count = #x.shape
    local flat = seen:reshape(-1, x.shape[count])
    local spread = flat:std(1)
    return (x - flat:mean(1)) / spread:gt(0):where(spread, 1)
end
local grid = standardized(pictures)
print(("%d customers to learn from, %d to choose by, %d to judge by"):format(#train, #dev, #test))

local function average(which) return grid[train]:reshape(-1, months, activities)[again[train]:eq(which)]:mean(1):t() end
local month_names = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep" }
show(plot.heatmap(average(1) - average(0), {
    rows = names, columns = month_names, title = "Who orders again was busier in every month but the first",
    subtitle = "mean activity of who orders again less that of who does not, in standard deviations",
}))

-- %% [markdown]
-- ## The network
-- Activities have no order among themselves, so the windows are as wide as the picture and slide over the months: each of sixteen looks at three months at a
-- time. The greatest answer in each quarter is kept (max pooling), and a linear layer makes one number of them, whose sigmoid is the probability. The loss is the
-- binary cross-entropy, the steps are Adam's. Training stops when the customers to choose by have not become better predicted for five epochs.

-- %%
local model = nn.sequential {
    nn.conv2d(1, 16, { 3, activities }, { padding = { 1, 0 }, seed = 3 }), nn.relu(),
    nn.max_pool2d({ 3, 1 }), nn.flatten(), nn.dropout(0.2, { seed = 4 }), nn.linear(48, 1, { seed = 5 }),
}
print(model, ("%d parameters"):format(model.size))
local target = again:to("float32"):reshape(-1, 1)
local history = nn.fit(model, { grid[train], target[train] }, {
    loss = "bce_with_logits", optimizer = "adam", lr = 0.003, weight_decay = 1e-4, epochs = epochs, batch = 64, patience = 5, seed = 6,
    validation = { grid[dev], target[dev] }, metrics = { "accuracy" },
})
local curves = { loss = {}, dev = {} }
for i, epoch in ipairs(history.epochs) do curves.loss[i], curves.dev[i] = epoch.loss, epoch.validation_loss end
show(plot.line {
    series = { { name = "to learn from", y = curves.loss }, { name = "to choose by", y = curves.dev } },
    x_title = "epoch", y_title = "cross-entropy", title = ("The network is best after %d epochs"):format(history.best),
})

-- %% [markdown]
-- ## What it is up against
-- * **three numbers**: logistic regression on recency (days since the last order), frequency (orders) and money, in logarithms;
-- * **all cells**: logistic regression on the same 54 cells that the network sees;
-- * **boosted trees** on the 54 cells, if LightGBM is installed: trees until the customers to choose by are not predicted better.
--
-- All learn from the same customers and are judged by the same others.

-- %%
local three = standardized(tensor.stack({
    customers.recency:tensor { dtype = "float64" }:log1p(), customers.frequency:tensor { dtype = "float64" }:log1p(),
    customers.money:tensor { dtype = "float64" }:log1p(),
}, 2))
local flat = grid:reshape(#customers, -1)
local truth = again[test]
local share_of_buyers = tensor.full({ #test }, again[train]:to("float64"):mean())

local ways = { { name = "all alike", p = share_of_buyers } }
local function add(name, p) ways[#ways + 1] = { name = name, p = p:to("float64"):reshape(-1) } end
local function probability(fitted, x) return fitted:predict_proba(x):slice(2, 2, 2) end

add("three numbers", probability(nn.logistic_regression():fit(three[train], again[train]), three[test]))
add("all cells", probability(nn.logistic_regression { C = 0.1 }:fit(flat[train], again[train]), flat[test]))
add("network", model:predict(grid[test]):sigmoid())
local works, trees = pcall(nn.boosted_trees, { iterations = 500, learning_rate = 0.03, num_leaves = 8, early_stopping = 30, seed = 7 })
if works then works, trees = pcall(function() return trees:fit(flat[train], again[train], { validation = { flat[dev], again[dev] } }) end) end
if works then
    add("boosted trees", probability(trees, flat[test]))
else
    print("without boosted trees: " .. tostring(trees))
end

-- %% [markdown]
-- ## How good they are
-- * **AUC**: how often, of one customer who orders again and one who does not, the first is ranked higher;
-- * **log loss**: how far the probabilities are from what happened, the smaller the better;
-- * **lift**: how many more of the best-ranked tenth order again than of all.
--
-- The gap is the AUC less that of the three numbers, from low to high in 95 % of 200 draws of the customers to judge by, with replacement
-- (bootstrap).

-- %%
local draws = {}
for i = 1, 200 do draws[i] = tensor.randint(1, #test, #test, { seed = 100 + i }) end
local base = ways[2]
local function gaps(way)
    local list = {}
    for i, rows in ipairs(draws) do
        list[i] = metrics.roc_auc(truth[rows], way.p[rows]) - metrics.roc_auc(truth[rows], base.p[rows])
    end
    table.sort(list)
    return list[5], list[196]
end

local function rounded(x, digits) return tonumber(("%%.%df"):format(digits):format(x)) end
local found = {}
for i, way in ipairs(ways) do
    local top = way.p:argsort { descending = true }:slice(1, 1, #test // 10)
    way.auc, way.lift = metrics.roc_auc(truth, way.p), truth[top]:to("float64"):mean() / truth:to("float64"):mean()
    found[i] = {
        model = way.name, auc = rounded(way.auc, 3), log_loss = rounded(metrics.log_loss(truth, way.p), 4),
        lift = i > 1 and rounded(way.lift, 2) or nil, -- who comes first of equals says nothing
    }
    if i > 2 then
        way.low, way.high = gaps(way)
        found[i].gap, found[i].low, found[i].high = rounded(way.auc - base.auc, 3), rounded(way.low, 3), rounded(way.high, 3)
    end
end
show(data.table(found, { columns = { "model", "auc", "log_loss", "lift", "gap", "low", "high" } }))

-- %% [markdown]
-- ## Can its probabilities be believed?
-- Customers to judge by in tenths of the network's probability: what it said, and how many did order again.

-- %%
local network = ways[4]
local tenths = metrics.calibration(truth, network.p, { bins = 10, strategy = "quantile" })
show(plot.line {
    x = tenths.predicted, series = { { name = "ordered again", y = tenths.observed }, { name = "as said", y = tenths.predicted } },
    x_title = "probability by the network", format = "percent", title = "What the network says, and what came",
})
print(("on average it is off by %.1f points"):format(100 * tenths.expected_error))

-- %% [markdown]
-- ## In plain words

-- %%
local function against(way)
    if way.low > 0 then return "better than" end
    return way.high < 0 and "worse than" or "no better than"
end
print(("The network ranks customers with an AUC of %.3f, the logistic regression on three numbers with %.3f: it is %s it.")
    :format(network.auc, base.auc, against(network)))
print(("Of the tenth that it ranks first %.1f times as many order again as of all; of the tenth of the three numbers %.1f times.")
    :format(network.lift, base.lift))
local best = ways[2]
for _, way in ipairs(ways) do if way.auc > best.auc then best = way end end
print(("The highest AUC is that of: %s."):format(best.name))
if network.low <= 0 then print "For who may order again, recency, frequency and money are enough; the picture is not worth its trouble." end
