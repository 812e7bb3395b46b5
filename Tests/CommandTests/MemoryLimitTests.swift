import Foundation
import Support
import Testing

@Suite(.timeLimit(.minutes(20))) struct MemoryLimitTests {
    @Test(arguments: [
        "local t = {} for i = 1, 1e9 do t[i] = i end", "local s = 'x' while true do s = s .. s end",
        "return ('x'):rep(1 << 29)",
        "return tensor.zeros(10000, 10000)", "local t = {} for i = 1, 1e6 do t[i] = tensor.ones(1000, 100) end",
        "local t = {} coroutine.wrap(function() for i = 1, 1e9 do t[i] = {} end end)()",
    ])
    func theLimitIsAnErrorAndTheSessionLives(code: String) throws {
        let cohort = try Executable()
        let script = """
            kept = 'kept'
            local ok, message = pcall(load([==[\(code)]==]))
            print(ok, message:match('not enough memory: the limit of 64 MB is reached') ~= nil, message:match('%-%-memory%-limit') ~= nil)
            collectgarbage()
            print(kept, tensor.zeros(1000, 1000):sum(), #('x'):rep(1e6))
            """
        let result = try cohort.run(["--memory-limit", "64M", "-e", script])
        #expect(result.output == "false\ttrue\ttrue\nkept\t0.0\t1000000\n")
        let uncaught = try cohort.run(["--memory-limit", "64M", "-e", code])
        #expect(uncaught.status == 1)
        #expect(uncaught.error.contains("not enough memory: the limit of 64 MB is reached"))
    }

    /// LightGBM takes its memory itself: what it will take is asked for before.
    @Test(arguments: [
        "tensor.rand(4000, 50), tensor.randint(1, 2, 4000)", "tensor.rand(1000, 900), tensor.randint(1, 9, 1000)",
    ])
    func boostedTreesAskBefore(data: String) throws {
        var cohort = try Executable()
        cohort.variables = ["COHORT_HOME": Folders.data]
        let script = """
            print(pcall(function() return nn.boosted_trees{num_leaves = 131072, min_data_in_bin = 1}:fit(\(data)) end))
            local few = nn.boosted_trees{iterations = 2}:fit(tensor.rand(1000, 5), tensor.randint(1, 2, 1000))
            print(#few:predict(tensor.rand(7, 5)))
            """
        let result = try cohort.run(["--memory-limit", "128M", "-e", script])
        #expect(result.output.contains("not enough memory: the limit of 128 MB is reached"), "\(result.error)")
        #expect(result.output.hasSuffix("\n7\n"))
    }

    @Test func garbageMakesRoom() throws {
        let cohort = try Executable()
        let code = "for i = 1, 200 do local a = tensor.zeros(2500, 2500) end print('done')"
        #expect(try cohort.run(["--memory-limit", "64M", "-e", code]).output == "done\n")
    }

    /// What nobody can count in advance is stopped as well, before it has taken much more than the limit: 0.5 to 3 GB without one.
    @Test(arguments: [
        ("data.sql", "select length(repeat('x', 1500000000))"), ("data.sql", "select repeat('x', 1500000000)"),
        ("data.sql", "select range(30000000)"),
        ("data.sql", "select list(repeat('x', 100) || range) from range(3000000)"),
        ("data.sql", "select range a, repeat('x', 100) || range b from range(3000000)"),
        ("data.sql", "create table t as select range a, random() b from range(30000000)"),
        ("json.decode", "[]"), ("text.words", "我来到北京"),
    ])
    func noRoutineTakesMuchMore(function: String, argument: String) throws {
        var cohort = try Executable()
        cohort.variables = ["COHORT_HOME": Folders.data]
        let script = """
            local f, argument = \(function), [==[\(argument)]==]
            local function status(name) return tonumber(io.open('/proc/self/status'):read('a'):match(name .. ':%s*(%d+)')) end
            -- A sanitizer lays out terabytes and keeps what was freed: there is nothing to measure.
            if status('VmSize') > 1 << 30 then print('not here') return end
            if f == data.sql and not pcall(f, 'select 1') then print('not here') return end
            if f == json.decode then argument = '[' .. ('{"a":1},'):rep(2000000) .. '1]' end
            if f == text.words then argument = argument:rep(1000000) end
            local ok, message = pcall(f, argument)
            print(ok, message:match('not enough memory: the limit of 64 MB is reached') ~= nil)
            print(status('VmHWM') < 300000 or status('VmHWM'))
            local after = f == data.sql and f('select 7 as n').n[1] or f == json.decode and f('7') or #f('a b c d e f g')
            print(after, tensor.zeros(1000, 1000):sum())
            """
        let result = try cohort.run(["--memory-limit", "64M", "-e", script])
        if result.output == "not here\n" { return }
        #expect(result.output == "false\ttrue\ntrue\n7\t0.0\n")
        #expect(result.error == "")
    }

    /// What queries leave in the database counts, until it is dropped or its connection closed.
    @Test func tablesOfTheDatabaseCount() throws {
        var cohort = try Executable()
        cohort.variables = ["COHORT_HOME": Folders.data]
        let script = """
            if not pcall(data.sql, 'select 1') then print('no DuckDB') return end
            data.sql('create table t as select random() a from range(4000000)')
            print((pcall(tensor.zeros, 10000000)))
            data.sql('drop table t')
            print((pcall(tensor.zeros, 10000000)))
            collectgarbage()
            do
                local other <close> = data.connect{driver = 'duckdb'}
                other:sql('create table t as select random() a from range(4000000)')
                print((pcall(tensor.zeros, 10000000)))
            end
            print((pcall(tensor.zeros, 10000000)))
            """
        let result = try cohort.run(["--memory-limit", "64M", "-e", script])
        if result.output == "no DuckDB\n" { return }
        #expect(result.output == "false\ntrue\nfalse\ntrue\n")
        #expect(result.error == "")
    }

    @Test(arguments: [("64M", 1...1), ("1G", 1...8)])
    func theDatabaseStartsNoMoreThreadsThanThereIsRoomFor(limit: String, threads: ClosedRange<Int>) throws {
        var cohort = try Executable()
        cohort.variables = ["COHORT_HOME": Folders.data]
        let script = """
            if not pcall(data.sql, 'select 1') then print('no DuckDB') return end
            local query = "select current_setting('threads')::bigint n"
            local other <close> = data.connect{driver = 'duckdb'}
            print(data.sql(query).n[1], other:sql(query).n[1])
            """
        let result = try cohort.run(["--memory-limit", limit, "-e", script])
        if result.output == "no DuckDB\n" { return }
        let counts = result.output.split(separator: "\t").compactMap { Int($0.filter(\.isNumber)) }
        #expect(counts.count == 2 && counts.allSatisfy(threads.contains), "\(result.output)\(result.error)")
    }

    @Test func anEncoderKeepsToTheLimit() throws {
        var cohort = try Executable()
        cohort.variables = ["COHORT_HOME": Folders.data]
        let script = """
            local model = 'all-MiniLM-L6-v2'
            local ok, first = pcall(text.encoder, model)
            if not ok and first:match('installed') then print('no model') return end
            local texts = {}
            for i = 1, 20 do texts[i] = 'text ' .. i end
            print(ok, ok and first:encode(texts).shape[2])
            -- Its weights take 40 MB: there is no room for another.
            local refused, message = pcall(text.encoder, model)
            print(refused, message:match('not enough memory') ~= nil)
            first, message = nil, nil
            collectgarbage()
            print(text.encoder(model):encode(texts).shape[2])
            """
        let result = try cohort.run(["--memory-limit", "64M", "-e", script])
        if result.output == "no model\n" { return }
        #expect(result.output == "true\t384\nfalse\ttrue\n384\n")
    }

    @Test func aStepOfTrainingKeepsToTheLimit() throws {
        let project = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let model = project.appending(path: "Tests/Vectors/tiny-bert/base").path
        let script = """
            local model = nn.sequential{nn.encoder('\(model)'), nn.linear(30, 2)}
            local texts, classes = {}, {}
            for i = 1, 2000 do texts[i], classes[i] = ('book the hotel '):rep(8), i % 2 + 1 end
            local function learn(batch)
                return pcall(nn.fit, model, {x = texts, y = classes}, {loss = 'cross_entropy', epochs = 1, batch = batch})
            end
            local before = model[2].weight:detach():clone()
            local done, message = learn(2000)
            print(done, message:match('not enough memory') ~= nil, (model[2].weight:detach() - before):abs():max())
            message = nil
            collectgarbage()
            print((learn(50)))
            """
        let result = try Executable().run(["--memory-limit", "64M", "-e", script])
        #expect(result.output == "false\ttrue\t0.0\ntrue\n", "\(result.output) \(result.error)")
    }

    @Test(arguments: ["x", "4", "0", "-1G", "4GG", "1e9", ""]) func sizesAreRead(size: String) throws {
        let result = try Executable().run(["--memory-limit=\(size)", "-e", "x = 1"])
        #expect(result.status == 2)
    }
}
