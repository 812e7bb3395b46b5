import LuaKit
import Testing

@Suite struct SyntaxMessageTests {
    private func message(_ source: [UInt8]) throws -> String? {
        try LuaState().run(bytes: source, name: "=x").syntaxMessage
    }

    @Test(arguments: [
        ("print(t.城市)", #"x:1: <name> expected near '城市' (write t["城市"])"#),
        ("-- 好\nlocal n = a.b.城市2 + 1", #"x:2: <name> expected near '城市2' (write a.b["城市2"])"#),
        ("t.城市", #"x:1: <name> expected near '城市' (write t["城市"])"#),
        ("f().é = 1", #"x:1: <name> expected near 'é' (write ...["é"])"#),
        ("t.a城市 = 1", #"x:1: syntax error near 'a城市' (write t["a城市"])"#),
        (
            "城市 = 1",
            "x:1: unexpected symbol near '城市' (names are of a to z, 0 to 9 and _; any text is a key: t[\"城市\"])"
        ),
        ("print（1）", "x:1: syntax error near '（' (a full-width character: write ()"),
        ("print(“a”)", "x:1: unexpected symbol near '“' (a typographic mark: write \")"),
        ("x = = 5", "x:1: unexpected symbol near '='"),
    ])
    func charactersAreNamedAsTheyAre(source: String, expected: String) throws {
        #expect(try message(Array(source.utf8)) == expected)
    }

    @Test func bytesThatAreNoTextStayAsLuaNamesThem() throws {
        #expect(try message(Array("t.".utf8) + [0xB3, 0xC7, 0x20, 0x3D]) == "x:1: <name> expected near '<\\179>'")
        #expect(try message(Array("t.".utf8) + [0xFF]) == "x:1: <name> expected near '<\\255>'")
    }
}

extension Outcome {
    fileprivate var syntaxMessage: String? {
        if case .syntaxError(let message, _) = self { message } else { nil }
    }
}
