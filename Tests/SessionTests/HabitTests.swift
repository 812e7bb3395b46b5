import Session
import Testing

/// What users bring along from other places.
@Suite struct HabitTests {
    @Test(arguments: [
        ("t = {} for i = 1, 3 do t[i] = i end t", "{1, 2, 3}"), ("local q = 3 q", "3"), ("do end 7", "7"),
        ("x = 1; x, x", "1\n1"),
        ("x = 5 x + 1", "6"), ("local s = 'a' #s", "1"), ("function f(n) return n end f(4)", "4"),
        ("x = 2 y = x * 2 y, x", "4\n2"), ("local t = {5} t[1]", "5"), ("repeat until true not nil", "true"),
        ("x = 1 do x = 2 end 'a' .. x", "\"a2\""), ("x = 1 x = 2", ""), ("x = {1} x[1] = 3", ""),
    ])
    func aLastExpressionOnTheLine(entry: String, expected: String) throws {
        #expect(try Bench().show(entry) == expected)
    }

    @Test(arguments: [
        ("if a != b then end", "(Lua writes ~= for !=)"), ("x += 1", "(Lua writes x = x + ...)"),
        ("x++", "(Lua writes x = x + 1)"), ("def f(x):", "(Lua writes function name(x) ... end)"),
        ("import pandas as pd", "there already"), ("select * from h", "data.sql(query, {tables = {t = t}})"),
        ("SELECT city FROM h", "t:sql("),
        ("h[1:5]", "(h:head(n) gives the first rows of a table, h:slice(1, from, to)"),
        ("h?", "(?h explains it)"), ("x = {\"a\": 1}", "{key = value}"), ("a && b", "(Lua writes and for &&)"),
        ("ls -l data", "!ls"), ("f = lambda x: x", "function(x) return ... end"),
        ("print 5", "print takes parentheses"), ("x = [1, 2, 3]", "(Lua writes lists {1, 2, 3})"),
        ("print([1])", "lists {1, 2, 3}"),
        ("len({1})", "(#x is the length of x)"), ("range(3)", "(for i = 1, n do ... end counts; tensor.arange(n)"),
        ("str(5)", "tostring"), ("print 5", "print(5)"),
    ])
    func hintsForOtherLanguages(entry: String, expected: String) throws {
        let shown = try Bench().show(entry)
        #expect(shown.contains(expected), "\(shown)")
    }

    @Test(arguments: ["x = = 5", "foo bar", "t = {a = }", "x = t[a:b()]]", "for i = 1 do end"])
    func otherErrorsHaveNoHint(entry: String) throws { #expect(try !Bench().show(entry).hasSuffix(")")) }

    @Test func commandsOfTheShell() throws {
        let bench = try Bench()
        bench.show("ls")
        #expect(bench.session.takeNotes() == ["ls is no variable, so nil; !ls runs it in the shell"])
        bench.show(["ls = 5", "ls"])
        #expect(bench.session.takeNotes() == [])
    }

    @Test(arguments: [
        ("print({metric = cosine})", "cosine is no variable, so nil; a text is written \"cosine\""),
        ("if True then end", "True is no variable, so nil; Lua writes true"),
        ("y = True and 1", "True is no variable, so nil; Lua writes true"),
        (
            "if metric == nil then end t = {metric = metric}\nt = {metric = metric}",
            "metric is no variable, so nil; did you mean 'metrics'?"
        ),
        (
            "for i = 1, 100 do load('return u' .. i)() end t = {metric = cosine}",
            "cosine is no variable, so nil; a text is written \"cosine\""
        ),
        // An error of the function that got nothing names the option, not the variable.
        ("cluster.kmeans({{1}, {2}}, {k = k})", "k is no variable, so nil; a text is written \"k\""),
        ("exit -- bye", "exit is no variable, so nil; exit alone or Ctrl-D leaves the prompt, os.exit() ends a script"),
        ("return None", "None is no variable, so nil; Lua writes nil"),
        ("spend = 1; x = spnd", "spnd is no variable, so nil; did you mean 'spend'?"),
        (
            "local f = function() return spnd end\nlocal y = f()",
            "spnd is no variable, so nil; a text is written \"spnd\""
        ),
    ])
    func namesThatNothingDefines(entry: String, note: String) throws {
        let bench = try Bench()
        bench.show(entry)
        #expect(bench.session.takeNotes() == [note])
        // Told each time that it happens.
        bench.show(entry)
        #expect(bench.session.takeNotes() == [note])
    }

    /// What code asks for on purpose, defines by itself, or tells by an error, needs no note.
    @Test(arguments: [
        "if verbose then end", "while x do end", "return nil == x", "return (x) == nil", "return type(x) == 'nil'",
        "local x = x", "x = x or 5", "return x == nil", "if not x then y = 1 end", "return _G.x, rawget(_G, 'x')",
        "return x and x.y",
        "x.y = 1", "tensr.zeros(2)", "local function f() return g() end function g() end f()", "return data ~= nil",
        "local x; return x", "x = x; x = 2", "setmetatable(_G, {__index = function() end}) return x",
    ])
    func namesThatAreAskedFor(entry: String) throws {
        let bench = try Bench()
        bench.show(entry)
        #expect(bench.session.takeNotes() == [])
    }

    @Test func namesThatNothingDefinesInScripts() throws {
        let bench = try Bench()
        _ = bench.session.run(Array("local a = 1\nreturn {unit = user, a = a}".utf8), name: "@ab.lua")
        #expect(bench.session.takeNotes() == ["ab.lua:2: user is no variable, so nil; a text is written \"user\""])
    }

    @Test func farNamesAreNotSuggested() throws {
        let bench = try Bench()
        #expect(!bench.show("ranve(3)").contains("rawget"))
        #expect(!bench.show("tipo(3)").contains("did you mean"))
        #expect(bench.show("pritn(3)").contains("did you mean 'print'?"))
        #expect(bench.show("tyep(3)").contains("did you mean 'type'?"))
    }

    @Test func aStrictMetatableOfTheGlobals() throws {
        let bench = try Bench()
        // As the usual strict.lua has it, which asks the debug library who assigns.
        bench.show(
            """
            local mt = getmetatable(_G)
            if mt == nil then mt = {} setmetatable(_G, mt) end
            mt.__declared = {}
            local function what() local d = debug.getinfo(3, "S") return d and d.what or "C" end
            mt.__newindex = function(t, n, v)
              if not mt.__declared[n] then
                local w = what()
                if w ~= "main" and w ~= "C" then error("assign to undeclared variable '" .. n .. "'", 2) end
                mt.__declared[n] = true
              end
              rawset(t, n, v)
            end
            mt.__index = function(t, n)
              if not mt.__declared[n] and what() ~= "C" then error("variable '" .. n .. "' is not declared", 2) end
              return rawget(t, n)
            end
            """)
        #expect(bench.show("tensor{1, 2}:sum()") == "3.0")
        #expect(bench.show("nowhere") == "prompt:1: variable 'nowhere' is not declared")
        #expect(
            bench.show("(function() stray = 1 end)()") == "prompt:1: assign to undeclared variable 'stray'")
        #expect(bench.show(["data = 5", "data"]) == "5")
        #expect(bench.show(["data = nil", "data.table{n = {1}}.n[1]"]) == "1")
    }

