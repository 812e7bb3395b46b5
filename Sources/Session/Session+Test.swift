import LuaKit
import LuaModules
import Support

/// What became of something that was tested.
public enum TestOutcome: Sendable {
    case passed
    case failed(String)
    /// It needs what is not installed.
    case skipped(String)
    /// Ctrl-C.
    case interrupted
}

extension Session {
    /// The functions whose declared example has an output, by name.
    public static var exampleNames: [String] { examples.map(\.name) }

    private static var examples: [Signature] {
        Catalogue(modules: LuaModules.modules, globals: LuaModules.globals).signatures
            .filter { $0.example?.output.isEmpty == false }
    }

    /// Runs the example of the function `name` in this session, which should be new and whose `output` fills what `takeOutput` hands over, and
    /// compares what it printed, and its value as the prompt shows it, with what the declaration says.
    public func testExample(
        of name: String, isInstalled: (String) -> Bool, takeOutput: () -> [UInt8]
    ) -> TestOutcome {
        guard let example = Self.examples.first(where: { $0.name == name })?.example else {
            return .failed("no example")
        }
        if let needed = example.needs, !isInstalled(needed) { return .skipped(needed) }
        var lines: [String] = []
        switch lua.evaluate(example.code, name: "@test.lua", layout: lua.layout) {
        case .values(let values): lines = values
        case .stopped(.failure(let message, _)), .stopped(.syntaxError(let message, _)): lines = [message]
        case .stopped: return .interrupted
        }
        var printed = String(decoding: takeOutput(), as: UTF8.self)
        for line in lines { printed += line + "\n" }
        if printed.hasSuffix("\n") { printed.removeLast() }
        return printed == example.output ? .passed : .failed("got\n\(printed)\nexpected\n\(example.output)")
    }

    /// Names of the global functions that check something: those that a script called `test_...` or `check_...`, sorted.
    public func checkNames() -> [String] {
        let source = """
            local names = {}
            for name, value in next, _G do
                if type(name) == "string" and type(value) == "function" and (name:find "^test_" or name:find "^check_") then
                    names[#names + 1] = name
                end
            end
            table.sort(names)
            return names
            """
        guard case .values(let values) = lua.run(source, name: "=checks"), let table = values.first?.table else {
            return []
        }
        return table.list.compactMap(\.text).filter(LuaLexer.isName)
    }

    /// Calls the check `name`. It fails if it raises an error.
    public func runCheck(_ name: String) -> Reply { run(Array("\(name)()".utf8), name: "=check") }
}
