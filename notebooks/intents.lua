-- %% [markdown]
-- # What does the customer want? banking77 with few and with all examples
-- 10,003 questions to a bank's customer service, in 77 intents. With five or ten examples of each intent, and with all there are: a linear
-- classifier and nearest neighbours on the frozen vectors of all-MiniLM-L6-v2, and the encoder fine-tuned. A tenth of every intent's questions
-- is set aside to test on.

-- %%
local usage = [[
usage: cohort notebooks/intents.lua [OPTIONS]

Reads banking77/train.csv from the folder that COHORT_DATA names.

  --file FILE        the .csv itself, with the columns text and category
  --examples LIST    examples of each intent to learn from (default 5,10,all)
  --intents NUMBER   only the first so many intents (default all)
  --tune LIST        for which of the above to fine-tune (default 5,10,all)
  --epochs NUMBER    passes when fine-tuning on all; fewer examples are passed more often (default 3)
  --tokens NUMBER    tokens of a question that fine-tuning looks at (default 48)
  --rate NUMBER      the greatest size of a step (default 3e-4)
  --model NAME       an installed encoder or a model folder (default all-MiniLM-L6-v2)
]]
local here = arg[0]:match("^(.*)/[^/]*$") or "."
local options, count = dofile(here .. "/options.lua")(usage, {
    examples = "5,10,all", tune = "5,10,all", epochs = "3", intents = "1000", tokens = "48", rate = "3e-4", model = "all-MiniLM-L6-v2",
})
local file = options.file
if not file then
    local folder = os.getenv("COHORT_DATA")
    if not folder then error(usage, 0) end
    file = folder .. "/banking77/train.csv"
end

-- %%
-- Numbered within an intent by md5: a shuffle that every machine agrees on. The first tenth of each is tested on.
local questions = data.sql([[
    with numbered as (
        select trim(text) as question, dense_rank() over (order by category) as class,
            row_number() over (partition by category order by md5(text)) as number,
            count(*) over (partition by category) as members
        from (select text, any_value(category) as category from read_csv($1, header = true) group by text)
    )
    select question, class, number - (members // 10) as number from numbered where class <= $2
    order by number, class
]], { file, count "intents" })
local function rows(condition)
    local found = questions:sql("select question, class from this where " .. condition .. " order by md5(question)")
    return { x = found.question, y = found.class }
end
local test = rows("number <= 0")
local classes = #questions:sql("select distinct class from this")
print(("%d questions in %d intents, %d of them to test on"):format(#questions, classes, #test.x))

-- %%
local encoder = text.encoder(options.model)
local tested = encoder:encode(test.x)
local function tune(train, epochs)
    local model = nn.sequential {
        nn.encoder(options.model, { max_tokens = count "tokens", freeze = "embeddings", seed = 1 }),
        nn.dropout(0.1, { seed = 2 }), nn.linear(encoder.dimension, classes, { seed = 3 }),
    }
    local steps = math.ceil(#train.x / 16) * epochs
    nn.fit(model, train, {
        loss = "cross_entropy", optimizer = "adamw", lr = tonumber(options.rate), weight_decay = 0.01, schedule = "linear", warmup = steps // 10, clip = 1,
        batch = 16, epochs = epochs, best = false, seed = 4,
    })
    local _, said = model:predict(test.x, { batch = 64 }):max(2)
    return metrics.accuracy(test.y, said)
end

local tuned = {}
for name in options.tune:gmatch("[^,]+") do tuned[name] = true end
local shown = {}
for name in options.examples:gmatch("[^,]+") do
    local few = math.tointeger(name)
    local train = rows("number > 0" .. (few and (" and number <= %d"):format(few) or ""))
    local vectors = encoder:encode(train.x)
    local logistic = nn.logistic_regression { l2 = 0.01 }:fit(vectors, train.y):predict(tested)
    local neighbours = nn.knn { k = few and math.min(few, 5) or 10, metric = "cosine" }:fit(vectors, train.y):predict(tested)
    shown[#shown + 1] = {
        examples = name, learnt_from = #train.x,
        logistic = ("%.1f %%"):format(100 * metrics.accuracy(test.y, logistic)),
        neighbours = ("%.1f %%"):format(100 * metrics.accuracy(test.y, neighbours)),
        fine_tuned = tuned[name] and ("%.1f %%"):format(100 * tune(train, few and math.max(1, 100 // few) or count "epochs")) or "-",
    }
    local last = shown[#shown]
    print(("%s examples of each (%d): logistic regression %s, nearest neighbours %s, fine-tuned %s"):format(
        name, last.learnt_from, last.logistic, last.neighbours, last.fine_tuned))
end
