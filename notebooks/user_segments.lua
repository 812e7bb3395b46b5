-- %% [markdown]
-- # Named user segments
-- Reads a table of users, encodes each user's text, groups the vectors with k-means, names each group by the words that set it
-- apart, and writes the users back with two more columns, `segment_number` and `segment`.

-- %%
local usage = [[
usage: cohort notebooks/user_segments.lua [USERS.csv] [OPTIONS]

Without a file it takes the 300 Chinese users of notebooks/data.

  --text COLUMN      the column to group by (default: the one with the longest texts)
  --k NUMBER         how many segments (default 6)
  --names NUMBER     words in a segment's name (default 3)
  --model NAME       an installed encoder (default: multilingual-e5-small for Chinese, all-MiniLM-L6-v2 otherwise)
  --encoding NAME    the file's encoding, such as gb18030 (default: UTF-8)
  --out FILE         write the users with their segment (.csv, .tsv, .jsonl, .parquet)
  --truth COLUMN     compare the segments with known groups
  --vectors FILE     keep the texts' vectors (.npy, .safetensors)
]]

local here = arg[0]:match("^(.*)/[^/]*$") or "."
local options, count = dofile(here .. "/options.lua")(usage, { k = "6", names = "3" }, 1)
local k, name_length = count "k", count "names"
local users = data.read(options[1] or here .. "/data/users_zh.csv", { encoding = options.encoding })

-- %% [markdown]
-- ## The text of each user
-- Users without a text stay in the table and get no segment.

-- %%
local taken = {}
for _, name in ipairs(users.columns) do taken[name] = true end
for _, name in ipairs { "segment", "segment_number" } do
    if taken[name] then error(("the table has a column '%s' already; rename it first"):format(name), 0) end
end
if options.truth then users:column(options.truth) end

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
    return best or error("the table has no column of text", 0)
end

local text_column = options.text or longest_text_column()
local column = users:column(text_column)
if column.type ~= "varchar" then
    error(("column '%s' is %s; --text wants a column of text"):format(text_column, column.type), 0)
end
local texts, row_of = {}, {}
for row = 1, #users do
    local text = column[row]
    if text and text:find("%S") then
        texts[#texts + 1] = text
        row_of[#texts] = row
    end
end
print(("%d users, %d with a text in '%s'"):format(#users, #texts, text_column))
if k > #texts then
    error(("%d segments of %d texts cannot be; give --k from 1 to %d"):format(k, #texts, #texts), 0)
end

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
local vectors = text.encoder(model):encode(texts)
if options.vectors then tensor.save(options.vectors, vectors) end

-- %% [markdown]
-- ## Segments and their names

-- %%
local segments = cluster.kmeans(vectors, { k = k, restarts = 30 })
local labels = segments.labels:totable()
local members, groups = {}, {}
for segment = 1, k do members[segment], groups[segment] = {}, {} end
for i, segment in ipairs(labels) do
    table.insert(members[segment], i)
    table.insert(groups[segment], texts[i])
end

-- Two segments of the same words are told apart by a number; one without words has nothing else.
local names, used = {}, {}
for segment, words in ipairs(text.keywords(groups, { k = name_length })) do
    local name = #words > 0 and table.concat(words, " / ") or "segment " .. segment
    used[name] = (used[name] or 0) + 1
    names[segment] = used[name] > 1 and ("%s (%d)"):format(name, used[name]) or name
end

local segment_number, segment_name = {}, {}
for row = 1, #users do segment_number[row], segment_name[row] = json.null, json.null end
for i, segment in ipairs(labels) do
    segment_number[row_of[i]], segment_name[row_of[i]] = segment, names[segment]
end
users.segment_number = segment_number
users.segment = segment_name

if options.out then data.write(users, options.out) end

-- %% [markdown]
-- ## What the segments look like
-- Their size, what the other columns say of them, and the user nearest to the middle.

-- %%
local function quoted(name) return '"' .. name:gsub('"', '""') .. '"' end

-- Means of numbers, unless they only number the rows, and the commonest value where a column of text has few.
local function summary(name)
    local kind, sql_name = users:column(name).type, quoted(name)
    local distinct = users:sql(("select count(distinct %s) as n from this"):format(sql_name)).n[1]
    if kind == "varchar" then
        -- Ordered, so that of two as common the same one is named each time.
        if distinct >= 2 and distinct <= 30 then return ("mode(%s order by %s) as %s"):format(sql_name, sql_name, sql_name) end
    elseif (kind:find("int") or kind:find("decimal")) and distinct < #users or kind == "double" or kind == "float" then
        return ("round(avg(%s), 1) as %s"):format(sql_name, quoted("mean " .. name))
    end
end

local columns = { "segment", "count(*) as users" }
for _, name in ipairs(users.columns) do
    if name ~= text_column and name ~= "segment" and name ~= "segment_number" then
        columns[#columns + 1] = summary(name)
    end
end
show(users:sql(("select %s from this where segment is not null group by segment_number, segment order by users desc, segment")
    :format(table.concat(columns, ", "))))

local function on_one_line(text, length)
    text = text:gsub("%s+", " ")
    local cut = utf8.offset(text, length + 1)
    return cut and cut <= #text and text:sub(1, cut - 1) .. "…" or text
end

print("\nin the middle of each:")
for segment = 1, k do
    local rows = members[segment]
    if #rows > 0 then
        local nearest = rows[vectors:index(rows):matmul(segments.centers[segment]):argmax()]
        print(("  %s: %s"):format(names[segment], on_one_line(texts[nearest], 60)))
    end
end

-- %%
if options.truth then
    local known_groups, found = {}, {}
    for i, row in ipairs(row_of) do
        local group = users:column(options.truth)[row]
        if group ~= nil then
            known_groups[#known_groups + 1] = group
            found[#found + 1] = labels[i]
        end
    end
    print(("\nagainst '%s': NMI %.4f, adjusted Rand %.4f, purity %.4f"):format(options.truth,
        metrics.normalized_mutual_information(known_groups, found), metrics.adjusted_rand(known_groups, found),
        metrics.purity(known_groups, found)))
end
if options.out then print(("\nthe users with their segment are in %s"):format(options.out)) end
