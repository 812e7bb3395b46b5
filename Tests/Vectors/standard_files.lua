-- Reads and writes files in every way. Returns one line a call: what came out or was raised.
local name = os.tmpname()
local lines = {}
local function show(...)
    local t = table.pack(...)
    for i = 1, t.n do
        local v = t[i]
        t[i] = type(v) ~= "string" and tostring(v):gsub("0x%x+", "P") or #v > 60 and #v .. v:sub(1, 20) .. v:sub(-5) or string.format("%q", v)
        t[i] = t[i]:gsub("/tmp/lua_%w+", "NAME")
    end
    lines[#lines + 1] = table.concat(t, " ", 1, t.n)
end
local function put(s)
    local f <close> = assert(io.open(name, "wb"))
    assert(f:write(s))
end
local function few(...)
    local n = 0
    for a, b, c in ... do
        n = n + 1
        if n < 4 then show(n, a, b, c) end
        if n > 50 then break end
    end
end

local texts = {
    "", "\n", "a", "a\n", "a\nb", "\n\n", "a\0b\nc\n", ("x"):rep(5000) .. "\ny", ("z"):rep(3000000), " \n 12 0x1F -3.5e2 abc", "1e", "0x", "+",
    ("9"):rep(250) .. " 7", "\r\n1\r\n", "12abc", ".5 5. 0x.8p1 inf nan", (" "):rep(70000) .. "5",
}
local formats = {
    {}, {"l"}, {"L"}, {"a"}, {"n"}, {0}, {1}, {3}, {5000}, {1 << 20}, {3000001}, {"*l"}, {"*a", "*a"}, {"n", "n", "n", "n"}, {"n", "l", "L", "a"},
    {"l", "l", "l"}, {0, "a", 0}, {"x"}, {"l", "x"}, {{}}, {1.5}, {"a", "l"}, {"number"}, {"line"},
}
for _, text in ipairs(texts) do
    put(text)
    for _, format in ipairs(formats) do
        local f = io.open(name, "rb")
        show(pcall(f.read, f, table.unpack(format)))
        show(f:seek())
        show(pcall(f.read, f, table.unpack(format)))
        f:close()
        io.input(name)
        show(pcall(io.read, table.unpack(format)))
        io.close(io.input())
        show(pcall(function() few(io.lines(name, table.unpack(format))) end))
        f = io.open(name)
        show(pcall(function() few(f:lines(table.unpack(format))) end))
        show(io.type(f))
        f:close()
    end
end

show(pcall(io.lines, "nope"))
show(pcall(io.lines, "/tmp"))
local f = io.open("/tmp")
show(f:read("a"))
show(f:read(0))
show(f:read("l"))
show(f:read("n"))
show(pcall(f.lines))
show(pcall(function() for _ in f:lines() do end end))
f:close()
show(pcall(f.read, f))
show(pcall(f.write, f, 1))
show(pcall(f.lines, f))
show(pcall(io.lines, "/dev/null", table.unpack({1}, 1, 255)))
show(pcall(io.lines, "/dev/null", table.unpack({1}, 1, 250)))
put "one\ntwo"
local next_line = io.lines(name)
for _ = 1, 4 do show(pcall(next_line)) end

f = io.open(name, "w")
show(f:write(1, " ", 1.0, " ", 2^53, " ", -0.0, " ", 1e100, " ", "a") == f)
show(pcall(f.write, f, {}))
show(pcall(f.write, f, nil))
show(f:write() == f)
show(f:read("a"))
f:close()
few(io.lines(name))
io.output(name)
io.write("x", 2, 2.5)
io.close()
show(pcall(io.write, 1))
io.output(io.stdout)
io.input(name)
few(io.lines())
show(pcall(io.read))
io.close(io.input())
show(pcall(io.read))
show(pcall(io.lines))
io.input(io.stdin)
show(io.write("") == io.stdout, io.stderr:write("") == io.stderr)
show(pcall(io.write, {}))
f = io.open(name)
show(f:write("x"))
f:close()
f = io.open("/dev/full", "w")
show(f:write(("x"):rep(10000)))
show(f:close())

local p = io.popen("echo hi; exit 3")
show(p:read("a"))
show(p:close())
p = io.popen("cat >/dev/null; kill -9 $$", "w")
show(p:write("abc") == p)
show(p:close())
show(io.popen("true"):close())
show(pcall(io.popen, "true", "rw"))
show(pcall(io.popen))
show(io.type(io.popen("true")))
show(os.execute("exit 4"))
show(os.execute("kill -9 $$"))
show(os.execute())
show(os.execute("true"))
show(pcall(os.execute, {}))
os.remove(name)
return lines
