-- %% [markdown]
-- # A small BERT learns to read Chinese reviews
-- From nothing: a vocabulary of characters, embeddings, self-attention, and the loss of guessing masked characters (Devlin et al. 2019). What it
-- guesses on reviews that it never saw is compared with two guesses by counting: always the most frequent character, and the most frequent
-- one between the same two neighbours.

-- %%
local usage = [[
usage: cohort notebooks/pretraining.lua [OPTIONS]

Reads online_shopping_10_cats.zip, or the .csv in it, from the folder that COHORT_DATA names.

  --file FILE          the .zip or .csv itself, with a column review
  --reviews NUMBER     reviews to learn from (default 10000)
  --test NUMBER        reviews to test on (default 1000)
  --vocabulary NUMBER  characters that are known (default 3000)
  --layers NUMBER      layers (default 3)
  --hidden NUMBER      numbers in a token's vector, a multiple of 4 (default 128)
  --tokens NUMBER      tokens of a review; what is beyond is cut (default 48)
  --epochs NUMBER      passes over the reviews, each masked anew (default 6)
  --out FOLDER         save the encoder there
]]
local here = arg[0]:match("^(.*)/[^/]*$") or "."
local options, count = dofile(here .. "/options.lua")(usage, {
    reviews = "10000", test = "1000", vocabulary = "3000", layers = "3", hidden = "128", tokens = "48", epochs = "6",
})

