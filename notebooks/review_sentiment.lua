-- %% [markdown]
-- # Are these reviews pleased? Fine-tuning against frozen embeddings
-- online_shopping_10_cats has 62,774 Chinese reviews of ten kinds of goods, each marked as pleased or not. Two classifiers learn from the same
-- reviews and are tested on the same others: logistic regression on the frozen vectors of multilingual-e5-small, and the encoder itself
-- with one more layer, fine-tuned by cross-entropy and Adam.

-- %%
local usage = [[
usage: cohort notebooks/review_sentiment.lua [OPTIONS]

Reads online_shopping_10_cats.zip, or the .csv in it, from the folder that COHORT_DATA names.

  --file FILE       the .zip or .csv itself
  --train NUMBER    reviews to learn from (default 4000)
  --test NUMBER     reviews to test on, and as many for choosing the best epoch (default 1000)
  --epochs NUMBER   passes over the reviews (default 3)
  --tokens NUMBER   tokens of a review; what is beyond is cut (default 64)
  --rate NUMBER     the greatest size of a step (default 1e-4)
  --model NAME      an installed encoder or a model folder (default multilingual-e5-small)
  --out FOLDER      save the fine-tuned encoder there
]]
local here = arg[0]:match("^(.*)/[^/]*$") or "."
local options, count = dofile(here .. "/options.lua")(usage, { train = "4000", test = "1000", epochs = "3", tokens = "64", rate = "1e-4", model = "multilingual-e5-small" })

-- %%
-- The order of md5 sums is a shuffle that every machine agrees on; repeated reviews are left out, so that none is in two parts.
local train, test = count("train"), count("test")
local reviews = dofile(here .. "/online_shopping.lua")(options.file, usage, [[
    select review, any_value(label) + 1 as class
    from read_csv($1, header = true)
    where length(review) >= 5
    group by review having count(distinct label) = 1
    order by md5(review)
    limit $2
]], { train + 2 * test })
if #reviews < train + 2 * test then
    error(("%d reviews are too few for %d and twice %d"):format(#reviews, train, test), 0)
end
local function part(from, to)
    local rows = data.sql("select review, class from r offset $1 limit $2", { from - 1, to - from + 1 }, { tables = { r = reviews } })
    return { x = rows.review, y = rows.class }
end
local parts = { train = part(1, train), dev = part(train + 1, train + test), test = part(train + test + 1, train + 2 * test) }
print(("%d reviews to learn from, %d to choose by, %d to test on"):format(train, test, test))

-- %% [markdown]
-- ## Frozen
-- The encoder's vectors as they are; the penalty that does best on the dev reviews is taken.

-- %%
local encoder = text.encoder(options.model, { max_length = count("tokens") })
local vectors = {}
for name, rows in pairs(parts) do vectors[name] = encoder:encode(rows.x) end
local frozen = { dev = -1 }
for _, l2 in ipairs { 0.001, 0.01, 0.1, 1, 10 } do
    local model = nn.logistic_regression { l2 = l2 }:fit(vectors.train, parts.train.y)
    local dev = metrics.accuracy(parts.dev.y, model:predict(vectors.dev))
    if dev > frozen.dev then
        frozen = { dev = dev, l2 = l2, test = metrics.accuracy(parts.test.y, model:predict(vectors.test)) }
    end
end
print(("logistic regression on frozen vectors (l2 = %g): dev %.1f %%, test %.1f %%"):format(frozen.l2, 100 * frozen.dev, 100 * frozen.test))

-- %% [markdown]
-- ## Fine-tuned
-- The embeddings of 250,000 tokens stay as they are: the layers above them learn. The epoch with the smallest dev loss is kept.

-- %%
local learning = nn.encoder(options.model, { max_tokens = count("tokens"), freeze = "embeddings", seed = 1 })
local classifier = nn.sequential { learning, nn.dropout(0.1, { seed = 2 }), nn.linear(encoder.dimension, 2, { seed = 3 }) }
local steps = math.ceil(train / 16) * count("epochs")
nn.fit(classifier, parts.train, {
    loss = "cross_entropy", optimizer = "adam", lr = tonumber(options.rate), schedule = "linear", warmup = steps // 10, clip = 1, batch = 16,
    epochs = count("epochs"), validation = parts.dev, metrics = { "accuracy" }, seed = 4,
    callbacks = function(e)
        print(("epoch %d: train loss %.3f, accuracy %.1f %%; dev loss %.3f, accuracy %.1f %%"):format(
            e.epoch, e.loss, 100 * e.accuracy, e.validation_loss, 100 * e.validation_accuracy))
    end,
})
local _, said = classifier:predict(parts.test.x, { batch = 64 }):max(2)
local tuned = metrics.accuracy(parts.test.y, said)
print(("fine-tuned: test %.1f %%, %+.1f points"):format(100 * tuned, 100 * (tuned - frozen.test)))

-- %%
if options.out then
    classifier:save_pretrained(options.out, { replace = true })
    print(("the encoder is in %s"):format(options.out))
end
