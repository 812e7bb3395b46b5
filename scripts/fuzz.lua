-- Calls every function and method of Cohort with random values. Run by scripts/fuzz:
--   cohort --sandbox --allow FOLDER --memory-limit SIZE scripts/fuzz.lua API.json FOLDER SEED CALLS
-- An error is the right answer to most of these calls. What must not happen: the process dies, a call takes for ever, or a refusal
-- blames a parameter that the function does not have, or speaks of the insides of the program. What was called last is in
-- FOLDER/last, for the case that the process dies.
local api_path, folder, seed, calls = arg[1], arg[2], tonumber(arg[3]), tonumber(arg[4])
local api = json.decode(io.open(api_path):read("a"))

-- Random numbers of our own (splitmix64): what is called here starts Lua's anew.
local state = seed
local function random(from, to)
    state = state + 0x9E3779B97F4A7C15
    local z = (state ~ (state >> 30)) * 0xBF58476D1CE4E5B9
    z = (z ~ (z >> 27)) * 0x94D049BB133111EB
    z = z ~ (z >> 31)
    if not from then return (z >> 11) * 0x1p-53 end
    if not to then from, to = 1, from end
    return from + (z >> 1) % (to - from + 1)
end

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

-- What the examples of the declarations call their functions with, and what they get: arguments that work, to be spoilt, and objects of
-- every class that can be had without a file.
local worked, objects = {}, {}
local function keep(name, ...)
    local list = objects[name] or {}
    objects[name] = list
    if #list < 20 then list[#list + 1] = ... end
