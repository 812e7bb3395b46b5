-- Our side of scripts/bench: prepares a piece of work, then does it once for every line it reads, and answers with a line of JSON: the seconds
-- it took, the processor's, and what there is to say about the result.
--   cohort --threads N scripts/benchmark/ours.lua FUNCTION ARGUMENTS
-- Each function returns the work and, where there is something to say, what says it of the work's result.

local works = {}

local function lines(path)
    local texts = {}
    for line in io.lines(path) do texts[#texts + 1] = line end
    return texts
end

-- The memory that this process holds ("VmRSS"), or the most that it has held ("VmHWM").
local function memory(name)
    for line in io.lines "/proc/self/status" do
        local size = line:match("^" .. name .. ":%s+(%d+)")
        if size then return tonumber(size) * 1024 end
    end
end

-- Multiplications and additions of a BERT-family encoder of hidden size 384: products with weights, and attention in each text.
local function operations(encoder, counts)
    local layers, total = encoder == "all-MiniLM-L6-v2" and 6 or 12, 0
    for _, count in ipairs(counts) do
        total = total + layers * (2 * count * (4 * 384 * 384 + 2 * 384 * 1536) + 4 * 384 * count * count)
    end
    return total
end

-- How near `vectors` come to those of float32: the cosine's mean and least; and the ranking agreement of the first thousand texts: of the ten
-- that are nearest to each among the others, the share that float32 finds too.
local function fidelity(vectors, exact)
    local rows, same = math.min(1000, #exact), 0
    local function nearest(x)
        local part = x:slice(1, 1, rows)
        -- No text is its own neighbour.
        return select(2, (part:matmul(part:t()) - 4 * tensor.eye(rows)):topk(10)):totable()
    end
    local truth = nearest(exact)
    for row, others in ipairs(nearest(vectors)) do
        local known = {}
        for _, other in ipairs(truth[row]) do known[other] = true end
        for _, other in ipairs(others) do same = same + (known[other] and 1 or 0) end
    end
    local cosines = (vectors * exact):sum(2)
    return { cosine = cosines:mean(), least_cosine = cosines:min(), neighbours = same / rows / 10 }
end

-- The vectors that every encoder is compared with, and how much there is to compute.
function works.reference(model, file, out)
    local encoder, texts = text.encoder(model), lines(file)
    local counts, bytes = text.tokenizer(model):count(texts), 0
    for i, count in ipairs(counts) do
        counts[i] = math.min(count, encoder.max_length)
        bytes = bytes + #texts[i]
    end
    tensor.save(out, encoder:encode(texts))
    return function() end, function() return { operations = operations(model, counts), texts = #texts, bytes = bytes } end
end

function works.encode(model, file, precision, reference)
    local encoder, texts, exact = text.encoder(model, { precision = precision }), lines(file), tensor.load(reference)
    encoder:encode { table.unpack(texts, 1, 64) }
    return function() return encoder:encode(texts) end, function(vectors) return fidelity(vectors, exact) end
end

-- One text at a time: the median.
function works.latency(model, file, precision)
    local encoder, texts = text.encoder(model, { precision = precision }), lines(file)
    for i = 1, 20 do encoder:encode(texts[i]) end
    return function()
        local seconds = {}
        for i = 1, 300 do seconds[i] = time(encoder.encode, encoder, texts[i]) end
        table.sort(seconds)
        return seconds[150]
    end, function(median) return { seconds = median } end
end

-- The first vector after a start, which the line after all preparations marks.
function works.first(model) text.encoder(model):encode("running shoes") end

function works.tokenize(model, file, passes)
    local tokenizer, texts = text.tokenizer(model), lines(file)
    return function()
        local counts
        for _ = 1, passes do counts = tokenizer:count(texts) end
        return counts
    end, function(counts) return { tokens = tensor(counts):sum() } end
end

-- Overlapping groups of rows of length one, and two arms of which few buy.
function works.data(folder)
    local rows, columns, groups = 200000, 384, 64
    local centers = tensor.randn(groups, columns, { seed = 1 })
    local group = tensor.randint(1, groups, rows, { seed = 2 })
    local points = centers:index(group) * 0.35 + tensor.randn(rows, columns, { seed = 3 })
    tensor.save(folder .. "/points.npy", points:normalize())
    for arm, share in pairs { a = 0.052, b = 0.05 } do
        local spent = tensor.gamma(2, 1 / 30, 100000, { seed = 4, dtype = "float64" })
        tensor.save(("%s/%s.npy"):format(folder, arm), spent * tensor.bernoulli(share, 100000, { seed = 5 }))
    end
    return function() end
end

-- One run of at most 20 steps from a k-means++ start, another at each call.
function works.kmeans(file, k)
    local points, seed = tensor.load(file), 0
    return function()
        seed = seed + 1
        return cluster.kmeans(points, { k = math.tointeger(k), restarts = 1, max_iterations = 20, seed = seed })
    end, function(model) return { inertia = model.inertia, iterations = model.iterations } end
end

function works.bootstrap(first, second)
    local a, b = tensor.load(first), tensor.load(second)
    return function() return stats.bootstrap { a = a, b = b, resamples = 10000, kind = "percentile", seed = 1 } end,
        function(result) return { lower = result.interval[1], upper = result.interval[2] } end
end

local function steps(count, model, loss, learning_rate)
    local optimizer = nn.adam(model, { lr = learning_rate })
    local function step()
        optimizer:zero_grad()
        local l = loss()
        l:backward()
        optimizer:step()
        return l
    end
    for _ = 1, count // 10 + 2 do step() end
    return function()
        for _ = 2, count do step() end
        return step()
    end, function(l) return { loss = l:item() } end
end

function works.finetune(model, file)
    local texts, encoder = {}, nn.encoder(model, { max_tokens = 64 })
    for _, line in ipairs(lines(file)) do
        if #texts < 16 and text.tokenizer(model):count(line) >= 64 then texts[#texts + 1] = line end
    end
    local network, classes = nn.sequential { encoder, nn.linear(384, 2) }, tensor.randint(1, 2, 16, { seed = 1 })
    return steps(10, network, function() return nn.cross_entropy(network(texts), classes) end, 2e-5)
end

function works.mlp()
    local network = nn.sequential { nn.linear(64, 128), nn.relu(), nn.linear(128, 64), nn.relu(), nn.linear(64, 1) }
    local x, y = tensor.randn(256, 64, { seed = 1 }), tensor.randint(0, 1, 256, 1, { seed = 2 }):to("float32")
    return steps(1000, network, function() return nn.bce_with_logits(network(x), y) end, 1e-3)
end

-- The highest memory while `count` short texts of a table are encoded, beyond the result and what there was before.
function works.memory(count)
    local encoder = text.encoder("all-MiniLM-L6-v2", { precision = "int8" })
    local users = data.sql([[select 'buyer ' || (i % 1000) as name from range(?) r(i)]], { math.tointeger(count) })
    encoder:encode(users.name:totable()[1])
    collectgarbage()
    return function()
        local before = memory "VmRSS"
        local vectors = encoder:encode(users.name)
        return memory "VmHWM" - before - 4 * #vectors * vectors.shape[2]
    end, function(bytes) return { bytes = bytes } end
end

-- A call of a native function that has nothing to do, from Lua and back, less the loop around it.
function works.call()
    local nothing, calls = show, 2000000
    return function()
        local none = time(function() for _ = 1, calls do end end)
        return (time(function() for _ = 1, calls do nothing() end end) - none) / calls
    end, function(seconds) return { seconds = seconds } end
end

-- Products, factorisations and sorting.
function works.tensor(name)
    local square, numbers = tensor.randn(1000, 1000, { seed = 1 }), tensor.randn(1000000, { seed = 2 })
    local wide, tall = square:to("float64"), name == "pca" and tensor.randn(60000, 384, { seed = 3 })
    local symmetric = wide + wide:t()
    local named = {
        matmul = function() return square:matmul(square) end,
        matmul64 = function() return wide:matmul(wide) end,
        svd = function() return wide:svd() end,
        eigh = function() return symmetric:eigh() end,
        solve = function() return wide:solve(wide) end,
        pca = function() return tall:pca(10) end,
        sort = function() return numbers:sort() end,
    }
    return named[name]
end

-- Ten million rows from counts and sums to a decision.
function works.experiment()
    local rows = data.sql [[select i as id, case when hash(i) % 2 = 0 then 'a' else 'b' end as arm, (hash(i + 1) % 100 < 12)::int as visit,
        (hash(i + 2) % 10000) / 100.0 as spend, (hash(i + 3) % 1000)::double as before from range(10000000) r(i)]]
    return function()
        return ab.experiment {
            data = rows, unit = "id", variant = "arm", control = "a", metrics = { ab.proportion "visit", ab.mean "spend" },
            covariates = { "before" },
        }:analyze()
    end, function() return { peak = memory "VmHWM" } end
end

-- The e-mail challenge of 64,000 customers from its CSV to the report as a page.
function works.hillstrom(file)
    return function()
        local test = ab.experiment {
            data = data.read(file), variant = "segment", control = "No E-Mail",
            metrics = { ab.proportion "visit", ab.proportion "conversion", ab.mean "spend" },
            segments = { "channel", "history_segment" }, covariates = { "history" },
        }
        report.experiment(test:analyze(), "out/bench/hillstrom.html")
    end
end

local work, say = works[arg[1]](table.unpack(arg, 2))
print "{}"
io.stdout:flush()
for _ in io.lines() do
    local processor = os.clock()
    local seconds, result = time(work)
    local answer = { seconds = seconds, processor = os.clock() - processor }
    for name, value in pairs(say and say(result) or {}) do answer[name] = value end
    print(json.encode(answer))
    io.stdout:flush()
end
