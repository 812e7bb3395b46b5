-- Calls every function and method of Cohort with random values. Run by scripts/fuzz:
--   cohort --sandbox --allow FOLDER --memory-limit SIZE scripts/fuzz.lua API.json FOLDER SEED CALLS
-- An error is the right answer to most of these calls. What must not happen: the process dies, a call takes for ever, or a refusal
-- blames a parameter that the function does not have, or speaks of the insides of the program. What was called last is in
-- FOLDER/last, for the case that the process dies.
local api_path, folder, seed, calls = arg[1], arg[2], tonumber(arg[3]), tonumber(arg[4])
local api = json.decode(io.open(api_path):read("a"))
math.randomseed(seed)
local random = math.random

local function pick(list) return list[random(#list)] end

-- What is called: {name, parameters by name, the function or the method's name, the class}.
local targets = {}
local function add(signature, class)
    local names = {}
    for _, kind in ipairs{"parameters", "options"} do
        for _, parameter in ipairs(signature[kind] or {}) do names[parameter.name] = parameter end
    end
    if signature.variadic then names[signature.variadic.name] = signature.variadic end
    targets[#targets + 1] = {signature = signature, names = names, class = class}
end
for _, signature in ipairs(api.globals) do add(signature) end
for _, module in ipairs(api.modules) do
    if module.call then add(module.call) end
    for _, signature in ipairs(module["functions"]) do add(signature) end
    for _, class in ipairs(module.classes or {}) do
        for _, signature in ipairs(class.methods or {}) do add(signature, class.name) end
    end
end

-- One of each class that can be had without a model.
local table_ = data and pcall(data.table, {a = {1}}) and data.table{n = {1, 2, 3}, s = {"a", "北京", "c"}, f = {1.5, 2, json.null}}
local makers = {
    tensor = function() return pick{tensor{1, 2, 3}, tensor{{1, 2}, {3, 4}}, tensor.zeros(0), tensor{true, false}, tensor.arange(6):reshape(2, 3)} end,
    ["data.Table"] = function() return table_ end,
    ["data.Column"] = function() return table_ and table_:column(pick{"n", "s", "f"}) end,
    ["cluster.KMeans"] = function() return cluster.kmeans(tensor{{0}, {1}, {9}, {10}}, {k = 2}) end,
}

local value
local function list(depth)
    local t = {}
    for i = 1, random(0, 4) do t[i] = value(depth + 1) end
    return t
end
local function record(depth)
    local t = {}
    for _ = 1, random(0, 3) do t[pick{"a", "k", "seed", "dim", "北京", "shape", "n", ""}] = value(depth + 1) end
    return t
end
local kinds = {
    function() return nil end,
    function() return random(2) == 1 end,
    function() return random(-3, 12) end,
    function() return random(-3, 3) + random() end,
    function() return pick{0, -0.0, 1 / 0, -1 / 0, 0 / 0, math.maxinteger, math.mininteger, 2 ^ 53, 1e300, 1e-300, 4294967296} end,
    function() return pick{"", "a", "北京 good", "euclidean", "float32", "\0", "\xff\xfe", ("x"):rep(300), "select 1", folder .. "/x.csv", "10", "nan", "👩‍👩‍👧"} end,
    function(depth) return depth > 3 and {} or list(depth) end,
    function(depth) return depth > 3 and {} or record(depth) end,
    function() return setmetatable({}, {__index = function(_, k) return k end, __len = function() return 3 end, __call = function() end}) end,
    function() return setmetatable({1, 2}, {__tostring = function() error("hostile") end, __pairs = function() error("hostile") end}) end,
    function() local t = {} t[1] = t return t end,
    function() return pick{function(...) return ... end, print, function() error({}) end, string.rep, tensor.zeros} end,
    function() return coroutine.create(function() end) end,
    function() return io.stderr end,
    function() local make = pick{"tensor", "data.Table", "data.Column", "cluster.KMeans", "tensor"} return makers[make]() end,
    function() return pick{{1, 2, 3}, {{1, 2}, {3, 4}}, {"a", "b"}, {true, false}, {{1}, {2, 3}}, {1, "a"}, {json.null}} end,
}
value = function(depth) return pick(kinds)(depth or 0) end

-- A value of a parameter's own type, so that calls get past the first check.
local function fitting(parameter)
    local kind = parameter.type and parameter.type.kind
    if kind == "integer" then return random(parameter.type.minimum or 0, (parameter.type.minimum or 0) + 5) end
    if kind == "number" then return (parameter.type.minimum or 0) + random() end
    if kind == "boolean" then return random(2) == 1 end
    if kind == "choice" then return pick(parameter.type.choices) end
    if kind == "string" then return pick{"a", "北京", "select 1 as n", folder .. "/x.csv"} end
    if kind == "table" then return record(1) end
    if kind == "function" then return function(...) return ... end end
    if kind == "object" then return makers[parameter.type.class or parameter.type.name] and makers[parameter.type.class or parameter.type.name]() end
    return pick{tensor{{0, 1}, {1, 0}, {5, 5}}, {1, 2, 3}, {"a", "b"}, value(1)}
end

local function arguments(signature)
    local list, count = {}, 0
    for _, parameter in ipairs(signature.parameters or {}) do
        count = count + 1
        if random(3) > 1 then list[count] = fitting(parameter) else list[count] = value() end
    end
    if signature.variadic then
        for _ = 1, random(0, 3) do
            count = count + 1
            list[count] = random(2) == 1 and fitting(signature.variadic) or value()
        end
    end
    if signature.options and random(2) == 1 then
        count = count + 1
        local options = {}
        for _, option in ipairs(signature.options) do
            if random(2) == 1 then options[option.name] = random(3) > 1 and fitting(option) or value() end
        end
        if random(8) == 1 then options[pick{"sed", "x", 1, "metrik"}] = value() end
        list[count] = options
    end
    if random(6) == 1 then count = count + 1 list[count] = value() end
    if random(6) == 1 and count > 0 then count = count - 1 end
    return list, count
end

local problems, counts = {}, {done = 0, refused = 0, slow = 0}
local function problem(target, message)
    local line = target.signature.name .. ": " .. message:sub(1, 200):gsub("%c", " ")
    if not problems[line] then problems[#problems + 1] = line problems[line] = true end
end

local function lookup(target)
    if not target.class then
        local f = _G
        for part in target.signature.name:gmatch("[^.]+") do f = f[part] end
        return f
    end
    local method = target.signature.name:match(":(.*)$")
    local make = makers[target.class]
    local object = make and make()
    -- Without one, as a script that found the method elsewhere would call it.
    if object == nil then
        local other = makers.tensor()
        return nil, other, method
    end
    return object[method], object
end

local last = io.open(folder .. "/last", "w")
for call = 1, calls do
    local target = pick(targets)
    local list, count = arguments(target.signature)
    local f, receiver = lookup(target)
    if f then
        if receiver ~= nil then
            table.move(list, 1, count, 2)
            list[1], count = random(20) == 1 and value() or receiver, count + 1
        end
        last:seek("set", 0)
        last:write(call, " ", target.signature.name, (" "):rep(40), "\n")
        last:flush()
        local start = os.clock()
        local ok, message = pcall(f, table.unpack(list, 1, count))
        if os.clock() - start > 20 then problem(target, "took more than 20 seconds") end
        if ok then
            counts.done = counts.done + 1
        else
            counts.refused = counts.refused + 1
            if type(message) == "string" then
                local name = message:match("bad argument '([^']*)'")
                local root = name and name:match("^[%w_]+")
                -- The receiver goes by its class's name, the table of options by its own.
                local receives = target.class and (target.class:lower():match("%w+$") == name or name == "this")
                local options = name == "options" and target.signature.options
                if name and not target.names[name] and not target.names[root] and not receives and not options then
                    problem(target, "blames '" .. name .. "', which it does not have: " .. message)
                end
                for _, word in ipairs{"Optional%(", "Swift%.", "fatal", "Fatal", "unwrap", "Failure%(", "UnsafeRaw", "_G%.", "std::"} do
                    if message:find(word) and not message:find("hostile") then problem(target, "says: " .. message) end
                end
                if message:find("^attempt to") or message:find("bad argument #") then problem(target, "says: " .. message) end
            end
        end
    end
end

for _, line in ipairs(problems) do io.stderr:write(line, "\n") end
io.stderr:write(("%d calls answered, %d refused, %d problems\n"):format(counts.done, counts.refused, #problems))
os.exit(#problems == 0 and 0 or 1)
