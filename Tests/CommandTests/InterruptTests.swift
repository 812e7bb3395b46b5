import Foundation
import Testing

/// Ctrl-C while standard functions of Lua run that no hook can stop.
@Suite(.timeLimit(.minutes(20))) struct InterruptTests {
    @Test(arguments: [
        "string.find(('a'):rep(40), ('a?'):rep(40) .. ('a'):rep(40) .. 'b')",
        "pcall(string.match, ('a'):rep(60000), '.-.-.-.-b')",
        "for _ in ('a'):rep(60000):gmatch('.-.-.-b') do end",
        "('a'):rep(60000):gsub('.-.-.-b', '')",
        "coroutine.wrap(function() pcall(string.find, ('a'):rep(60000), '(.-)(.-)(.-)b') end)()",
        "table.sort(numbers, function(a, b) for i = 1, 1000 do end return a < b end)",
        "while true do table.sort(numbers) end",
        "while true do pcall(table.sort, texts) end",
        "while true do pcall(table.concat, texts, ('x'):rep(100)) end",
        "while true do pcall(string.rep, 'ab', 1 << 28) end",
        "while true do table.insert(numbers, 1, 0) end",
        "while true do table.move(numbers, 1, #numbers, 2) end",
        "while true do load(('x = 1 '):rep(1000000)) end",
        "local function f() return pcall(f) end while true do f() end",
        "local function f() local r = f() return r end while true do pcall(f) end",
        "while true do string.format('%s%s', ('x'):rep(1000000), 1) end",
        "tensor.rand(3000, 3000):matmul(tensor.rand(3000, 3000)):svd()",
        "while true do os.execute('sleep 1') end",
        "while true do pcall(string.rep, 'x', 1 << 30) end",
        "while true do text.words(('我爱北京天安门'):rep(100000)) end",
        "io.popen('trap \"\" INT; exec sleep 120'):read('a')",
        "io.popen(\"trap '' INT; exec sleep 120\"):close()",
        "io.popen(\"trap '' INT; exec sleep 120\", 'w'):write(('x'):rep(1000000))",
        "io.popen(\"yes ' '\"):read('n')",
        "while true do io.open('/dev/zero'):read(1 << 24) end",
        "io.open(fifo)",
        "io.read('a')",
        "while true do string.format('%s%q', ('x'):rep(1 << 24), ('x'):rep(1 << 24)) end",
        "setmetatable({}, {__gc = function() while true do end end}) collectgarbage()",
        "for i = 1, 50 do setmetatable({}, {__gc = function() while true do end end}) end collectgarbage()",
        "local function f(n) local x <close> = setmetatable({}, {__close = function() while true do end end}) f(n + 1) end f(1)",
        "local s = ('é'):rep(1 << 26) while true do pcall(utf8.len, s) end",
        "local s = ('é'):rep(1 << 26) while true do pcall(utf8.offset, s, 1 << 26) end",
        "local t = {} for i = 1, 1500000 do t[i] = {i} end while true do pcall(collectgarbage) end",
        "local x = tensor.rand(3000000) while true do pcall(plot.histogram, x) end",
        "local x = tensor.rand(1000000) while true do pcall(stats.mann_whitney, {a = x, b = x}) end",
        "local x = tensor.rand(1000000) while true do pcall(metrics.spearman, x, x) end",
        "local x = tensor.rand(1000000) while true do pcall(stats.quantile, {x = x, q = 0.5}) end",
        "stats.bootstrap{a = tensor.rand(500000), statistic = 'median'}",
        "while true do tensor.permutation(1000000) end",
        "local x = tensor.rand(5000000) while true do pcall(x.totable, x) end",
        "local x = tensor.rand(5000000) while true do pcall(x.shuffle, x) end",
        "local x = tensor.rand(1000000) while true do pcall(function() plot.scatter(x, x):svg() end) end",
        "while true do cluster.kmeans(tensor.rand(20000, 20), {k = 50, restarts = 50}) end",
    ])
    func ctrlCStopsIt(code: String) throws {
        let cohort = try Executable()
        let terminal = try PseudoTerminal(["--quiet"], environment: cohort.environment)
        try terminal.wait(for: "cohort> ")
        let setup =
            "fifo = os.tmpname() os.execute('rm ' .. fifo .. '; mkfifo ' .. fifo) numbers, texts, kept = {}, {}, 1 for i = 1, 300000 do numbers[i] = i texts[i] = 'n' .. i end"
        terminal.type(setup + "\r")
        try terminal.wait(for: "'n' .. i end")
        try terminal.wait(for: "cohort> ")
        terminal.type("print('go' .. 'ing'); \(code)\r")
        try terminal.wait(for: "going\r\n")
        usleep(150_000)
        let start = Date()
        terminal.type("\u{3}")
        try terminal.wait(for: "interrupted")
        // On an idle machine it takes some milliseconds; what no flag stops would take minutes.
        #expect(Date().timeIntervalSince(start) < 60)
        try terminal.wait(for: "cohort> ")
        terminal.type("'state ' .. 'kept' .. kept\r")
        try terminal.wait(for: "\"state kept1\"")
    }
}
