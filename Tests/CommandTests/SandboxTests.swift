import Foundation
import Support
import Testing

/// What a script from elsewhere tries.
@Suite(.timeLimit(.minutes(20))) struct SandboxTests {
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

    /// Ways around that are less plain, each tried in a process with all others.
    @Test func detoursReachNothing() throws {
        let attempts = [
            // The system's own files, and descriptors that are open.
            "return io.open('/proc/self/environ')", "return io.open('/proc/self/mem', 'r+')",
            "return io.open('/dev/fd/0')",
            "return io.lines('/proc/self/maps')()", "return io.open('/proc/self/root\(secret)')",
            "return io.open('/dev/tty')",
            "return io.open('open/../../../../../../etc/passwd')", "return io.open('open//out//secret.csv')",
            "return io.open('\(secret)\\0.csv')", "return io.open('open/data.csv/../../secret.csv')",
            "return io.open('file:\(secret)')", "return io.open('')", "return io.open('open/nothing/../../secret.csv')",
            "return coroutine.wrap(function() return io.open('\(secret)') end)()",
            "return select(2, pcall(io.lines, '\(secret)')) == nil or nil",
            "return os.rename('open/data.csv', 'open/out/x.csv')", "return os.remove('open/out/secret.csv')",
            "return os.rename('open/out', 'open/in')",
            // Code from files, in text and in pieces.
            "package.path = '\(secret)' return require('any')",
            "package.path = '\(secret)' return package.searchers[2]('any')()",
            "return (package.searchpath('secret', './?.csv'))", "package.path = '?' return require('\(secret)')",
            "package.loaded.debug = nil return require('debug').getinfo", "return load('return debug')().getregistry",
            "local n = 0 return load(function() n = n + 1 return n == 1 and '\\27' or n == 2 and 'Lua' or nil end)",
            "return load(string.dump(load('return 1'), true), 'x', 'bt')", "return loadfile('\(secret)', 'b')",
            // What holds the session together.
            "local m = getmetatable(tensor{1}) return type(m) == 'table' or nil",
            "local m = getmetatable(io.stdout) return type(m) == 'table' or nil",
            "return pcall(setmetatable, tensor{1}, {}) or nil",
            "return getmetatable(_G) and type(getmetatable(_G)) == 'table' and getmetatable(_G).__gc",
            "local t <close> = setmetatable({}, {__close = function() hole = io.open('\(secret)') end}) return hole",
            "local co = coroutine.create(function() local x <close> = setmetatable({}, {__close = function() hole = io.open('\(secret)') end}) coroutine.yield() end) coroutine.resume(co) coroutine.close(co) return hole",
            "return select(2, xpcall(error, function() return debug.getinfo end))",
            "return debug.traceback(nil, 1) == nil or nil",
            "return package.loaded.io.popen('id')", "return io.popen", "return package.loadlib",
            // Everything that takes a path.
            "return data.read('file://\(secret)')", "return data.read('https://localhost/x.csv')",
            "return data.read('s3://x/y.csv')",
            "return data.read('open/*/secret.csv')", "return data.read('/proc/self/environ', {format = 'csv'})",
            "return data.read('[o]pen/../secret.csv')", "return data.write(data.table{a = {1}}, 'open/out/made.csv')",
            "return data.write(data.table{a = {1}}, 'open/../made.csv')",
            "return tensor.save('open/out/made.csv', tensor{1})", "return tensor.load('open/link.csv')",
            "return plot.bar{labels = {'a'}, values = {1}}:save('made.csv')",
            "return plot.bar{labels = {'a'}, values = {1}}:save('open/out/made.svg')",
            "return report.document({report.text('a')}):save('made.html')",
            "return report.document({report.text('a')}):save('open/out/made.html')",
            "return cluster.kmeans({{1}, {2}}, {k = 2}):save('made.csv')", "return nn.load('\(secret)')",
            "return nn.linear(1, 1):save('made.csv')", "return nn.linear(1, 1):load_state('\(secret)')",
            "return text.encoder('..')", "return text.encoder('\(cohort.home)')",
            "return text.tokenizer('open/link.csv')",
            "return text.tokenizer('open/out')", "return text.encoder('all-MiniLM-L6-v2/../../x')",
            "return data.connect{driver = 'sqlite', uri = '\(secret)'}",
        ]
        let list = attempts.map { "[==[\($0)]==]" }.joined(separator: ", ")
        let code = """
            for _, code in ipairs{\(list)} do
                local ok, value = pcall(assert(load(code)))
                if ok and value ~= nil and (type(value) ~= 'function' or pcall(value, 'id')) then print('REACHED', code, value) end
                package.path = './?.lua'
            end
            print('done')
            """
        let result = try run(code)
        #expect(result.output == "done\n")
        #expect(result.error == "")
        #expect(try String(contentsOfFile: secret, encoding: .utf8) == "word\nhidden\n")
        for name in ["made.csv", "made.html", "made.svg"] {
            #expect(!FileManager.default.fileExists(atPath: cohort.home + "/" + name))
        }
    }

    /// An error shows the line it is about. A script that names its chunks, or its errors, after a file it may not read learns nothing, nor
    /// does who reads what it prints.
    @Test func errorsShowNoLinesOfOtherFiles() throws {
        for code in [
            "error('\(secret):2: look', 0)", "load('x = 1\\nerror(1)', '@\(secret)')()",
            "assert(load('x = = 1', '@\(secret)'))",
        ] {
            let result = try run(code)
            #expect(result.status == 1)
            #expect(!result.error.contains("hidden") && !result.error.contains("word"))
            #expect(try cohort.run(["-e", "error('\(secret):2: look', 0)"]).error.contains("hidden"))
        }
    }

    /// The report of an experiment holds the script that made it: by `arg`, which a script may set.
    @Test func aReportHoldsNoOtherFile() throws {
        let code = """
            arg = {[0] = '\(secret)'}
            local t = data.table{arm = {'a', 'a', 'a', 'b', 'b', 'b'}, spend = {1, 2, 3, 4, 5, 7}}
            local test = ab.experiment{data = t, variant = 'arm', control = 'a', metrics = {ab.mean 'spend'}}
            local result = test:analyze()
            report.experiment(result, 'open/report.json')
            print(io.open('open/report.json'):read('a'):find('hidden'))
            """
        let result = try run(code)
        #expect(result.output == "nil\n")
        #expect(result.error == "")
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
            "select * from sniff_csv('/etc/passwd')", "select * from parquet_metadata('/etc/passwd')",
            "select * from read_json('/etc/passwd')", "select * from read_json_objects('/etc/passwd')",
            "select * from query('select * from read_text(''/etc/passwd'')')", "from query_table('/etc/passwd')",
            "create view v as select * from read_csv('/etc/passwd')",
            "prepare p as select * from read_text('/etc/passwd')",
            "copy (select 1) to '/dev/stdout'", "copy (select 1) to 'open/../made.csv'",
            "copy (select 1) to 'open/out/made.csv'",
            "create table t as from read_csv('/etc/passwd')", "pragma enable_profiling = 'json'",
            "pragma profiling_output = '/tmp/cohort-made.json'", "call enable_logging()",
            "set log_query_path = '/tmp/cohort-made.log'",
            "set home_directory = '/root'", "set secret_directory = '/tmp'", "set extension_directory = '/tmp'",
            "set file_search_path = '/etc'", "force install httpfs from 'http://localhost'",
            "select * from read_csv('https://localhost/x.csv')",
            "create persistent secret s (type http)",
            "attach ':memory:' as m; copy (select 1) to '/tmp/cohort-made.csv'",
            "select * from read_csv(['open/data.csv', '/etc/passwd'])", "select * from read_text('open/../*')",
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

    /// Where the user's home is, and what is installed there, is nobody's business.
    @Test func sqlNamesNoFolders() throws {
        let queries = [
            "select name, value from duckdb_settings()", "select * from duckdb_extensions()",
            "select * from duckdb_secrets()",
            "select * from duckdb_databases()", "pragma database_list", "select * from which_secret('s3://x', 's3')",
            "select current_setting('secret_directory'), current_setting('extension_directory')",
            "select * from duckdb_temporary_files()", "select * from duckdb_logs()", "load spatial", "install spatial",
        ]
        let list = queries.map { "[==[\($0)]==]" }.joined(separator: ", ")
        let code = """
            if not pcall(data.sql, 'select 1') then print('done') return end
            for _, query in ipairs{\(list)} do
                local ok, value = pcall(data.sql, query)
                local text = ok and pretty(value) or tostring(value)
                for _, name in ipairs{'\(cohort.home)', '.duckdb', '\(NSHomeDirectory())/'} do
                    if text:find(name, 1, true) and not text:find('\(allowed)', 1, true) then print('NAMED', query, text) end
                end
            end
            print('done')
            """
        #expect(try run(code).output == "done\n")
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
            "return load(('{'):rep(1e6))", "return load('return ' .. ('- '):rep(1e6) .. '1')",
            "return load(('do '):rep(1e5))",
            "return load(('goto x; '):rep(1e6))()", "return ('%s'):rep(1e5):format()", "return ('%1$s'):format(1)",
            "return load('return ' .. ('f('):rep(250) .. (')'):rep(250))()",
            "return load('local ' .. ('a,'):rep(300) .. 'b')",
            "return os.date(('%c'):rep(1e7))", "return os.date('%Ez')", "return table.concat({}, 'x', 1, 1e9)",
            "return string.pack('s8', ('x'):rep(1e8))", "return ('x'):rep(1e8, 'y')",
            "return utf8.char(table.unpack({}, 1, 1e7))",
            "return setmetatable({}, {__index = function(t, k) return t[k] end}).x",
            "local t = setmetatable({}, {__concat = function(a, b) return b .. a end}) return t .. t",
            "local x <close> = setmetatable({}, {__close = function() error('close') end}) return 1",
            "local c c = coroutine.wrap(function() return c() end) return c()",
            "return json.decode(('['):rep(1e6))", "return json.decode('[' .. ('1,'):rep(1e7) .. '1]')",
            "return data.sql and data.sql('select ' .. ('('):rep(1e6))",
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
