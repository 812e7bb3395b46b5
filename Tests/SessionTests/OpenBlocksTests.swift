import Testing

@testable import Session

@Suite struct OpenBlocksTests {
    private func isOpen(_ text: String) -> Bool {
        var open = OpenBlocks()
        open.read(text)
        return open.isOpen
    }

    @Test(arguments: [
        "t = {", "f(", "t[1", "function f()", "for i = 1, 2 do", "while x do", "if x then", "repeat", "do",
        "if a then b() elseif c then d() else", "s = [[", "s = [==[ ]] ]=]", "--[[ comment", "s = 'a\\", "s = \"a\\z",
        "t = { -- }", "t = { '}'", "t = { [[}]]", "f(function() if x then end",
        "x = 1 +", "x = a and", "x = not -- why", "s = 'a' ..", "t.", "t:", "x =", "local", "f(a),", "x = 1 <<",
        "x = 1 >>", "x = 1 >=", "x = #",
        "while x", "while f()\nor g()", "for i = 1, 2", "for k, v in", "x = a ~", "x = 1 +\n-- more to come\n",
    ])
    func somethingIsOpen(text: String) { #expect(isOpen(text)) }

    @Test(arguments: [
        "t = {}", "f()", "t[1] = [[x]]", "function f() end", "for i = 1, 2 do end", "repeat until x", "-- {", "x = '{'",
        "x = \"\\\"{\"", "--[==[ { ]==] y = 1", "if a then b() elseif c then d() else e() end", "s = 'a\\\nb'",
        "do -- {\nend",
        "s = 'never closed\nx = 1", "done = endless", "x = a--{\n+ b",
        "x = ...", "local file <close>", "local one <const> = 1", "::top::", "while x do end",
        "for i = 1, 2 do while x do end end", "x = 1. ", "return",
        "x = 1 +\n2", "x = a and\n'b'", "-- +", "x = '+'", "x = [[+]]", "while (function() do end end)() do end",
        "f{...}", "x;",
    ])
    func nothingIsOpen(text: String) { #expect(!isOpen(text)) }
}
