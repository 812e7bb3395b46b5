import LuaKit
import LuaModules
import Support
import Testing

/// What the prompt shows for Lua's own values.
struct ValueDisplayTests {
    /// The text of an expression's value in a layout of `width` columns.
    private func text(_ expression: String, width: Int = 80, whole: Bool = false) throws -> String {
        let state = try LuaModules.makeState()
        var layout = ValueLayout.displaying(width: width)
        layout.isWhole = whole
        switch state.evaluate(expression, name: "@t.lua", layout: layout) {
        case .values(let texts): return texts.joined(separator: "\n")
        case .stopped(let outcome): return "\(outcome)"
        }
    }

    @Test func recordsThatDoNotFitALineAreATable() throws {
        let records = """
            return {{name = "北京", users = 41, mean = 38.5}, {name = "a \\"b\\"\\n", users = 7, ["no name"] = true},
            {name = "s", users = 1, mean = 1, ["no name"] = false}}
            """
        #expect(try text("return {{a = 1}, {a = 2}}") == "{{a = 1}, {a = 2}}")
        #expect(
            try text(records) == """
                ┌──────┬─────────┬─────────┬───────┐
                │ mean │  name   │ no name │ users │
                ├──────┼─────────┼─────────┼───────┤
                │ 38.5 │ 北京    │ nil     │    41 │
                │  nil │ a "b"\\n │ true    │     7 │
                │    1 │ s       │ false   │     1 │
                └──────┴─────────┴─────────┴───────┘
                3 records, 4 fields
                """)
        let long = "local t = {} for i = 1, 1000 do t[i] = {id = i, text = 'x' .. i} end return t"
        let lines = try text(long).split(separator: "\n")
        #expect(lines.count == 16)
        #expect(lines[13] == "│ 1000 │ x1000 │" && lines[8] == "│  ·   │   ·   │")
        #expect(lines.last == "1000 records, 2 fields (10 shown)")
        #expect(try text(long, whole: true).split(separator: "\n").count == 1005)
    }

    @Test func whatIsNoTableOfRecordsIsNested() throws {
        #expect(try text("return {{a = 'aaaaaaaaaaaaaaa'}, {b = {1}}}", width: 20).hasPrefix("{\n"))
        #expect(try text("return {{a = 'aaaaaaaaaaaaaaa', 1}, {a = 2}}", width: 20).hasPrefix("{\n"))
        #expect(try text("return {{aa = 1}, {bb = 2}, {cc = 3}, {dd = 4}}", width: 20).hasPrefix("{\n"))
    }

    @Test func longTextIsCutAtALinesEnd() throws {
        #expect(
            try text("return {key = ('十'):rep(30), other = '\\27' .. ('\\27'):rep(9), last = 'x'}", width: 30) == """
                {
                  key = "十十十十十十十十十"…,
                  last = "x",
                  other = "\\x1b\\x1b\\x1b\\x1b"…,
                }
                """)
        let alone = try text("return ('x'):rep(500)", width: 40)
        #expect(alone == "\"" + String(repeating: "x", count: 500) + "\"")
    }

    @Test func objectsAmongOthersAreSummed() throws {
        #expect(
            try text(
                "return {t = tensor.zeros(2, 3), d = data.table({n = {1, 2}}), c = data.table({n = {1}}).n}", width: 100
            )
                == "{c = data.Column (int64, 1 row), d = data.Table (2 rows, 1 column), t = tensor [2, 3] float32}")
    }

    @Test func cyclesSayWhereTo() throws {
        #expect(
            try text("local a = {} a.b = {up = a} a.b.me = a.b return a")
                == "{b = {me = <the table around it>, up = <the table 2 levels up>}}")
        #expect(try text("local s = {1} return {s, s}") == "{{1}, {1}}")
    }

    @Test func functionsShowTheirParameters() throws {
        #expect(try text("return function(a, b, ...) end") == "<function(a, b, ...) t.lua:1>")
        #expect(try text("return seed") == "<function seed(n)>")
        #expect(try text("return load('return function() end', '\\27[31m')()").contains("\u{1B}") == false)
    }

    @Test func nothingATerminalObeysPasses() throws {
        for value in [
            "'\\27[31m\\r\\b'", "{['\\27[2J'] = '\\u{9b}31m'}", "{{a = '\\27[31m'}, {a = '\\n'}, {a = ('x'):rep(90)}}",
            "setmetatable({}, {__tostring = function() return 'own \\27[31m\\r' end})", "{('\\u{202e}')}",
            "data.table({['\\27[31m'] = {'\\27]0;title\\7'}})", "data.table({n = {'\\27[31m'}}).n",
        ] {
            let shown = try text("return " + value)
            #expect(
                !shown.unicodeScalars.contains { ($0.value < 0x20 && $0 != "\n") || (0x7f..<0xa0).contains($0.value) })
            #expect(!shown.unicodeScalars.contains { $0.value == 0x202e })
        }
    }

    @Test func theWholeIsNotCut() throws {
        #expect(try text("local t = {} for i = 1, 5000 do t[i] = i end return t", whole: true).contains(" 2500,"))
        #expect(try text("return {('x'):rep(5000)}", whole: true).contains(String(repeating: "x", count: 5000)))
        #expect(try text("return {{{{{{{{1}}}}}}}}", whole: true) == "{{{{{{{{1}}}}}}}}")
        #expect(try text("return tensor.arange(1, 300)", width: 40, whole: true).hasSuffix("  300"))
        let table = try text("local t = {} for i = 1, 50 do t['c' .. i] = {1} end return data.table(t)", whole: true)
        #expect(table.contains(" c25 ") && table.hasSuffix("1 row, 50 columns"))
    }

    /// Random values never break the layout: no line is wider than there are columns, and the same value gives the same text.
    @Test func randomValuesFitEveryWidth() throws {
        let maker = """
            math.randomseed(SEED)
            local texts = {'', 'x', '北京市朝阳区', 'a\\nb', '\\27[31m', '\\255\\254', '👩‍👩‍👧 family', ('long '):rep(30), 'é', '"', '\\\\'}
            local function value(depth)
                local kind = math.random(depth > 0 and 9 or 6)
                if kind == 1 then return math.random(-1e9, 1e9) // 1 end
                if kind == 2 then return math.random() * 10 ^ math.random(-20, 20) end
                if kind == 3 then return math.random(2) == 1 end
                if kind == 4 then return math.random(5) == 1 and 0/0 or math.huge end
                if kind <= 6 then return texts[math.random(#texts)] end
                local t = {}
                for i = 1, math.random(0, 12) do
                    if kind == 7 then t[i] = value(depth - 1)
                    elseif kind == 8 then t[texts[math.random(#texts)] .. i] = value(depth - 1)
                    else t[i] = {id = i, text = texts[math.random(#texts)], n = math.random()} end
                end
                if kind == 8 and math.random(3) == 1 then t.me, t[2.5], t[true] = t, 1, 2 end
                return t
            end
            local t = {}
            for i = 1, math.random(1, 8) do t[i] = value(5) end
            return {t, print, function(a, b) end, tensor.randn(3, 4), k = t}
            """
        let state = try LuaModules.makeState()
        for seed in 1...150 {
            let source = maker.replacing("SEED", with: "\(seed)")
            for width in [20, 21, 33, 80, 299] {
                let layout = ValueLayout.displaying(width: width)
                guard case .values(let texts) = state.evaluate(source, name: "=t", layout: layout),
                    case .values(let again) = state.evaluate(source, name: "=t", layout: layout)
                else {
                    Issue.record("seed \(seed) did not run")
                    return
                }
                #expect(texts == again)
                for line in texts[0].split(separator: "\n") where DisplayWidth.of(String(line)) > width {
                    Issue.record("seed \(seed), width \(width): \(line)")
                }
            }
        }
    }
}