end
local function watched(signature, f)
    local gives = signature.returns and signature.returns[1] and signature.returns[1].type
    return function(...)
        local lists = worked[signature.name] or {}
        worked[signature.name] = lists
        lists[#lists + 1] = table.pack(...)
        local result = table.pack(f(...))
        if type(result[1]) == "userdata" and gives then keep(gives, result[1]) end
        return table.unpack(result, 1, result.n)
    end
end
local surroundings = setmetatable({print = function() end}, {__index = _G})
for _, module in ipairs(api.modules) do
    local real, forms = _G[module.name], {}
    for _, signature in ipairs(module["functions"]) do
        local name = signature.name:match("[^.]+$")
        forms[name] = watched(signature, real[name])
    end
    local call = module.call and watched(module.call, real)
    surroundings[module.name] = setmetatable(forms, {__index = real, __call = call and function(_, ...) return call(...) end})
end
for _, target in ipairs(targets) do
    local code = target.signature.example and target.signature.example.code
    local run = code and (load("return " .. code, "example", "t", surroundings) or load(code, "example", "t", surroundings))
    -- Some need a model or a file that is not there.
    if run then pcall(run) end
end

local table_ = objects["data.Table"] and data.table{n = {1, 2, 3}, s = {"a", "北京", "c"}, f = {1.5, 2, json.null}}
local makers = {
    tensor = function() return pick{tensor{1, 2, 3}, tensor{{1, 2}, {3, 4}}, tensor.zeros(0), tensor{true, false}, tensor.arange(6):reshape(2, 3), tensor{{0.5}}:requires_grad()} end,
    ["data.Table"] = function() return table_ end,
    ["data.Column"] = function() return table_ and table_:column(pick{"n", "s", "f"}) end,
    ["cluster.KMeans"] = function() return cluster.kmeans(tensor{{0}, {1}, {9}, {10}}, {k = 2}) end,
    ["nn.Module"] = function() return nn.sequential{nn.linear(2, 3), nn.relu(), nn.linear(3, 1)} end,
}
makers["nn.Optimizer"] = function() return nn.adam(makers["nn.Module"]():parameters(), {lr = 0.1}) end
local model = "all-MiniLM-L6-v2"
local has_encoder, encoder = pcall(text.encoder, model, {max_length = 16})
if has_encoder then
    local tokenizer = text.tokenizer(model)
    makers["text.Encoder"] = function() return encoder end
    makers["text.Tokenizer"] = function() return tokenizer end
end
for class, list in pairs(objects) do makers[class] = makers[class] or function() return pick(list) end end
local classes = {}
for _, module in ipairs(api.modules) do
    for _, class in ipairs(module.classes or {}) do
        if makers[class.name] and makers[class.name]() ~= nil then classes[#classes + 1] = class.name end
    end
end

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
    function() return makers[random(2) == 1 and "tensor" or pick(classes)]() end,
    function() return pick{{1, 2, 3}, {{1, 2}, {3, 4}}, {"a", "b"}, {true, false}, {{1}, {2, 3}}, {1, "a"}, {json.null}} end,
}
value = function(depth) return pick(kinds)(depth or 0) end

-- A value of a parameter's own type, so that calls get past the first check.
local fitting
local customs = {
    labels = function() return pick{{1, 2, 1}, {"a", "b", "a"}, tensor{0, 1, 1}} end,
    matrix = function() return pick{tensor{{0, 1}, {1, 0}, {5, 5}}, {{1, 2}, {3, 4}}, tensor.rand(4, 3), tensor.zeros(0, 2)} end,
    texts = function() return pick{{"a", "北京 good"}, "a", {}, {""}} end,
    records = function() return pick{{{a = 1}, {a = 2}}, table_, {}} end,
    parameters = function() return pick{makers["nn.Module"]():parameters(), {tensor{1, 2}:requires_grad()}} end,
    module = function() return pick{nn.relu(), nn.linear(2, 2), function(x) return x end} end,
    moments = function() return {n = random(2, 50), mean = random(), std = random()} end,
    proportion = function() local n = random(1, 50) return {random(0, n), n} end,
}
local function fit(form)
    local kind = type(form) == "table" and form.kind or form
    if kind == "integer" then return random(form.minimum or -2, math.min((form.minimum or 0) + 5, form.maximum or math.maxinteger)) end
    if kind == "number" then return (form.minimum or -1) + random() * math.min((form.maximum or 1e9) - (form.minimum or 0), 3) end
    if kind == "boolean" then return random(2) == 1 end
    if kind == "choice" then return pick(form.choices) end
    if kind == "string" then return pick{"a", "北京", "select 1 as n", folder .. "/x.csv", "x", "n"} end
    if kind == "table" then return record(1) end
    if kind == "function" then return pick{function(...) return ... end, function() return tensor{1}:requires_grad() end} end
    if kind == "object" then return makers[form.class] and makers[form.class]() end
    if kind == "either" then return fit(pick(form.of)) end
    if kind == "list" then
        local list = {}
        for i = 1, random(0, 4) do list[i] = fit(form.of) end
        return list
    end
    if kind == "custom" and customs[form.name] then return customs[form.name]() end
    return pick{tensor{{0, 1}, {1, 0}, {5, 5}}, tensor.rand(5), {1, 2, 3}, {"a", "b"}, 2, value(1)}
end
fitting = function(parameter) return fit(parameter.type) end

-- Arguments that worked, one thing in them replaced by something else.
local function copy(thing, depth)
    if type(thing) ~= "table" or depth > 5 then return thing end
    local t = {}
    for k, v in pairs(thing) do t[k] = copy(v, depth + 1) end
    return t
end
local function spoil(t, first, last)
    local places = {}
    for i = first, last do places[#places + 1] = i end
    if first > last then
        for k in pairs(t) do places[#places + 1] = k end
        table.sort(places, function(a, b) return tostring(a) < tostring(b) end)
    end
    if #places == 0 then return end
    local place = pick(places)
    if type(t[place]) == "table" and random(3) > 1 then spoil(t[place], 1, 0) else t[place] = value(1) end
end
local function spoilt(lists)
    local list = pick(lists)
    local arguments = {}
    for i = 1, list.n do arguments[i] = copy(list[i], 0) end
    if random(8) > 1 then spoil(arguments, 1, list.n) end
    return arguments, list.n
end

local function arguments(signature)
    if worked[signature.name] and random(2) == 1 then return spoilt(worked[signature.name]) end
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
                local name, blaming = message:match("bad argument '([^']*)' to ([%w_.:]+)")
                -- What a callback called is another function.
                if blaming and blaming ~= target.signature.name .. ":" then name = nil end
                local root = name and name:match("^[%w_]+")
                -- The receiver goes by its class's name, the table of options by its own.
                local receives = target.class and (target.class:lower():match("%w+$") == name or name == "this")
                local options = name == "options" and target.signature.options
                -- Columns go by their own names.
                for i = 1, count do
                    if name and type(list[i]) == "table" and rawget(list[i], name) ~= nil then options = true end
                    local first = type(list[i]) == "table" and rawget(list[i], 1)
                    if name and type(first) == "table" and rawget(first, name) ~= nil then options = true end
                end
                if name and not target.names[name] and not target.names[root] and not receives and not options then
                    problem(target, "blames '" .. name .. "', which it does not have: " .. message)
                end
                for _, word in ipairs{"Optional%(", "Swift%.", "fatal", "Fatal", "unwrap", "Failure%(", "UnsafeRaw", "_G%.", "std::"} do
                    if message:find(word) and not message:find("hostile") then problem(target, "says: " .. message) end
                end
                if message:find("^attempt to") or message:find("bad argument #") and not message:find("to 'string.rep'") then problem(target, "says: " .. message) end
            end
        end
    end
end

for _, line in ipairs(problems) do io.stderr:write(line, "\n") end
io.stderr:write(("objects of %d classes%s\n"):format(#classes, has_encoder and ", with an encoder" or ""))
io.stderr:write(("%d calls answered, %d refused, %d problems\n"):format(counts.done, counts.refused, #problems))
os.exit(#problems == 0 and 0 or 1)
