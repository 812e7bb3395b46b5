-- %% [markdown]
-- # Named user segments
-- Reads a table of users, encodes each user's text, groups the vectors with k-means, names each group by the words that set it
-- apart, and writes the users back with their segment.
--
--     cohort notebooks/user_segments.lua [USERS.csv] [--text COLUMN] [--k 6] [--model NAME] [--out OUT.csv]
--         [--names 3] [--truth COLUMN] [--vectors OUT.npy]
--
-- Without a file it takes the 300 Chinese users beside it. `--text` is the column to group by (the one with the longest texts
-- unless said); `--truth` names a column of known groups to compare with; `--vectors` keeps the vectors.

-- %%
local options = { k = "6", names = "3" }
local known = { text = true, k = true, model = true, out = true, names = true, truth = true, vectors = true }
local position = 1
while arg[position] do
    local name = arg[position]:match("^%-%-(.+)$")
    if name and known[name] and arg[position + 1] then
        options[name] = arg[position + 1]
        position = position + 2
    elseif name or options.file then
        error(("unexpected '%s'; the head of %s says what it takes"):format(arg[position], arg[0]), 0)
    else
        options.file = arg[position]
        position = position + 1
    end
end
local k = math.tointeger(options.k) or error("--k wants a whole number", 0)
local name_length = math.tointeger(options.names) or error("--names wants a whole number", 0)
local here = arg[0]:match("^(.*)/[^/]*$") or "."
local users = data.read(options.file or here .. "/data/users_zh.csv")

-- %% [markdown]
-- ## The text of each user
-- Users without a text stay in the table and get no segment.

-- %%
local function longest_text_column()
    local longest, best = 0, nil
    for _, name in ipairs(users.columns) do
        local column = users:column(name)
        if column.type == "varchar" then
            local bytes = 0
            for i = 1, math.min(#column, 1000) do bytes = bytes + #(column[i] or "") end
            if bytes > longest then longest, best = bytes, name end
        end
    end
    return best or error("the table has no column of text; name one with --text", 0)
end

local text_column = options.text or longest_text_column()
local column = users:column(text_column)
local texts, row_of = {}, {}
for row = 1, #users do
    local text = column[row]
    if text and text:find("%S") then
        texts[#texts + 1] = text
        row_of[#texts] = row
    end
end
print(("%d users, %d with a text in '%s'"):format(#users, #texts, text_column))

-- %% [markdown]
-- ## Vectors
-- Texts with Chinese characters go to the encoder that knows both languages, others to the smaller English one.

-- %%
local function has_chinese()
    for i = 1, math.min(#texts, 200) do
        for _, code in utf8.codes(texts[i], true) do
            if code >= 0x4e00 and code <= 0x9fff then return true end
        end
    end
    return false
end

local model = options.model or (has_chinese() and "multilingual-e5-small" or "all-MiniLM-L6-v2")
local encoder = text.encoder(model)
local vectors = encoder:encode(texts)
if options.vectors then tensor.save(options.vectors, vectors) end

-- %% [markdown]
-- ## Segments and their names

-- %%
local segments = cluster.kmeans(vectors, { k = k, restarts = 10 })
local labels = segments.labels:totable()
local members, groups = {}, {}
for segment = 1, k do members[segment], groups[segment] = {}, {} end
for i, segment in ipairs(labels) do
    table.insert(members[segment], i)
    table.insert(groups[segment], texts[i])
end
local names = {}
for segment, words in ipairs(text.keywords(groups, { k = name_length })) do
    names[segment] = table.concat(words, " / ")
end

local segment_number, segment_name = {}, {}
for row = 1, #users do segment_number[row], segment_name[row] = json.null, json.null end
for i, segment in ipairs(labels) do
    segment_number[row_of[i]], segment_name[row_of[i]] = segment, names[segment]
end
users.segment_number = segment_number
users.segment = segment_name

-- %% [markdown]
-- ## What the segments look like
-- Their size, what the other columns say of them, and the user nearest to the middle.

-- %%
local function quoted(name) return '"' .. name:gsub('"', '""') .. '"' end

-- Means of numbers, and the commonest value where a column has few.
local function summary(name)
    local sql_name = quoted(name)
    if users:column(name).type == "varchar" then
        local distinct = users:sql(("select count(distinct %s) as n from this"):format(sql_name)).n[1]
        if distinct >= 2 and distinct <= 30 then return ("mode(%s) as %s"):format(sql_name, sql_name) end
    elseif tostring(users:column(name).type):find("^int") or tostring(users:column(name).type):find("^float") then
        local distinct = users:sql(("select count(distinct %s) as n from this"):format(sql_name)).n[1]
        if distinct < #users then return ("round(avg(%s), 1) as %s"):format(sql_name, quoted("mean " .. name)) end
    end
end

local columns = { "segment", "count(*) as users" }
for _, name in ipairs(users.columns) do
    if name ~= text_column and name ~= "segment" and name ~= "segment_number" then
        columns[#columns + 1] = summary(name)
    end
end
print(users:sql(("select %s from this where segment is not null group by segment_number, segment order by users desc, segment")
    :format(table.concat(columns, ", "))))

local function shortened(text, length)
    local cut = utf8.offset(text, length + 1)
    return cut and cut <= #text and text:sub(1, cut - 1) .. "…" or text
end

for segment = 1, k do
    local rows = members[segment]
    local nearest = rows[vectors:index(rows):matmul(segments.centers[segment]):argmax()]
    print(("%s: %s"):format(names[segment], shortened(texts[nearest], 60)))
end

-- %%
if options.truth then
    local truth = {}
    for i, row in ipairs(row_of) do truth[i] = users:column(options.truth)[row] end
    print(("against '%s': NMI %.4f, adjusted Rand %.4f, purity %.4f"):format(options.truth,
        metrics.normalized_mutual_information(truth, labels), metrics.adjusted_rand(truth, labels),
        metrics.purity(truth, labels)))
end

-- %%
if options.out then
    data.write(users, options.out)
    print(("users with their segment written to %s"):format(options.out))
end