-- %%
-- The order of md5 sums is a shuffle that every machine agrees on; repeated reviews are left out, so that none is in both parts.
local found = dofile(here .. "/online_shopping.lua")(options.file, usage, [[
    select distinct review, md5(review) as place from read_csv($1, header = true) where length(review) >= 5 order by place limit $2
]], { count("reviews") + count("test") })
local texts, heldOut = {}, {}
for row in found:rows() do
    local into = #texts < count("reviews") and texts or heldOut
    into[#into + 1] = row.review
end
if #heldOut == 0 then error(("%d reviews are too few"):format(#found), 0) end

-- %% [markdown]
-- ## Tokens
-- Every Chinese character is a token; of words in letters and figures each letter is. The rest is unknown.

-- %%
local seen = {}
for _, review in ipairs(texts) do
    for _, code in utf8.codes(review, true) do seen[code] = (seen[code] or 0) + 1 end
end
local codes = {}
for code in pairs(seen) do codes[#codes + 1] = code end
table.sort(codes, function(a, b) return seen[a] > seen[b] or seen[a] == seen[b] and a < b end)
local vocabulary, size = {}, 0
local function add(token)
    if not vocabulary[token] then vocabulary[token], size = size, size + 1 end
end
for _, special in ipairs { "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]" } do add(special) end
for _, code in ipairs(codes) do
    local character = utf8.char(code):lower()
    if size >= count("vocabulary") then break end
    if not character:match("^[%s%c]$") then add(character) end
    if character:match("^%w$") then add("##" .. character) end
end
local added = {}
for id, special in ipairs { "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]" } do
    added[id] = { id = id - 1, content = special, single_word = false, lstrip = false, rstrip = false, normalized = false, special = true }
end
local folder = os.tmpname()
os.remove(folder)
local tokenizer = folder .. ".json"
local out <close> = io.open(tokenizer, "w")
out:write(json.encode {
    version = "1.0", added_tokens = added,
    normalizer = { type = "BertNormalizer", clean_text = true, handle_chinese_chars = true, strip_accents = true, lowercase = true },
    pre_tokenizer = { type = "BertPreTokenizer" },
    post_processor = {
        type = "TemplateProcessing",
        single = { { SpecialToken = { id = "[CLS]", type_id = 0 } }, { Sequence = { id = "A", type_id = 0 } }, { SpecialToken = { id = "[SEP]", type_id = 0 } } },
        pair = {
            { SpecialToken = { id = "[CLS]", type_id = 0 } }, { Sequence = { id = "A", type_id = 0 } }, { SpecialToken = { id = "[SEP]", type_id = 0 } },
            { Sequence = { id = "B", type_id = 1 } }, { SpecialToken = { id = "[SEP]", type_id = 1 } },
        },
        special_tokens = {
            ["[CLS]"] = { id = "[CLS]", ids = { 2 }, tokens = { "[CLS]" } }, ["[SEP]"] = { id = "[SEP]", ids = { 3 }, tokens = { "[SEP]" } },
        },
    },
    decoder = { type = "WordPiece", prefix = "##", cleanup = true },
    model = { type = "WordPiece", unk_token = "[UNK]", continuing_subword_prefix = "##", max_input_chars_per_word = 100, vocab = vocabulary },
})
out:close()
local encoder = nn.encoder(
    { tokenizer = tokenizer, layers = count("layers"), hidden = count("hidden"), heads = 4, max_tokens = count("tokens") }, { seed = 1 })
local ids, testIds = encoder:tokens(texts), encoder:tokens(heldOut)
print(("%d reviews to learn from, %d to test on, %d tokens known"):format(#texts, #heldOut, size))

-- %% [markdown]
-- ## Masks
-- 15 of 100 tokens are to be guessed. Of these 80 are hidden, 10 replaced by another, and 10 left, so that every token's vector has to be of
-- use. Special tokens and unknown ones are never asked for.

-- %%
local function masked(ids, seed)
    local draws, ways = tensor.rand(ids.shape, { seed = seed }), tensor.rand(ids.shape, { seed = seed + 1000000 })
    local others = (tensor.rand(ids.shape, { seed = seed + 2000000 }) * (size - 5)):floor():to("int32") + 5
    local asked = ids:ge(5) & draws:lt(0.15)
    local given = (asked & ways:lt(0.8)):where(4, (asked & ways:ge(0.9)):where(others, ids))
    -- Classes count from 1; 0 is not asked for.
    return given, asked:where(ids + 1, 0)
end

-- %% [markdown]
-- ## The model
-- A layer over each token's vector, then its similarity with every token's own embedding: the head has no table of its own ("tied").

-- %%
local width = count("hidden")
local model = {
    encoder = encoder, dense = nn.linear(width, width, { seed = 2 }), norm = nn.layer_norm(width),
    bias = tensor.zeros(size):requires_grad(),
}
function model:forward(given, classes)
    local asked = classes[given:ge(0)]:gt(0):nonzero():reshape(-1)
    local vectors = self.norm(self.dense(self.encoder:token_vectors(given)[asked]):gelu())
    return vectors:matmul(self.encoder.embeddings["word_embeddings.weight"]:t()) + self.bias
end
local network = nn.module(model)
local function loss(scores, classes) return nn.cross_entropy(scores, classes[classes:gt(0)]) end

local testGiven, testClasses = masked(testIds, 77)
local truth = testClasses[testClasses:gt(0)]
local function tested()
    return nn.no_grad(function()
        network:eval()
        local scores = network(testGiven, testClasses)
        network:train()
        local _, said = scores:max(2)
        return nn.cross_entropy(scores, truth), metrics.accuracy(truth, said)
    end)
end

-- %% [markdown]
-- ## By counting

-- %%
local flat, classes = testGiven:totable(), testClasses:totable()
local single, around = {}, {}
for _, review in ipairs(ids:totable()) do
    for i = 2, #review do
        local id = review[i]
        if id < 0 then break end
        if id >= 5 then
            single[id] = (single[id] or 0) + 1
            local key = review[i - 1] * 65536 + (review[i + 1] or -1)
            local between = around[key] or {}
            around[key] = between
            between[id] = (between[id] or 0) + 1
        end
    end
end
local function most(counts)
    local best, top
    for id, n in pairs(counts) do if not top or n > top or n == top and id < best then best, top = id, n end end
    return best
end
local frequent = most(single)
local asked, byOne, byThree = 0, 0, 0
for row, review in ipairs(flat) do
    for i, class in ipairs(classes[row]) do
        if class > 0 then
            asked = asked + 1
            if frequent == class - 1 then byOne = byOne + 1 end
            local between = around[review[i - 1] * 65536 + (review[i + 1] or -1)]
            if (between and most(between) or frequent) == class - 1 then byThree = byThree + 1 end
        end
    end
end
print(("guessing %d masked tokens of unseen reviews: the most frequent one is right for %.1f %%, the most frequent between its neighbours for %.1f %%"):format(
    asked, 100 * byOne / asked, 100 * byThree / asked))

-- %% [markdown]
-- ## Learning

-- %%
local optimizer = nn.adamw(network, { lr = 1e-3, weight_decay = 0.01 })
local steps = math.ceil(#texts / 32) * count("epochs")
local schedule = nn.schedule(optimizer, { warmup = math.max(1, steps // 20), total = steps })
local accuracy
for epoch = 1, count("epochs") do
    local given, wanted = masked(ids, epoch)
    local order = tensor.permutation(#texts, { seed = epoch })
    local sum, batches = 0, 0
    for from = 1, #texts, 32 do
        local rows = order:slice(1, from, math.min(#texts, from + 31))
        optimizer:zero_grad()
        local classes = wanted[rows]
        local value = loss(network(given[rows], classes), classes)
        value:backward()
        nn.clip_grad_norm(network, 1)
        optimizer:step()
        schedule:step()
        sum, batches = sum + value:item(), batches + 1
    end
    local testLoss
    testLoss, accuracy = tested()
    print(("epoch %d: train loss %.3f, test loss %.3f, right for %.1f %%"):format(epoch, sum / batches, testLoss, 100 * accuracy))
end
print(("the network is right for %.1f %%: %+.1f points against the neighbours"):format(
    100 * accuracy, 100 * (accuracy - byThree / asked)))

-- %%
if options.out then
    network:save_pretrained(options.out, { replace = true })
    print(("the encoder is in %s"):format(options.out))
end
os.remove(tokenizer)
