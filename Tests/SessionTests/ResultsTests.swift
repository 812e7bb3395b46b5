import Testing

/// What stays of the values of entries.
@Suite struct ResultsTests {
    @Test func theLastValuesAreKept() throws {
        let bench = try Bench()
        for value in 1...12 { bench.show("\(value) * 10") }
        #expect(bench.show("_, _1, _2, _9") == "120\n120\n110\n40")
        #expect(bench.show("_") == "120")
        // What is silent, is kept all the same; nil and statements leave things as they are.
        bench.show(["'quiet';", "nil", "x = 1", "print()"])
        #expect(bench.show("_ .. '!'") == "\"quiet!\"")
        #expect(bench.show("_2") == "\"quiet\"")
        bench.show("setmetatable(_G, {__newindex = error, __index = getmetatable(_G).__index});")
        #expect(bench.show("6 * 7") == "42")
        #expect(bench.show("_") == "42")
    }

    @Test(arguments: [
        ("x = 5; x", "5"), ("x = 5; tostring(x)", "\"5\""), ("x = 5\ntostring(x) -- text", "\"5\""),
        ("local t = {7, 8}\ntable.unpack(\n  t\n)", "7\n8"), ("x = 1 -- see; error('no')", ""),
        ("x = 'a; error()'", ""),
        ("x = type\n(print)\nx", "\"function\""), ("x = 5\n-2", ""), ("x = 1; (type)(x)", "\"number\""),
        ("x = 5; tostring(x);", ""), ("if true then tostring(1) end", ""), ("x = {\n1;\n2}\n#x", "2"),
        ("s = 'a'\ns:upper()\n  :lower()", "\"a\""), ("goto e; do tostring(1) end ::e:: tostring(2)", ""),
    ]) func statementsMayEndInAnExpression(entry: String, expected: String) throws {
        #expect(try Bench().show(entry) == expected)
    }

    @Test func aVariableThatHidesAModuleIsToldOnce() throws {
        let bench = try Bench()
        bench.show("x = 1")
        #expect(bench.session.takeNotes() == [])
        bench.show("data = {}")
        #expect(bench.session.takeNotes() == ["data hides the module of that name; data = nil brings it back"])
        bench.show("data = {1}")
        #expect(bench.session.takeNotes() == [])
        bench.show("data = nil")
        #expect(bench.show("type(data.read)") == "\"function\"")
        bench.show("local cluster = 5")
        let note = try #require(bench.session.takeNotes().first)
        let cure = try #require(note.split(separator: "; ").last?.replacing(" brings it back", with: ""))
        #expect(bench.show(String(cure)) == "")
        #expect(bench.show("type(cluster.kmeans)") == "\"function\"")
        bench.show("function seed() end")
        #expect(bench.session.takeNotes() == ["seed hides the function of that name; seed = nil brings it back"])
    }
}
