-- %% [markdown]
-- # The users of ml-100k and the films they liked
-- One row a user: age, gender, occupation, and the titles and genres of the films rated 4 or 5, the latest first.
--
--     cohort notebooks/ml_100k_users.lua FOLDER OUT.csv

-- %%
local folder, out = arg[1], arg[2]
if not out then
    error("usage: cohort notebooks/ml_100k_users.lua FOLDER OUT.csv", 0)
end

-- %%
-- Ties in time are common (whole sessions share a second), so the film's number decides them.
local users = data.sql([[
    with
        users as (from read_csv($1, delim = '\t', header = true)),
        films as (from read_csv($2, delim = '\t', header = true, quote = '')),
        ratings as (from read_csv($3, delim = '\t', header = true)),
        liked as (
            select
                "user_id:token" as user_id,
                string_agg("movie_title:token_seq" || ' (' || "class:token_seq" || ')', '; '
                           order by "timestamp:float" desc, "item_id:token") as films
            from ratings join films using ("item_id:token")
            where "rating:float" >= 4
            group by all
        )
    select
        "user_id:token" as user_id, "age:token" as age, "gender:token" as gender,
        "occupation:token" as occupation, coalesce(films, '') as films
    from users left join liked on "user_id:token" = user_id
    order by user_id
]], { folder .. "/ml-100k.user", folder .. "/ml-100k.item", folder .. "/ml-100k.inter" })

data.write(users, out)
print(("%d users written to %s"):format(#users, out))
