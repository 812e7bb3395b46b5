import Foundation
import Session
import Support
import Testing

@Suite struct SessionTests {
    @Test(arguments: [
        ("1 + 1", ["2"]), ("10 / 4", ["2.5"]), ("3.0", ["3.0"]), ("'a\\n\"b\"'", [#""a\n\"b\"""#]), ("nil", ["nil"]),
        ("x = 5; x", ["5"]), ("local a = 2\nlocal b = 3\na * b, a", ["6", "2"]), ("s = [[a\n;b]]\n#s", ["4"]),
        ("t = {x = 1} ; t.x", ["1"]),
        ("1, nil, 'x'", ["1", "nil", "\"x\""]), ("nil, nil", ["nil", "nil"]), ("x = 5", []), ("return 7", ["7"]),
        ("0/0 ~= 0/0", ["true"]), ("-- nothing", []), ("", []), ("(function() end)()", []),
        ("(function() return nil end)()", []), ("t = {}; t.x", ["nil"]), ("x = 5; x;", []), ("6 * 7;", []),
        ("f = print; f;\n", []), ("'a', 2 ; -- quiet", []), ("1 -- one", ["1"]),
        ("print", ["<function print(...)>"]), ("'时尚穿搭'", ["\"时尚穿搭\""]), ("'\\0\\xff'", [#""\x00\xff""#]),
    ]) func expressionsShowTheirValuesAndStatementsDoNot(entry: String, expected: [String]) throws {
        #expect(results(try Bench().session, entry) == expected)
    }

    @Test func stateIsKeptFromEntryToEntry() throws {
        let bench = try Bench()
        let session = bench.session
        #expect(results(session, "x = 20") == [])
        #expect(error(session, "x = x + nil") != nil)
        #expect(results(session, "x + 1") == ["21"])
        #expect(results(session, "_ * 2") == ["42"])
        #expect(results(session, "print('a', 1, nil, true, 1.5, {} ~= nil)") == [])
        #expect(bench.printed == "a\t1\tnil\ttrue\t1.5\ttrue\n")
    }

    @Test func anExpressionIsEvaluatedOnce() throws {
        let bench = try Bench()
        let session = bench.session
        _ = session.evaluate("print('once')", width: 80)
        _ = session.evaluate("print('twice') + nil", width: 80)
        #expect(bench.printed == "once\ntwice\n")
    }

    @Test(arguments: [
        ("for i = 1, 3 do", Completeness.incomplete), ("function f(", .incomplete), ("x = ", .incomplete),
        ("x = {1,", .incomplete),
        ("[[long", .incomplete), ("1 +", .incomplete), ("f(", .incomplete), ("if x then y() else", .incomplete),
        ("x = 5", .complete), ("1 + 1", .complete), ("", .complete), ("for i = 1, 3 do end", .complete),
        ("x = nil; x.y", .complete), ("x = nil x.y", .complete), ("x = nil x.y z", .invalid), ("x = = 5", .invalid),
        ("end", .invalid),
        ("'open", .invalid), ("for for", .invalid),
    ]) func completenessIsLuasOwn(entry: String, expected: Completeness) throws {
        #expect(try Bench().session.completeness(of: entry) == expected)
    }

    @Test func errorsAreData() throws {
        let session = try Bench().session
        let raised = try #require(error(session, "local function f()\n  error('bad day')\nend\nf()"))
        #expect(raised.message == "prompt:2: bad day")
        #expect(raised.traceback.count == 2)
        #expect(raised.traceback.last == "prompt:4: in main chunk")
        #expect(raised.report(width: 80).contains("\nstack traceback:\n\tprompt:2: in "))
        #expect(error(session, "x = = 5")?.message == "prompt:1: unexpected symbol near '='")
        #expect(error(session, "error({code = 5})") != nil)
        #expect(error(session, "error(nil)") != nil)
        #expect(
            error(session, "error(setmetatable({}, {__tostring = function() return 'own words' end}))")?.message
                == "own words")
        #expect(error(session, "local function f() return f() + 1 end f()")?.message.contains("stack overflow") == true)
    }

    @Test(arguments: [
        ("#t.x y", "prompt:1: syntax error near 'y'"), ("1 +* 2", "prompt:1: unexpected symbol near '*'"),
        ("x = = 5", "prompt:1: unexpected symbol near '='"), ("foo bar", "prompt:1: syntax error near 'bar'"),
        ("{1, 2)", "prompt:1: '}' expected near ')'"),
        ("#t.城市", #"prompt:1: <name> expected near '城市' (write t["城市"])"#),
        ("local a = 1\n#a a", "prompt:2: syntax error near 'a'"), ("end", "prompt:1: <eof> expected near 'end'"),
    ]) func aSyntaxErrorIsWhereTheEntryGoesWrong(entry: String, expected: String) throws {
        #expect(error(try Bench().session, entry)?.message == expected)
    }

    @Test func valuesWithTheirOwnTextAreAskedForIt() throws {
        let session = try Bench().session
        #expect(results(session, "setmetatable({}, {__tostring = function() return 'as I say' end})") == ["as I say"])
        #expect(
            error(session, "setmetatable({}, {__tostring = function() error 'no' end})")?.message.contains("no") == true
        )
        #expect(results(session, "1 + 1") == ["2"])
    }

    @Test func tablesAreSortedCutAndSafeAgainstCycles() throws {
        let session = try Bench().session
        #expect(results(session, "{}") == ["{}"])
        #expect(
            results(session, "{1, 'b', z = 1, a = {true}, [2.5] = 3, ['two words'] = 4, ['end'] = 5}")
                == [#"{1, "b", [2.5] = 3, a = {true}, ["end"] = 5, ["two words"] = 4, z = 1}"#])
        #expect(results(session, "t = {} t.t = t") == [])
        #expect(results(session, "t") == ["{t = <the table around it>}"])
        #expect(results(session, "{{{{{{}}}}}}") == ["{{{{{...}}}}}"])
        let long = try #require(results(session, "local t = {} for i = 1, 100000 do t[i] = i end return t")?.first)
        #expect(long.contains("... 99900 more ..."))
        #expect(long.contains("100000"))
        #expect(long.split(separator: "\n").allSatisfy { $0.count <= 80 })
        let wide = try #require(
            results(session, "local t = {} for i = 1, 100000 do t['key' .. i] = i end return t")?.first)
        #expect(wide.contains("... 99900 more ..."))
        #expect(wide.hasPrefix("{\n  key1 = 1,\n  key10 = 10,\n  key100 = 100,\n"))
        let deep = try #require(results(session, "local t = {} for i = 1, 100000 do t = {t} end return t")?.first)
        #expect(deep == "{{{{{...}}}}}")
        #expect(try #require(results(session, "_G")?.first).contains("_G = <the table around it>"))
    }

    @Test func aTableThatDoesNotFitHasAnEntryALine() throws {
        let session = try Bench().session
        #expect(
            results(session, "{name = 'first segment', words = {'alpha', 'beta'}}", width: 30)
                == ["{\n  name = \"first segment\",\n  words = {\"alpha\", \"beta\"},\n}"])
    }

    @Test func chineseCountsTwoColumns() throws {
        let session = try Bench().session
        #expect(results(session, "{'时尚穿搭', '奢侈品'}", width: 22) == ["{\"时尚穿搭\", \"奢侈品\"}"])
        #expect(results(session, "{'时尚穿搭', '奢侈品'}", width: 21) == ["{\n  \"时尚穿搭\",\n  \"奢侈品\",\n}"])
    }

    @Test func scriptsSkipTheirHeadingAndGetArguments() throws {
        let bench = try Bench()
        let session = bench.session
        session.setArguments(script: "a.lua", ["x", "--y"])
        let source = Array("\u{FEFF}#!/usr/bin/env cohort\nprint(arg[0], arg[2], ...)\nerror('late')".utf8)
        guard case .failed(let error) = session.run(source, name: "@a.lua", arguments: ["x", "--y"]) else {
            Issue.record("the error was lost")
            return
        }
        #expect(bench.printed == "a.lua\t--y\tx\t--y\n")
        #expect(error.message == "a.lua:3: late")
    }

    @Test func theSeedDecidesRandomNumbers() throws {
        let entry = "math.random(1 << 50)"
        let usual = results(try Bench().session, entry)
        #expect(usual == results(try Bench(seed: 0).session, entry))
        #expect(usual != results(try Bench(seed: 1).session, entry))
    }
}
