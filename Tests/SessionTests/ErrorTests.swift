import Foundation
import Session
import Testing

/// The line and the place of errors.
@Suite struct ErrorTests {
    @Test(arguments: [
        ("x = = 5", "  x = = 5\n      ^"), ("foo bar", "  foo bar\n      ^"), ("#t.x y", "  #t.x y\n       ^"),
        ("a = a a a", "  a = a a a\n          ^"),
        ("local a = 1\n  x = 'é城👋' + * 2", "  x = 'é城👋' + * 2\n                ^"),
        ("for i = 1, 3 do\n  print(i", "  print(i\n         ^"), ("x = 'open", "  x = 'open\n           ^"),
        ("#t.城市", "  #t.城市\n     ^"), ("x = “a”", "  x = “a”\n      ^"), ("end", "  end\n  ^"),
        ("goto nowhere", "  goto nowhere\n       ^"),
        ("local t\nprint(t)\nlocal u = t.x", "  local u = t.x\n            ^"),
        ("x = 1\n\tlocal t = {}; t.a.b = 2", "  local t = {}; t.a.b = 2\n                  ^"),
        ("error('no name')", "  error('no name')\n  ^"),
        ("x = {} ; x['城市'] .. 1", "  x = {} ; x['城市'] .. 1\n              ^"),
        ("cluster.kmeans({{1}}, {k = 5})", "  cluster.kmeans({{1}}, {k = 5})\n                         ^"),
        ("seed('x')", "  seed('x')\n        ^"), ("('x'):nope()", "  ('x'):nope()\n        ^"),
        ("error('unplaced', 0)", "  error('unplaced', 0)\n  ^"), ("error({code = 1})", "  error({code = 1})\n  ^"),
        ("local x local s = 'x' .. x", "  local x local s = 'x' .. x\n                           ^"),
        (
            "local t = {} local y = 1 .. t.y .. ''",
            "  local t = {} local y = 1 .. t.y .. ''\n                                ^"
        ),
        ("local s = 'a' .. (function() end)()", "  local s = 'a' .. (function() end)()\n                ^"),
        (
            "local x; local y, z = #'x', 1 + x",
            "  local x; local y, z = #'x', 1 + x\n                                  ^"
        ),
        ("string.rep()", "  string.rep()\n         ^"),
    ]) func aCaretIsUnderThePlace(entry: String, expected: String) throws {
        let excerpt = try #require(error(try Bench().session, entry)?.excerpt)
        #expect(excerpt.text(width: 80) == expected)
    }

    @Test func anEarlierEntryIsNamedByItsNumber() throws {
        let bench = try Bench()
        bench.show("function f(t)\n  return t.name.first\nend")
        let failed = try #require(error(bench.session, "local x = f({})"))
        #expect(failed.message == "prompt[1]:2: attempt to index a nil value (field 'name')")
        #expect(failed.excerpt?.text(width: 80) == "  return t.name.first\n           ^")
        #expect(failed.traceback == ["prompt[1]:2: in function 'f'", "prompt:1: in main chunk"])
    }

    @Test func theEntryIsAmongTheCallersOfWhatItEndsIn() throws {
        let bench = try Bench()
        bench.show("local function check(x) error('bad x', 2) end")
        #expect(bench.show("check(1)") == "prompt:1: bad x")
        #expect(bench.show("a = 1\n\ncheck(a)") == "prompt:3: bad x")
        #expect(error(bench.session, "\nprint(check(1))")?.traceback.last == "prompt:2: in main chunk")
    }

    @Test func aMessageDoesNotCommandTheTerminal() throws {
        let failed = try #require(error(try Bench().session, "error('\\27[2Jgone\\nnext')"))
        #expect(failed.message == "prompt:1: \\x1b[2Jgone\nnext")
    }

    @Test func aRecursionIsOneFrame() throws {
        let failed = try #require(
            error(try Bench().session, "local function deep(n) return deep(n + 1) + 1 end deep(1)"))
        #expect(failed.traceback.first == "prompt:1: in upvalue 'deep' (10 times)")
        #expect(failed.traceback.count <= 5)
        #expect(failed.traceback.last == "prompt:1: in main chunk")
    }

    @Test func theEndOfAnEntryIsOnItsLastLine() throws {
        let closing = "local c <close> = setmetatable({}, {__close = function() error('closing') end})"
        #expect(error(try Bench().session, closing)?.traceback.last == "prompt:1: in main chunk")
        #expect(error(try Bench().session, closing + " -- why\n1")?.traceback.last == "prompt:2: in main chunk")
    }

    @Test func aLongLineIsCutAroundThePlace() throws {
        let entry = "x = '" + String(repeating: "城", count: 200) + "' + * '" + String(repeating: "x", count: 200) + "'"
        let excerpt = try #require(error(try Bench().session, entry)?.excerpt)
        let lines = excerpt.text(width: 40).split(separator: "\n").map(String.init)
        #expect(lines[0].hasPrefix("  …城城"))
        #expect(lines[0].hasSuffix("x…"))
        // Each 城 takes two columns.
        let columns = lines[0].reduce(0) { $0 + ($1 == "城" ? 2 : 1) }
        #expect(columns <= 40)
        let caret = lines[1].count
        var column = 0
        let under = lines[0].first { character in
            column += character == "城" ? 2 : 1
            return column >= caret
        }
        #expect(under == "*")
    }

    @Test func scriptsAndTheirModulesShowTheirLines() throws {
        let folder = NSTemporaryDirectory() + "cohort-error-\(UUID().uuidString)/with/a/long/path"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try "local M = {}\nfunction M.go(t)\n  return t.x.y\nend\nreturn M".write(
            toFile: folder + "/deep.lua", atomically: true, encoding: .utf8)
        let session = try Bench().session
        let script =
            "#!/usr/bin/env cohort\npackage.path = '\(folder)/?.lua'\nlocal deep = require 'deep'\ndeep.go({})\n"
        guard case .failed(let failed) = session.run(Array(script.utf8), name: "@s.lua") else {
            Issue.record("the error was lost")
            return
        }
        #expect(failed.traceback.last == "s.lua:4: in main chunk")
        // Lua cuts long paths.
        #expect(failed.message.hasPrefix("..."))
        #expect(failed.excerpt?.text(width: 80) == "  return t.x.y\n           ^")
        guard case .failed(let syntax) = session.run(Array("x = 1\ny = = 2".utf8), name: "@s.lua") else {
            Issue.record("what is no Lua ran")
            return
        }
        #expect(syntax.report(width: 80) == "s.lua:2: unexpected symbol near '='\n  y = = 2\n      ^")
    }
}
