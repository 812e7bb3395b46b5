import Foundation
import LuaKit
import Support
import Testing

struct LuaStateTests {
    @Test func tellsIncompleteTextFromWrongText() throws {
        #expect(try result("for i = 1, 3 do") == "incomplete")
        #expect(try result("x = = 3").contains("unexpected symbol"))
        #expect(try result("return '\\xZZ'").contains("hexadecimal"))
        let state = try bench()
        #expect(state.syntaxError(in: "return 1") == nil)
        #expect(state.syntaxError(in: "return (")?.isIncomplete == true)
    }

    @Test func refusesCompiledChunks() throws {
        let state = try bench()
        guard case .values(let values) = state.run("return string.dump(function() end)"),
            case .string(let binary) = values.first
        else {
            Issue.record("string.dump gave nothing")
            return
        }
        guard case .syntaxError(let message, _) = state.run(bytes: binary) else {
            Issue.record("a compiled chunk ran")
            return
        }
        #expect(message.contains("binary chunk"))
    }

    @Test func keepsTheTraceback() throws {
        let state = try bench()
        let outcome = state.run(
            "local function inner() error('deep') end\nlocal function outer() inner() end\nouter()", name: "@a.lua")
        guard case .failure(let message, let traceback) = outcome else {
            Issue.record("it did not fail")
            return
        }
        #expect(message == "a.lua:1: deep")
        #expect(traceback?.contains("a.lua:2: in upvalue 'outer'") == true || traceback?.contains("a.lua:2:") == true)
    }

    @Test(arguments: [
        ("error()", "an error without a value"),
        ("error({})", "an error that is a table"),
        ("error({code = 3, why = {'a'}})", "an error that is a table: {code = 3, why = {\"a\"}}"),
        ("error(setmetatable({}, {__tostring = function() return 'mine' end}))", "mine"),
        ("error(setmetatable({}, {__tostring = function() error('again') end}))", "an error that is a table"),
        ("error(setmetatable({}, {__tostring = error}))", "an error that is a table"),
        ("error('plain', 0)", "plain"),
        ("error(toys.counted(3))", "counted(3)"),
    ])
    func anyValueCanBeAnError(code: String, expected: String) throws { #expect(try result(code) == expected) }

    @Test func recursionThroughSwiftEndsInAnError() throws {
        #expect(try result("local function f() return toys.apply(f) end f()").contains("overflow"))
        #expect(try result("local function f() return f() + 1 end f()").contains("overflow"))
        let state = try bench()
        #expect(try result("local function f() pcall(toys.apply, f) end f() return 'alive'", in: state) == "alive")
        #expect(try result("return toys.sum(1, 2)", in: state) == "3.0")
    }

    @Test func runsInsideCoroutines() throws {
        let code = """
            local co = coroutine.wrap(function()
                for i = 1, 3 do coroutine.yield(toys.counted(i):plus(toys.counted(10)).number) end
            end)
            return co(), co(), co()
            """
        #expect(try result(code) == "11 12 13")
        #expect(
            try result("return pcall(coroutine.wrap(function() toys.apply(coroutine.yield) end))").contains("yield"))
    }

    @Test func finalizersMayCallNativeFunctions() throws {
        let code = """
            for i = 1, 2000 do setmetatable({}, {__gc = function() toys.counted(1):plus(toys.counted(2)) end}) end
            local list = {}
            for i = 1, 200 do list[i] = toys.echo({i, {i}, 'text' .. i}) end
            return #list, list[200][3]
            """
        #expect(try result(code) == "200 text200")
    }

    @Test func aStateMayEndWithEverythingStillInUse() throws {
        for _ in 0..<20 {
            let state = try bench()
            _ = try result(
                "kept = setmetatable({}, {__gc = function() toys.counted(1) end}) "
                    + "co = coroutine.wrap(function() local c = toys.counted(1) coroutine.yield(c) end) held = co()",
                in: state)
        }
    }

    @Test func scriptsCannotReachTheMetatable() throws {
        #expect(try result("return getmetatable(toys.counted(1))") == "false")
        #expect(try result("setmetatable(toys.counted(1), {})").contains("table expected"))
        #expect(
            try result("debug.setmetatable(io.stdout, debug.getmetatable(toys.counted(1))) return io.stdout.number")
                .contains("called"))
        #expect(try result("debug.setupvalue(toys.sum, 1, 1) toys.sum(1)").contains("taken apart"))
    }

    @Test func objectsAreEqualWhenTheyAreTheSame() throws {
        #expect(
            try result("local c = toys.counted(1) return c == toys.echo(c), c == toys.counted(1), c == 1")
                == "true false false")
    }

    @Test func closingHappensOnce() throws {
        #expect(
            try result("local c do local d <close> = toys.counted(1) c = d end return tostring(c)")
                == "counted (closed)")
    }

    @Test func belongsToItsThread() throws {
        let state = try bench()
        let box = Handed(state: state)
        let done = DispatchSemaphore(value: 0)
        Thread {
            box.outcome = box.state.run("return 1")
            done.signal()
        }.start()
        done.wait()
        guard case .failure(let message, _) = box.outcome else {
            Issue.record("another thread ran a script")
            return
        }
        #expect(message.contains("thread"))
        #expect(try result("return 1", in: state) == "1")
    }

    @Test func modulesStandBehindTheGlobals() throws {
        let state = try bench()
        #expect(try result("toys = 1 return toys, require('cohort.toys').answer", in: state) == "1 42")
        #expect(state.hiddenNames == ["toys"])
        #expect(try result("toys = nil return toys.answer, require('cohort').toys == toys", in: state) == "42 true")
        #expect(
            try result("for k in pairs(_G) do if k == 'toys' then return 'found' end end return 'no'", in: state)
                == "no")
    }

    @Test func memoryCanBeLimited() throws {
        let state = try bench()
        state.memoryLimit = state.memory + 2_000_000
        #expect(try result("return pcall(string.rep, 'x', 1e7)", in: state).contains("not enough memory"))
        #expect(try result("local t = {} for i = 1, 1e7 do t[i] = i end", in: state).contains("not enough memory"))
        #expect(try result("return 1 + 1", in: state) == "2")
    }
}

/// Carries a state to another thread on purpose.
private final class Handed: @unchecked Sendable {
    let state: LuaState
    var outcome = Outcome.values([])

    init(state: LuaState) { self.state = state }
}
