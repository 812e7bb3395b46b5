import LuaKit
import Support

extension Session {
    /// Says of each name that what ran just now has read that it holds nothing: Lua takes a slip of the keys and a text without quotes for nil, and an
    /// option that is nil for one that was not given.
    func noteUndefinedNames(beside reply: Reply) {
        for read in lua.takeUndefinedReads() where isUndefined(read.name) {
            // Of code that others wrote, which has its reasons, nothing is said.
            guard let line = sources.line(read.line, of: read.chunk), !Self.asks(for: read.name, in: line) else {
                continue
            }
            if case .failed(let error) = reply, error.message.contains("'\(read.name)'") { continue }
            let place = read.chunk.hasPrefix("prompt[") ? "" : "\(read.chunk):\(read.line): "
            notes.append("\(place)\(read.name) is no variable, so nil; \(cure(for: read.name))")
        }
    }

    private func cure(for name: String) -> String {
        if let other = ForeignHabit.substitute(forGlobal: name) { return other }
        if let near = nearGlobal(to: name) { return "did you mean '\(near)'?" }
        return "a text is written \"\(name)\""
    }

    /// Whether the line asks for the name on purpose: `x == nil`, `not x`, `x or 1`, `_G.x`.
    private static func asks(for name: String, in line: [UInt8]) -> Bool {
        let tokens = LuaLexer(line).tokens.map(\.text)
        let before = { (index: Int) in index > 0 ? tokens[index - 1] : "" }
        let after = { (index: Int) in Array(tokens[(index + 1)...].prefix(2)) }
        let uses = tokens.indices.filter {
            tokens[$0] == name && ![".", ":"].contains(before($0)) && after($0).first != "="
        }
        return uses.isEmpty
            || uses.contains {
                before($0) == "not" || ["or", "and"].contains(after($0).first ?? "")
                    || [["==", "nil"], ["~=", "nil"]].contains(after($0))
            }
    }
}
