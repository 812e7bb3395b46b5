-- Calls functions with random arguments. Returns one line a call: what went in and what came out or was raised.
local seed, rounds = ...
local state = seed
local function random(n)
    state = (state * 1103515245 + 12345) % 2147483648
    return (state >> 8) % n + 1
end
local function pick(list) return list[random(#list)] end
local function text(pieces, most)
    local s = ""
    for _ = 1, random(most + 1) - 1 do s = s .. pick(pieces) end
    return s
end
local subjects = {"a", "b", "ab", "x", "1", "9", " ", "(", ")", "%", "[", "]", "-", ".", "\0", "\xE5", "A", "aaa", "()", "\n"}
local patterns = {
    "a", "b", "x", ".", "%a", "%d", "%s", "%S", "%w", "%x", "%p", "%c", "%g", "%l", "%u", "%z", "%%", "%.", "(", ")", "()", "[ab]",
    "[^a]", "[a-z]", "[%a_]", "[]]", "[^]]", "[a-]", "[%]x]", "[", "]", "^", "$", "*", "+", "-", "?", "%b()", "%bxa", "%b", "%f[%a]",
    "%f[^%w]", "%f", "%1", "%2", "%0", "%9", "%", "\0", "[%", "[a-%z]", "(a*)", "(.-)", "a*", ".-", "x?", "(%d+)",
}
local replacements = {
    "", "x", "%0", "%1", "%2", "%%", "%", "%a", "<%0>", "%0%1", 7, {a = "A", ab = false, b = 5, x = {}}, true,
    function(a) return a end, function() return nil end, function() return {} end, function(_, b) return b end, function() return 3 end,
}
local indices = {0, 1, 2, 3, -1, -2, -5, 10, 100, -100, 2.0, 2.5, "2", "x", math.maxinteger, math.mininteger}
local values = {1, 2, 3, 2, 1.5, "a", "b", "10", true, {}, -1, 7, 7, 5, 4}

local function show(value)
    if type(value) == "table" then return "table" end
    if type(value) == "function" then return "function" end
    return type(value) == "string" and string.format("%q", value) or tostring(value)
end
local function shows(list)
    local s = ""
    for i = 1, list.n do s = s .. (i > 1 and ", " or "") .. show(list[i]) end
    return s
end
local function list(most, kinds)
    local t = {}
    for i = 1, random(most + 1) - 1 do t[i] = kinds == 1 and random(20) or pick(values) end
    return t
end
local function content(t)
    local s = {}
    for i = -2, #t + 3 do s[#s + 1] = show(rawget(t, i)) end
    local line = ""
    for _, v in ipairs(s) do line = line .. v .. " " end
    return line
end
local lines = {}
local function try(name, f, ...)
    local input = name .. "(" .. shows({n = select("#", ...), ...}) .. ")"
    local out = {n = 0}
    local function keep(...) out = {n = select("#", ...), ...} end
    keep(pcall(f, ...))
    lines[#lines + 1] = input .. " -> " .. shows(out)
end
local calls = {
    function() try("find", string.find, text(subjects, 8), text(patterns, 4)) end,
    function() try("find", string.find, text(subjects, 8), text(patterns, 5), pick(indices)) end,
    function() try("find", string.find, text(subjects, 8), text(subjects, 2), pick(indices), pick{true, false}) end,
    function() try("match", string.match, text(subjects, 12), text(patterns, 6)) end,
    function() try("match", string.match, text(subjects, 8), "^" .. text(patterns, 3), pick(indices)) end,
    function() try("gsub", string.gsub, text(subjects, 12), text(patterns, 4), pick(replacements)) end,
    function() try("gsub", string.gsub, text(subjects, 12), text(patterns, 2), pick(replacements), pick(indices)) end,
    function() try("gsub", string.gsub, text(subjects, 6), "^" .. text(patterns, 2), pick(replacements)) end,
    function()
        local s, p, i = text(subjects, 12), text(patterns, 3), random(2) == 1 and pick(indices) or nil
        try("gmatch", function(...)
            local found = {}
            for a, b in string.gmatch(...) do found[#found + 1] = show(a) .. "/" .. show(b) end
            local line = ""
            for _, f in ipairs(found) do line = line .. f .. ";" end
            return line
        end, s, p, i)
    end,
    function() try("rep", string.rep, text(subjects, 3) .. "r", pick{0, 1, 2, 3, 7, -1, 2.5, "2", "x", 1 << 40}, pick{"", ",", "--", 1}) end,
    function() try(pick{"upper", "lower", "reverse"}, pick{string.upper, string.lower, string.reverse}, text(subjects, 6)) end,
    function() try("misuse", pick{string.find, string.match, string.gsub, string.gmatch, string.rep, string.upper}, pick(values), pick(values)) end,
    function()
        local t = list(8)
        try("concat", table.concat, t, pick{",", "", 3, "--"}, pick(indices) , random(3) == 1 and pick{0, 1, 5, 9, -1} or #t)
    end,
    function() try("concat", table.concat, list(6), pick{",", "", {}, 5}) end,
    function()
        local t = list(6)
        try("insert", function(...) table.insert(t, ...) return content(t) end, pick(indices), pick(values))
        try("insert", function(...) table.insert(t, ...) return content(t) end, pick(values))
        try("insert", table.insert, pick(values))
        try("insert", table.insert, t, 1, 2, 3)
    end,
    function()
        local t = list(6)
        try("remove", function(...) return show(table.remove(t, ...)) .. content(t) end, pick(indices))
        try("remove", function(...) return show(table.remove(t, ...)) .. content(t) end)
    end,
    function()
        local t, u = list(6), random(2) == 1 and list(5) or nil
        try("move", function(...) table.move(t, ...) return content(t) .. content(u or t) end, random(9) - 3, random(12) - 3, random(9) - 3, u)
        try("move", table.move, t, pick(values), random(5), pick(values), pick{7, false})
        try("move", table.move, t, pick{0, -1, math.mininteger}, math.maxinteger, 1)
        try("move", table.move, t, 1, pick{2, 3}, math.maxinteger)
    end,
    function() local t = list(300, 1) try("sort", function() table.sort(t) return content(t) end) end,
    function() local t = list(6) try("sort", function() table.sort(t) return content(t) end) end,
    function()
        -- What is compared, and in which order equal elements end.
        local t, trace = {}, 0
        for i = 1, random(150) do t[i] = {key = random(12), id = i} end
        try("sort", function()
            table.sort(t, function(a, b) trace = (trace * 31 + a.id * 7 + b.id) % 1000003 return a.key < b.key end)
            local line = ""
            for _, e in ipairs(t) do line = line .. e.id .. " " end
            return line .. trace
        end)
    end,
    function()
        local format, args = text({"%", "%%", "text ", ". ", "%5", "%-5"}, 1), {}
        for i = 1, random(3) do
            local flags = text({"-", "+", " ", "#", "0", "5", "12", "123", ".3", ".0", "5.2", ".123", "."}, 2)
            format = format .. "%" .. flags .. pick{"d", "i", "u", "o", "x", "X", "a", "A", "e", "E", "f", "g", "G", "c", "s", "q", "s", "q", "y", ""}
            args[i] = pick{
                0, 1, -1, 255, 1 << 62, math.mininteger, 1.5, -0.0, 1e308, 1e-320, 1 / 0, -1 / 0, 0 / 0, 3.0, 2^53, "a", "", "a\0b", "12", "1.5",
                ("x"):rep(150), "q\"\n\\\r\0001\1\x7F", "äö", true, false, {}, print}
        end
        -- Addresses vary.
        for i, v in pairs(args) do
            if type(v) == "table" or type(v) == "function" then args[i] = setmetatable({}, {__tostring = function() return "T" end}) end
        end
        try("format", string.format, format, table.unpack(args))
    end,
    function()
        local t, f = list(40, 1), pick{
            function() return true end, function() return false end, function(a, b) return a <= b end,
            function(a, b) return a ~= b end, function() return 1 end, function(a, b) return a > b end, 5, {}}
        try("sort", function() table.sort(t, f) return content(t) end)
    end,
    function()
        local log = ""
        local proxy = setmetatable({}, {
            __len = function() log = log .. "#" return 4 end,
            __index = function(_, k) log = log .. "g" .. tostring(k) return tostring(5 - k) end,
            __newindex = function(_, k, v) log = log .. "s" .. tostring(k) .. tostring(v) end,
        })
        local name = pick{"sort", "concat", "insert", "remove", "move"}
        local extra = name == "insert" and {1, "x"} or name == "remove" and {2} or name == "move" and {1, 3, 2} or {}
        try(name .. " by metatable", function() local r = table[name](proxy, table.unpack(extra)) return log .. type(r) end)
    end,
    function()
        local pieces = {"a", "é", "你", "😀", "\x80", "\xFF", "\xC0\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xF8\x88\x80\x80\x80", "\xFD\xBF\xBF\xBF\xBF\xBF", "\xE4\xBD", "\0"}
        local s = text({"a", "é", "你", "😀"}, 9)
        if random(3) == 1 then s = s .. text(pieces, 3) .. "b" end
        try("utf8.len", utf8.len, s, pick{1, 1, 2, -3, 0}, pick{-1, -1, 5, -2, 100}, pick{true, false})
        try("utf8.len", utf8.len, s, pick(indices), pick(indices), pick{true, false})
        try("utf8.len", utf8.len, pick(values), pick(values))
        try("utf8.len", utf8.len, s)
        try("utf8.offset", utf8.offset, s, random(9) - 5)
        try("utf8.offset", utf8.offset, s, pick(indices), pick(indices))
        try("utf8.offset", utf8.offset, pick(values), pick(values))
    end,
    function()
        -- How much there is, and so what a step finishes, differs between states.
        try("collectgarbage", collectgarbage, pick{"collect", "stop", "restart", "isrunning", "incremental", "generational", "x", "incremental", "isrunning"})
        try("collectgarbage", collectgarbage, pick{"setpause", "setstepmul"}, pick{100, 200, "x", 2.5})
        try("collectgarbage", collectgarbage, pick{"step", "generational", "incremental"}, pick{"x", {}, 1.5})
        try("collectgarbage", function() return collectgarbage(), math.type(collectgarbage("count")), type(collectgarbage("step")) end)
        try("collectgarbage", collectgarbage, pick{7, {}, true})
        collectgarbage("restart")
    end,
    function()
        local source = pick{"return 1", "return", "x =", "return ...", "error('x')", "return x", "# no", "goto a", "return y, x", 5}
        local mode, env = pick{"t", "bt", "b", "x", ""}, pick{{x = 1}, {y = 2}}
        try("load", function()
            local f, message = load(source, pick{"=name", "@file", "text", "=(load)"}, mode, env)
            if not f then return message end
            return f(4)
        end)
        local parts, i = {source, " ", pick{"+ 1", "", "x", 3, false}}, 0
        try("load", function()
            local f, message = load(function() i = i + 1 return parts[i] end)
            if not f then return message end
            return f(4)
        end)
    end,
}
for _ = 1, rounds do pick(calls)() end
for _, edge in ipairs{("(a"):rep(40), ("a*"):rep(201), ("a*"):rep(200), ("a*"):rep(198), ("a-"):rep(230), ("x"):rep(300), ("a?"):rep(199) .. "b"} do
    for _, subject in ipairs{"", "a", "aaa", "b"} do try("find", string.find, subject, edge) end
end
return lines
