-- %% [markdown]
-- # Which film next?
-- MovieLens 100k: 943 people, 1,682 films, 100,000 ratings. Two towers learn to bring people and films together by their texts: a frozen language model makes a vector
-- of each text, layers on top of it are trained, and how alike person and film then are says how well they go together. Once they learn to foretell
-- ratings, once to put what was watched before what was not. Both have to beat what is popular and what people of like taste watched (item-kNN). And since texts
-- are all that is known of a new film, a tenth of the films is kept out entirely and judged apart.
--
-- usage: cohort notebooks/film_recommendations.lua [FOLDER of ml-100k] [PEOPLE] [EPOCHS]
--
-- `scripts/fetch` brings data and language model; without the folder's name it is looked for where that puts it.

-- %%
local home = os.getenv "COHORT_HOME" or (os.getenv "XDG_DATA_HOME" or (os.getenv "HOME" or "") .. "/.local/share") .. "/cohort"
local folder = arg[1] or home .. "/data/ml-100k"
local most, epochs = tonumber(arg[2] or "943"), tonumber(arg[3] or "40")
if not most or not epochs then error("usage: cohort notebooks/film_recommendations.lua [FOLDER of ml-100k] [PEOPLE] [EPOCHS]", 0) end

-- %% [markdown]
-- ## What is held back
-- In each person's order of time the last rating is to judge by, the one before it to choose by, all others are to learn from. Every tenth film by lot is cold: nobody's
-- rating of it is learnt from.

