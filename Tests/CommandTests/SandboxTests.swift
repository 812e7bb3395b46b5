import Foundation
import Support
import Testing

/// What a script from elsewhere tries.
@Suite(.timeLimit(.minutes(2))) struct SandboxTests {
    var cohort: Executable
    let allowed: String
    let secret: String

    init() throws {
        cohort = try Executable()
        cohort.variables = ["COHORT_HOME": Folders.data]
        secret = try cohort.file("secret.csv", "word\nhidden\n")
        let inside = try cohort.file("open/data.csv", "n\n1\n2\n")
        allowed = URL(fileURLWithPath: inside).deletingLastPathComponent().path
        try FileManager.default.createSymbolicLink(atPath: allowed + "/link.csv", withDestinationPath: secret)
        try FileManager.default.createSymbolicLink(atPath: allowed + "/out", withDestinationPath: cohort.home)
        try FileManager.default.createSymbolicLink(
            atPath: allowed + "/dangling.csv", withDestinationPath: cohort.home + "/made.csv")
    }

    private func run(_ code: String, _ options: [String] = []) throws -> Executable.Result {
        try cohort.run(["--sandbox", "--allow", allowed] + options + ["-e", code])
    }

    /// All in one process: each line is a piece of code that must raise an error or return nothing.
    @Test func nothingOutsideIsReached() throws {
        let attempts = [
            "return io.open('/etc/passwd')", "return io.open('\(secret)')", "return io.open('open/../secret.csv')",
            "return io.open('open/link.csv')", "return io.open('open/out/secret.csv')",
            "return io.open('open/dangling.csv', 'w')",
            "return io.lines('/etc/passwd')()", "return io.input('/etc/passwd')", "return io.output('x.txt')",
            "return io.popen('id')", "return os.execute('id')", "return os.remove('\(secret)')", "return os.tmpname()",
            "return os.rename('open/data.csv', 'moved.csv')", "return os.rename('secret.csv', 'open/mine.csv')",
            "return os.getenv('HOME')", "return os.setlocale('C')", "return io.tmpfile()",
            "return loadfile('/etc/passwd')", "return dofile('/etc/passwd')",
            "package.path = '/etc/?' return require('passwd')",
            "return (package.searchpath('passwd', '/etc/?'))", "return package.loadlib('libc.so.6', '*')",
            "return package.searchers[3]", "package.cpath = './?.so' return require('x')",
            "return debug.getregistry", "return debug.getupvalue", "return debug.sethook",
            "return require('debug').setmetatable",
            "return package.loaded.debug.getinfo", "return package.loaded._G.debug.getlocal",
            "return load(string.dump(function() return 1 end))", "return load('\\27Lua', 'x', 'b')",
            "return setmetatable({}, {__gc = function() while true do end end})",
            "local m = {} local t = setmetatable({}, m) m.__gc = error t = nil collectgarbage()",
            "return data.read('/etc/passwd', {format = 'csv'})", "return data.read('secret.csv')",
            "return data.read('open/link.csv')",
            "return data.read('open/out/*.csv')", "return data.write(data.table{a = {1}}, 'made.csv')",
            "return data.write(data.table{a = {1}}, 'open/dangling.csv')", "return tensor.save('x.npy', tensor{1})",
            "return tensor.load('/etc/x.npy')", "return text.tokenizer('/etc/tokenizer.json')",
            "return text.encoder('/etc')",
            "return text.encoder('~/x')", "return cluster.load('/etc/x')",
            "return data.connect{driver = 'duckdb', uri = 'x.db'}", "return data.connect{driver = './x.so'}",
        ]
        let list = attempts.map { "[==[\($0)]==]" }.joined(separator: ", ")
        let code = """
            for _, code in ipairs{\(list)} do
                local ok, value = pcall(assert(load(code)))
                if ok and value ~= nil then print('REACHED', code, value) end
            end
            print('done')
            """
        let result = try run(code)
        #expect(result.output == "done\n")
        #expect(result.error == "")
        #expect(FileManager.default.fileExists(atPath: secret))
        #expect(!FileManager.default.fileExists(atPath: cohort.home + "/made.csv"))
    }

    @Test func sqlIsLocked() throws {
        let queries = [
            "select * from read_csv('/etc/passwd')", "select * from '/etc/passwd'",
            "select * from read_text('/etc/passwd')",
            "select * from read_csv('secret.csv')", "select * from read_csv('open/link.csv')",
            "select * from read_csv('open/../secret.csv')",
            "copy (select 1) to 'made.csv'", "copy (select 1) to '/tmp/cohort-made.csv'", "attach 'made.db'",
            "attach '/tmp/cohort-made.db'",
            "install httpfs", "load httpfs", "load '/tmp/x.duckdb_extension'", "select getenv('HOME')",
            "set enable_external_access = true", "set lock_configuration = false", "set allowed_directories = ['/']",
            "set memory_limit = '100GB'", "set temp_directory = '/tmp'", "pragma temp_directory = '/tmp'",
            "reset lock_configuration",
            "select * from glob('/etc/*')", "import database '/tmp'", "export database '/tmp/cohort-export'",
            "create secret (type s3)", "select * from read_blob('/proc/self/environ')",
        ]
        let list = queries.map { "[==[\($0)]==]" }.joined(separator: ", ")
        let code = """
            if not pcall(data.sql, 'select 1') then print('done') return end
            for _, query in ipairs{\(list)} do
                local ok, value = pcall(data.sql, query)
                if ok and #value > 0 or ok and not query:find('glob') then print('REACHED', query) end
            end
            print('done')
            """
        #expect(try run(code).output == "done\n")
        #expect(!FileManager.default.fileExists(atPath: cohort.home + "/made.csv"))
    }

    /// DuckDB would take these for addresses, and `..` back before it follows links.
    @Test func namesThatMeanSomethingElseReachNothing() throws {
        var inside = cohort
        inside.folder = cohort.home + "/plain"
        _ = try cohort.file("plain/file:\(cohort.home)/secret.csv", "n\n1\n2\n3\n")
        try FileManager.default.createSymbolicLink(atPath: allowed + "/dot", withDestinationPath: ".")
        let oddLink = Array((allowed + "/").utf8CString.dropLast()) + [CChar(bitPattern: 0xFF), 0]
        #expect(symlink(cohort.home, oddLink) == 0)
        let code = """
            if not pcall(data.sql, 'select 1') then print(3, false, false, false) return end
            local back = '\(allowed)/dot/dot/../../secret.csv'
            print(#data.read('file:\(cohort.home)/secret.csv'),
                (pcall(data.sql, "select * from read_csv('" .. back .. "')")),
                (pcall(io.open, '\(allowed)/\\255/secret.csv')),
                (pcall(function() getmetatable(io.stdout).__gc = print end)))
            """
        let result = try inside.run(["--sandbox", "--allow", inside.folder, "--allow", allowed, "-e", code])
        #expect(result.output == "3\tfalse\tfalse\tfalse\n")
        #expect(result.error == "")
    }

    @Test func sqlWorksInAFolderWithoutLinks() throws {
        let path = try cohort.file("plain/data.csv", "n\n1\n2\n")
        let code = """
            if not pcall(data.sql, 'select 1') then print(3, true) return end
            print(data.sql("select sum(n)::int s from read_csv('\(path)')").s[1],
                (pcall(data.sql, "copy (select 1 a) to '\(path).out' (format csv)")))
            """
        let result = try cohort.run(["--sandbox", "--allow", cohort.home + "/plain", "-e", code])
        #expect(result.output == "3\ttrue\n")
    }

    @Test func whatIsAllowedWorks() throws {
        let code = """
            local f = io.open('open/new.txt', 'w') f:write('x = 5') f:close()
            local a = io.open('open/new.txt'):read('a')
            for line in io.lines('open/new.txt') do a = a .. line end
            package.path = 'open/?.txt' require('new') os.rename('open/new.txt', 'open/b.txt') dofile('open/b.txt') os.remove('open/b.txt')
            tensor.save('open/t.npy', tensor{1, 2})
            print(a, x, tensor.load('open/t.npy'):sum(), debug.traceback('t'):match('^t\\n') ~= nil, os.time() > 0, ('x'):rep(3))
            """
        let result = try run(code)
        #expect(result.output == "x = 5x = 5\t5\t3.0\ttrue\ttrue\txxx\n")
        #expect(result.error == "")
    }

    @Test func withoutFoldersThereAreNoFiles() throws {
        let result = try cohort.run(["--sandbox", "-e", "print(pcall(io.open, 'secret.csv'))"])
        #expect(result.output.contains("the sandbox does not let scripts read this file (--allow FOLDER"))
        #expect(try cohort.run(["--sandbox", "--allow", "nowhere", "-e", "x = 1"]).status == 1)
        #expect(try cohort.run(["--allow", ".", "-e", "x = 1"]).status == 2)
    }

    @Test func bombsAreErrors() throws {
        let bombs = [
            "return ('x'):rep(1 << 40)", "local s = 'x' while true do s = s .. s end",
            "local function f() return f() .. 1 end f()",
            "local t = {} for i = 1, 1e9 do t[i] = {} end", "string.format('%099999d', 1)",
            "string.format('%' .. ('9'):rep(500) .. 'd', 1)",
            "local t = {} t[1] = t setmetatable(t, {__index = t, __tostring = error}) return tostring(t)",
            "error(setmetatable({}, {__tostring = function() error('x') end}))",
            "return ('('):rep(1000):match(('('):rep(1000))",
            "return load(('('):rep(1e5) .. '1' .. (')'):rep(1e5))()",
            "local f = function(s) return s end for i = 1, 300 do local g = f f = function(s) return (s:gsub('.', g)) end end return f('x'):rep(-1) + {}",
            "local function deep(n) return coroutine.wrap(deep)(n + 1) end deep(1)",
            "collectgarbage('stop') local t for i = 1, 1e5 do t = {('x'):rep(1000) .. i} end",
            "local t = setmetatable({}, {}) getmetatable(t).__index = function(_, k) return t[k + 1] end return t[1]",
            "return tensor.zeros(100000, 100000)",
            "local t = {} for i = 1, 1000 do t[i] = tensor.zeros(1000, 1000) end",
            "local s = ('x'):rep(1e7) local t = {} for i = 1, 1000 do t[i] = s .. i end",
            "table.concat(setmetatable({}, {__len = function() return 1e15 end}))",
            "return table.unpack({}, 1, 1e8)", "local t = table.pack(('x'):byte(1, -1)) return select(-1e9, 1)",
        ]
        let list = bombs.map { "[==[\($0)]==]" }.joined(separator: ", ")
        let code = """
            for _, code in ipairs{\(list)} do
                collectgarbage('restart')
                local ok, value = pcall(load(code) or error)
                if ok and value ~= nil then print('NO ERROR', code) end
                collectgarbage()
            end
            print('alive', 1 + 1)
            """
        let result = try run(code, ["--memory-limit", "64M"])
        #expect(result.output == "alive\t2\n")
        #expect(result.status == 0)
    }
}