    @Test(arguments: [
        ("setmetatable(_G, nil) return cluster ~= nil, getmetatable(_G)", "true\nnil"),
        ("local m = {} setmetatable(_G, m) return getmetatable(_G) == m, json ~= nil, undefined", "true\ntrue\nnil"),
        ("setmetatable(_G, {__index = {a = 7}}) return a, data ~= nil, rawget(_G, 'data')", "7\ntrue\nnil"),
        (
            "setmetatable(_G, {__index = function(t, k) return t == _G and k end}) return later, metrics ~= nil",
            "\"later\"\ntrue"
        ),
        ("local s = {} setmetatable(_G, {__newindex = s}) kept = 1 return rawget(_G, 'kept'), s.kept", "nil\n1"),
        (
            "setmetatable(_G, {__metatable = 'no'}) return getmetatable(_G), pcall(setmetatable, _G, nil)",
            "\"no\"\nfalse\n\"cannot change a protected metatable\""
        ),
        (
            "setmetatable(_G, {__call = function(_, x) return x end}) return _G(4), setmetatable(_G, nil) == _G, data ~= nil",
            "4\ntrue\ntrue"
        ),
        ("debug.setmetatable(_G, nil) return data ~= nil, debug.getmetatable(_G)", "true\nnil"),
        ("return getmetatable(setmetatable({}, {__metatable = 3})), getmetatable('').__index == string", "3\ntrue"),
        (
            "return pcall(setmetatable, 1, {})",
            "false\n\"bad argument #1 to 'setmetatable' (table expected, got number)\""
        ),
        (
            "return select(2, pcall(setmetatable, {}))",
            "\"bad argument #2 to 'setmetatable' (nil or table expected, got no value)\""
        ),
    ])
    func metatablesOfTheGlobals(code: String, expected: String) throws {
        #expect(try Bench().show("do \(code) end") == expected)
    }

    @Test func completionKnowsTheModulesBehindAMetatable() throws {
        let session = try Bench().session
        _ = session.evaluate("setmetatable(_G, {__index = function() error('strict') end})", width: 80)
        #expect(session.complete("cluster.km", at: 10).candidates.map(\.label) == ["kmeans"])
        #expect(session.isUndefined("exit") && !session.isUndefined("cluster"))
    }

    @Test func numbersAndSearch() throws {
        let bench = try Bench()
        #expect(bench.show("2^53") == "9007199254740992.0")
        #expect(bench.show("-2^50 - 1") == "-1125899906842625.0")
        #expect(bench.show("0.1 + 0.2, 2^60") == "0.3\n1.1529215046068e+18")
        #expect(bench.show("data.table{a = {-0.0}}").contains("│    0.0 │"))
        guard case .done(let mean) = bench.session.help("?mean", width: 80),
            case .done(let segment) = bench.session.help("?segment", width: 80)
        else { throw Missing() }
        let names = (mean.first ?? "").split(separator: "\n").map { $0.split(separator: " ").first ?? "" }
        let exact = names.map { $0.hasSuffix(":mean") || $0.hasSuffix(".mean") || $0 == "mean" }
        #expect(exact.first == true && exact == exact.sorted { $0 && !$1 })
        #expect(segment.first?.contains("cluster.kmeans") == true)
    }

    private struct Missing: Error {}
}