-- %%
local films = data.sql([[
    select row_number() over (order by "item_id:token") as film, "item_id:token" as id,
           "movie_title:token_seq" || ' (' || "release_year:token" || '). ' || "class:token_seq" as text
    from read_csv($1, delim = '\t', header = true, quote = '') order by film
]], { folder .. "/ml-100k.item" })
films.cold = tensor.permutation(#films, { seed = 1 }):le(#films // 10)
local ratings = data.sql([[
    select "user_id:token" as person, film, "rating:float"::double as rating, cold,
           row_number() over (partition by person, cold order by "timestamp:float" desc, "item_id:token") as last
    from read_csv($1, delim = '\t', header = true) join films on id = "item_id:token"
    where person <= $2
    order by person, film
]], { folder .. "/ml-100k.inter", most }, { tables = { films = films } })
local learnt = ratings:sql "from this where not cold and last > 2"
local people = data.sql([[
    select "user_id:token" as person,
           "age:token" || ' years, ' || case "gender:token" when 'M' then 'man' else 'woman' end || ', ' || "occupation:token" || '. Likes '
           || coalesce((select string_agg(text, '; ' order by last) from (
                select text, last from learnt join films using (film) where learnt.person = "user_id:token" and rating >= 4 order by last limit 15)), 'nothing yet')
               as text
    from read_csv($1, delim = '\t', header = true) where person <= $2 order by person
]], { folder .. "/ml-100k.user", most }, { tables = { films = films, learnt = learnt } })
print(("%d people, %d films (%d of them cold), %d ratings to learn from"):format(#people, #films, films.cold:sum(), #learnt))
print(("The text of person 1: %s ..."):format(people[1].text:sub(1, 150)))

-- %% [markdown]
-- ## Texts as vectors
-- The language model stays as it is (frozen), so every text is encoded once.

-- %%
local encoder = text.encoder "all-MiniLM-L6-v2"
local function encoded(texts)
    local vectors = encoder:encode(texts)
    return (vectors - vectors:mean(1)):normalize()
end
local person_texts, film_texts = encoded(people.text), encoded(films.text)

-- Positions of people in their table, since their numbers need not run on.
local position = {}
for i, person in ipairs(people.person:totable()) do position[person] = i end
local function pairs_of(table)
    local list = table.person:totable()
    for i, person in ipairs(list) do list[i] = position[person] end
    return tensor(list, { dtype = "int64" }), table.film:tensor { dtype = "int64" }, table.rating:tensor { dtype = "float32" }
end
local person, film, rating = pairs_of(learnt)
local dev_person, dev_film, dev_rating = pairs_of(ratings:sql "from this where not cold and last = 2")
local test_person, test_film, test_rating = pairs_of(ratings:sql "from this where not cold and last = 1")
local warm = films.cold:tensor():eq(0)
local warm_films = warm:nonzero():reshape(-1)

-- %% [markdown]
-- ## Two towers
-- Each tower is two trained layers over a frozen vector; the product of what they make of person and film, plus a number of the film's own, is how well they go
-- together.
--
-- * **Ratings**: the mean rating plus that is the rating foretold; mean squared error.
-- * **Ranking**: a film that was watched is to score higher than one drawn by lot (Bayesian personalised ranking).
--
-- Both by Adam, with the epoch that is best on the ratings to choose by. A cold film has no number of its own.

-- %%
local width = 64
local function towers(seed)
    local function tower(n) return nn.sequential { nn.linear(384, width, { seed = n }), nn.tanh(), nn.dropout(0.2, { seed = n + 1 }), nn.linear(width, width, { seed = n + 2 }) } end
    local net = { person = tower(seed), film = tower(seed + 3), own = tensor.zeros(#films):requires_grad() }
    function net:score(persons, list)
        return (self.person(person_texts[persons]) * self.film(film_texts[list])):sum(2) + self.own[list]
    end
    -- Everybody with every film.
    function net:scores()
        self.person:eval()
        self.film:eval()
        return nn.no_grad(function() return self.person(person_texts):matmul(self.film(film_texts):t()) + self.own end)
    end
    return net
end

local middle = rating:mean()
local rater = towers(10)
function rater:forward(persons, list) return self:score(persons, list) + middle end
local first = nn.fit(rater, { x = { person, film }, y = rating }, {
    loss = "mse", optimizer = "adam", lr = 0.002, weight_decay = 1e-5, epochs = epochs, batch = 512, patience = 4, seed = 20,
    validation = { x = { dev_person, dev_film }, y = dev_rating }, metrics = { "rmse" },
})
print(("ratings: best after %d epochs"):format(first.best))

local ranker = towers(30)
function ranker:forward(persons, list)
    local others = warm_films[tensor.randint(1, #warm_films, #list)]
    return tensor.stack({ self:score(persons, list), self:score(persons, others) }, 2)
end
local second = nn.fit(ranker, { x = { person, film }, y = tensor.ones(#person) }, {
    loss = function(scores) return nn.bpr(scores:slice(2, 1, 1), scores:slice(2, 2, 2)) end,
    optimizer = "adam", lr = 0.002, weight_decay = 1e-5, epochs = epochs, batch = 512, patience = 4, seed = 21,
    validation = { x = { dev_person, dev_film }, y = tensor.ones(#dev_person) },
})
print(("ranking: best after %d epochs"):format(second.best))

-- %% [markdown]
-- ## How well ratings are foretold
-- Root mean squared error, in stars, on the ratings to judge by. The yardstick: the mean, moved by how the person rates and how the film is rated, each held back by
-- ten ratings that say nothing.

-- %%
local function sums(place, count, values) return tensor.zeros(count, { dtype = "float64" }):index_add(1, place, values:to "float64") end
local function moves(place, count, left) return sums(place, count, left) / (sums(place, count, tensor.ones(#left)) + 10) end
local by_film = moves(film, #films, rating - middle)
local by_person = moves(person, #people, rating - middle - by_film[film])
local all = rater:scores():to "float64" + middle
local at_test = (test_person - 1) * #films + test_film
local function rounded(x) return tonumber(("%.3f"):format(x)) end
local function stars(name, prediction) return { model = name, rmse = rounded(metrics.rmse(test_rating, prediction)) } end
local rated = {
    stars("the mean", tensor.full({ #test_film }, middle)),
    stars("person and film", middle + by_film[test_film] + by_person[test_person]),
    stars("text towers, ratings", all:reshape(-1)[at_test]:clamp(1, 5)),
}
show(data.table(rated, { columns = { "model", "rmse" } }))

-- %% [markdown]
-- ## How well films are ranked
-- Every film that a person had not rated is put in order; one of them is the film that he or she did rate next. Among how many of the first ten is it (recall), how far
-- up (nDCG among the first ten, and MRR, the mean of one over its rank)? The error is that of the recall, of 95 %.
-- Films of equal score come in random order.
--
-- * **popular**: the number of ratings;
-- * **item-kNN**: films are alike whose raters are the same (cosine); a film counts the likeness of those that the person rated, of its fifty nearest;
-- * **texts as they are**: the cosine of the frozen vectors, without towers.

-- %%
local seen = tensor.zeros(#people * #films):index_add(1, (person - 1) * #films + film, tensor.ones(#person)):reshape(#people, #films)
local known = seen + tensor.zeros(#people * #films):index_add(1, (dev_person - 1) * #films + dev_film, tensor.ones(#dev_film)):reshape(#people, #films)
local alike = seen:normalize(1):t():matmul(seen:normalize(1)) * (1 - tensor.eye(#films))
local nearest = alike:topk(math.min(50, #films), 2):min(2, { keepdim = true })
alike = alike:ge(nearest):where(alike, 0)

local contenders = {
    { name = "popular", scores = seen:sum(1, { keepdim = true }):tile(#people, 1) },
    { name = "item-kNN", scores = seen:matmul(alike:t()) },
    { name = "texts as they are", scores = person_texts:matmul(film_texts:t()) },
    { name = "text towers, ratings", scores = all },
    { name = "text towers, ranking", scores = ranker:scores() },
}
local truth = tensor.zeros(#people * #films):index_add(1, at_test, tensor.ones(#test_film)):reshape(#people, #films)
local candidates = known:eq(0) * warm
local shaken = tensor.rand(#people, #films, { seed = 40, dtype = "float64" }) * 1e-9

local recalls_of = {} -- by row, person by person
local function judge(name, relevant, scores, persons)
    local recalls = {}
    for i = 1, #persons do recalls[i] = metrics.recall_at(relevant[persons[i]], scores[persons[i]], { k = 10 }) end
    recalls = tensor(recalls)
    local row = { model = name }
    recalls_of[row] = recalls
    row.recall, row.error = rounded(recalls:mean()), rounded(1.96 * recalls:std() / math.sqrt(#persons))
    row.ndcg = rounded(metrics.ndcg(relevant[persons], scores[persons], { k = 10 }))
    row.mrr = rounded(metrics.mrr(relevant[persons], scores[persons]))
    return row
end
local function chart(rows, title)
    local bars = { labels = {}, values = {}, lower = {}, upper = {}, format = "percent", direction = "horizontal", title = title }
    for i, row in ipairs(rows) do
        bars.labels[i], bars.values[i], bars.lower[i], bars.upper[i] = row.model, row.recall, row.recall - row.error, row.recall + row.error
    end
    bars.subtitle = "share of what was to be found among the first ten, with intervals of 95 %"
    return plot.bar(bars)
end
local columns = { "model", "recall", "error", "ndcg", "mrr" }
local found = {}
for i, contender in ipairs(contenders) do
    contender.scores = contender.scores:to "float64" + shaken
    found[i] = judge(contender.name, truth, candidates:gt(0):where(contender.scores, -1e9), test_person)
end
show(data.table(found, { columns = columns }))
show(chart(found, "Films that others have rated"))

-- %% [markdown]
-- ## Films that nobody has rated yet
-- Only the cold films are put in order, for everybody who liked one of them (four stars or five). What is popular and who watched what say nothing here: chance.

-- %%
local liked_person, liked_film = pairs_of(ratings:sql "from this where cold and rating >= 4")
local liked = tensor.zeros(#people * #films):index_add(1, (liked_person - 1) * #films + liked_film, tensor.ones(#liked_film)):reshape(#people, #films)
local fans = liked:sum(2):gt(0):nonzero():reshape(-1)
local cold_films = warm:eq(0):nonzero():reshape(-1)
local function only_cold(x) return x:t()[cold_films]:t():contiguous() end
local cold_truth, cold_found = only_cold(liked), { judge("chance", only_cold(liked), only_cold(shaken), fans) }
for i = 3, #contenders do
    cold_found[#cold_found + 1] = judge(contenders[i].name, cold_truth, only_cold(contenders[i].scores), fans)
end
print(("%d people liked at least one of %d cold films"):format(#fans, #cold_films))
show(data.table(cold_found, { columns = columns }))
show(chart(cold_found, "Films that nobody has rated"))

-- %% [markdown]
-- ## For one person

-- %%
local function titles(scores, count)
    local list = {}
    for i, n in ipairs(scores:argsort { descending = true }:slice(1, 1, count):totable()) do
        list[i] = ("  %d. %s"):format(i, films[n].text)
    end
    return table.concat(list, "\n")
end
local ranking = contenders[5].scores[1]
print("Rated high by person 1:\n" .. titles((seen[1] * sums(film[person:eq(1)], #films, rating[person:eq(1)])) + shaken[1], 5))
print("Recommended by the towers, of films that others have rated:\n" .. titles(candidates[1]:gt(0):where(ranking, -1e9), 5))
print("Recommended by the towers, of cold films:\n" .. titles(warm:eq(0):where(ranking, -1e9), 5))

-- %% [markdown]
-- ## In plain words

-- %%
local function compare(a, b)
    local gaps = recalls_of[a] - recalls_of[b] -- person by person, which is sharper than the two intervals
    local gap, error = gaps:mean(), 1.96 * gaps:std() / math.sqrt(#gaps)
    return gap > error and "better than" or gap < -error and "worse than" or "about as good as"
end
local tower, neighbours, popular = found[5], found[2], found[1]
print(("Where films have ratings, the text towers are %s what is popular and %s item-kNN (recall@10 %.1f %%, %.1f %% and %.1f %%).")
    :format(compare(tower, popular), compare(tower, neighbours), 100 * tower.recall, 100 * popular.recall, 100 * neighbours.recall))
print(("For films without ratings they are %s chance and %s texts as they are (%.1f %%, %.1f %% and %.1f %%).")
    :format(compare(cold_found[4], cold_found[1]), compare(cold_found[4], cold_found[2]), 100 * cold_found[4].recall, 100 * cold_found[1].recall,
        100 * cold_found[2].recall))
print(("Learning to foretell ratings ranks films %s learning to rank (recall@10 %.1f %%), and its ratings are off by %.2f stars, those of two means by %.2f.")
    :format(compare(found[4], tower), 100 * found[4].recall, rated[3].rmse, rated[2].rmse))
