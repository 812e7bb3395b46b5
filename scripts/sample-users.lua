-- Generates notebooks/data/users_zh.csv: Chinese users with search keywords and a planted interest, in the shape of a shop's own
-- export. Run it from the project's folder with `cohort scripts/sample-users.lua [FILE]`; the same seed writes the same bytes.

local interests = {
    { name = "时尚穿搭", words = { "奢侈品", "名牌包包", "高跟鞋", "连衣裙", "口红", "香水", "珠宝首饰", "秋冬新款", "时装周",
        "设计师品牌", "羊绒大衣", "丝巾", "时尚杂志", "穿搭技巧" } },
    { name = "科技产品", words = { "人工智能", "智能手机", "笔记本电脑", "芯片", "无人机", "智能家居", "平板电脑", "编程", "显卡",
        "蓝牙耳机", "大模型", "机器人", "数码相机", "科技新闻" } },
    { name = "运动健身", words = { "户外装备", "跑步鞋", "瑜伽垫", "马拉松", "登山", "健身房", "蛋白粉", "骑行", "羽毛球",
        "滑雪", "露营帐篷", "篮球", "运动手环", "健身计划" } },
    { name = "美食烹饪", words = { "家常菜", "火锅", "烘焙", "菜谱", "空气炸锅", "甜点", "海鲜", "川菜", "蛋糕", "面包机",
        "调料", "美食推荐", "烹饪技巧", "小吃" } },
    { name = "旅游度假", words = { "机票", "酒店预订", "海岛", "自由行", "签证", "民宿", "景点门票", "邮轮", "旅游攻略", "温泉",
        "自驾游", "古镇", "跟团游", "度假村" } },
    { name = "母婴育儿", words = { "奶粉", "纸尿裤", "婴儿车", "早教", "绘本", "儿童玩具", "孕妇装", "宝宝辅食", "安全座椅",
        "疫苗", "幼儿园", "童装", "胎教", "育儿经验" } },
}
local cities = { "北京", "上海", "广州", "深圳", "成都", "杭州", "武汉", "西安", "南京", "重庆" }
local everyday = { "天气预报", "快递查询", "优惠券", "附近停车", "水电缴费" }
local users_per_interest = 50

math.randomseed(20240618)

local function pick(list) return list[math.random(#list)] end

-- A user searches for 3 to 6 things of one interest, two in three also for the interest itself, one in three for something of
-- another, one in four for an everyday errand.
local function searches(interest)
    local pool = table.move(interest.words, 1, #interest.words, 1, {})
    local found = {}
    if math.random(3) > 1 then found[1] = interest.name end
    for _ = 1, math.random(3, 6) do
        found[#found + 1] = table.remove(pool, math.random(#pool))
    end
    if math.random(3) == 1 then
        local other = pick(interests)
        if other ~= interest then found[#found + 1] = pick(other.words) end
    end
    if math.random(4) == 1 then found[#found + 1] = pick(everyday) end
    for i = #found, 2, -1 do
        local j = math.random(i)
        found[i], found[j] = found[j], found[i]
    end
    return table.concat(found, " ")
end

local users = {}
for _, interest in ipairs(interests) do
    for _ = 1, users_per_interest do
        users[#users + 1] = {
            math.random(18, 59), pick { "女", "男" }, pick(cities), searches(interest), interest.name,
        }
    end
end
for i = #users, 2, -1 do
    local j = math.random(i)
    users[i], users[j] = users[j], users[i]
end

local path = arg and arg[1] or "notebooks/data/users_zh.csv"
local file <close> = assert(io.open(path, "w"))
file:write("用户,年龄,性别,城市,搜索关键词,兴趣\n")
for i, user in ipairs(users) do
    file:write(("U%04d,%d,%s,%s,%s,%s\n"):format(i, table.unpack(user)))
end
