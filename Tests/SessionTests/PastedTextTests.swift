import Session
import Testing

@Suite struct PastedTextTests {
    private func entries(_ text: String) throws -> [String] {
        try Session(.init(output: { _ in })).entries(in: text)
    }

    @Test(arguments: [
        ("x = 1", ["x = 1"]), ("", [""]), ("for i = 1, 2 do", ["for i = 1, 2 do"]),
        ("> x = 1", ["x = 1"]), (">> x", [""]), ("cohort> 1 + 1", ["1 + 1"]), ("cohort>", [""]),
        ("cohort> x = 1\ncohort> x\n1\n", ["x = 1", "x"]),
        ("cohort> for i = 1, 2 do\n......>   print(i)\n......> end\n1\n2", ["for i = 1, 2 do\n  print(i)\nend"]),
        // An entry that was recalled whole has a prompt before its first line only.
        ("cohort> do\nlocal a = 1\nend\ncohort> 5", ["do\nlocal a = 1\nend", "5"]),
        ("> t = {\n>> 1}\n> #t\n1", ["t = {\n1}", "#t"]),
        ("cohort> ?seed\nseed(n)\ncohort> 5\n5", ["?seed", "5"]),
        ("a = 1\nb = 2", ["a = 1\nb = 2"]), ("a = 1\na\nb = 2\nb", ["a = 1", "a", "b = 2", "b"]),
        ("x\nfor i = 1, 2 do\nprint(i)", ["x", "for i = 1, 2 do\nprint(i)"]),
        ("x\n?seed\ny", ["x", "?seed", "y"]),
        // An error stays where it is: nothing of the text is run.
        ("a = 1\nb = = 2\nc = 3", ["a = 1\nb = = 2\nc = 3"]), ("x = 3 > 2", ["x = 3 > 2"]),
        (">>> x = 1\n>>> x\n1", ["x = 1", "x"]),
        (">>> for i = 1, 2 do\n...   print(i)\n... end\n1", ["for i = 1, 2 do\n  print(i)\nend"]),
        ("In [3]: x = 1\n\nIn [4]: x\nOut[4]: 1", ["x = 1", "x"]),
        ("In [12]: do\n    ...: x = 1\n    ...: end", ["do\nx = 1\nend"]),
        ("... + 1", ["... + 1"]), ("In [x]: 1", ["In [x]: 1"]),
        ("s = [[\n> quoted\n]]", ["s = [[\n> quoted\n]]"]),
    ])
    func whatAPasteHolds(text: String, expected: [String]) throws { #expect(try entries(text) == expected) }
}
