import LuaKit
import Testing

extension LuaState {
    /// The first value that `source` returns; a failed test if it fails.
    func value(_ source: String) -> LuaValue? {
        let outcome = run(source, name: "@t.lua")
        guard case .values(let values) = outcome else {
            Issue.record("\(source): \(outcome)")
            return nil
        }
        return values.first
    }

    /// The message that `source` fails with.
    func failure(_ source: String) -> String {
        guard case .failure(let message, _) = run(source, name: "@t.lua") else { return "no failure" }
        return message
    }
}
