-- Writes notebooks/data/ad_copy.csv: an advertising experiment of three copies in Chinese and English, with a planted lift.
-- Run from the repository's root: cohort --seed 20 scripts/sample-ad-copy.lua
-- Planted: 'story' raises purchases by 35 % of control's 11 %; 'discount' raises nothing and lowers what a buyer spends.
local cities = { "北京", "上海", "广州", "深圳", "成都" }
local looks = {
    { "防晒霜 户外 徒步", 1.9 }, { "跑鞋 运动 夜跑", 1.4 }, { "咖啡机 手冲 咖啡豆", 1.0 }, { "running shoes, race day", 1.4 },
    { "strollers and baby food", 0.4 }, { "婴儿 推车 奶粉", 0.4 }, { "hiking backpack, tent", 1.9 }, { "coffee beans", 0.7 },
}
local rows = { user = {}, variant = {}, city = {}, looked_at = {}, spent_before = {}, day = {}, views = {}, clicks = {}, bought = {}, spend = {} }
local names = { "control", "story", "discount" }
local weights = { control = 1, discount = 1, story = 1 }
local users = 8000
for i = 1, users do
    local user = ("u%05d"):format(i)
    local variant = ab.assign(user, "spring-copy", weights)
    local look = looks[math.random(#looks)]
    local before = math.floor(-math.log(1 - math.random()) * 80 * look[2] * 100) / 100
    local views = math.random(1, 8)
    local clicks = 0
    local rate = 0.08 * look[2] * (variant == "story" and 1.2 or 1)
    for _ = 1, views do if math.random() < rate then clicks = clicks + 1 end end
    local chance = 0.1 * look[2] * (variant == "story" and 1.35 or 1)
    local bought = math.random() < chance and 1 or 0
    local spend = 0
    if bought == 1 then
        spend = math.floor((20 + before * 0.5 - 30 * math.log(1 - math.random())) * (variant == "discount" and 0.85 or 1) * 100) / 100
    end
    local day = (i - 1) * 14 // users + 1
    rows.user[i], rows.variant[i], rows.city[i] = user, variant, cities[math.random(#cities)]
    rows.looked_at[i], rows.spent_before[i], rows.day[i] = look[1], before, ("2024-03-%02d"):format(day)
    rows.views[i], rows.clicks[i], rows.bought[i], rows.spend[i] = views, clicks, bought, spend
end
local t = data.table(rows, { columns = { "user", "variant", "day", "city", "looked_at", "spent_before", "views", "clicks", "bought", "spend" } })
data.write(t, arg[1] or "notebooks/data/ad_copy.csv")
print(("%d users in %s"):format(#t, arg[1] or "notebooks/data/ad_copy.csv"))
