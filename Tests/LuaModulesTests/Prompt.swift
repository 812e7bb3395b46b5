import Display
import LuaKit

@testable import LuaModules

/// A Lua state with every module, asked the way the prompt asks.
struct Prompt {
    let state: LuaState

    init() throws { state = try LuaModules.makeState() }

    /// What the prompt shows for an entry, or the message of its error.
    func show(_ source: String) -> String {
        let layout = ValueLayout.displaying(width: 80)
        switch state.evaluate(source, name: "@t.lua", layout: layout) {
        case .values(let texts): return texts.joined(separator: "\n")
        case .stopped(.failure(let message, _)): return message
        case .stopped(let outcome): return "\(outcome)"
        }
    }

    /// The functions of a module whose example does not print what it says, with what it prints.
    func wrongExamples(of module: LuaModule) -> [String] {
        module.signatures.compactMap { signature in
            guard let example = signature.example, example.needs == nil else { return nil }
            let output = show(example.code)
            return output == example.output ? nil : "\(signature.name): \(output)"
        }
    }
}
