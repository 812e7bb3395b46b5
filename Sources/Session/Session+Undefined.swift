import LuaKit
import Support

extension Session {
    /// Says of each name that what ran just now has read that it holds nothing: Lua takes a slip of the keys and a text without quotes for nil, and an
    /// option that is nil for one that was not given.
    func noteUndefinedNames(beside reply: Reply) {
        var told: Set<String> = []
        for read in lua.takeUndefinedReads() where !told.contains(read.name) && isUndefined(read.name) {
            // Of code that others wrote, which has its reasons, nothing is said.
            guard let line = sources.line(read.line, of: read.chunk), !Self.asks(for: read.name, in: line) else {
                continue
            }
            told.insert(read.name)
            // An error of Lua's own names it already.
            if case .failed(let error) = reply, error.message.contains("(global '\(read.name)')") { continue }
            let place = read.chunk.hasPrefix("prompt[") ? "" : "\(read.chunk):\(read.line): "
            notes.append("\(place)\(read.name) is no variable, so nil; \(cure(for: read.name))")
        }
    }

    private func cure(for name: String) -> String {
        if let other = ForeignHabit.substitute(forGlobal: name) { return other }
        if let near = nearGlobal(to: name) { return "did you mean '\(near)'?" }
        return "a text is written \"\(name)\""
    }

    /// Whether the line asks for the name on purpose: `x == nil`, `not x`, `x or 1`, `if x then`, `type(x)`, `local x = x`, `_G.x`. Of what other
    /// languages call true, false and nil nobody asks whether it is there.
    private static func asks(for name: String, in line: [UInt8]) -> Bool {
        if ForeignHabit.constants.contains(name) { return false }
        // Parentheses change nothing but of calls.
        let tokens = LuaLexer(line).tokens.map(\.text).filter { $0 != "(" && $0 != ")" }
        let before = { (index: Int, count: Int) in Array(tokens[max(0, index - count)..<index]) }
        let after = { (index: Int, count: Int) in Array(tokens[(index + 1)...].prefix(count)) }
        let uses = tokens.indices.filter {
            tokens[$0] == name && ![["."], [":"]].contains(before($0, 1)) && after($0, 1) != ["="]
        }
        return uses.isEmpty
            || uses.contains { use in
                [["not"], ["if"], ["elseif"], ["while"], ["until"], ["type"]].contains(before(use, 1))
                    || [["or"], ["and"]].contains(after(use, 1)) || before(use, 3) == ["local", name, "="]
                    || [["==", "nil"], ["~=", "nil"]].contains(after(use, 2))
                    || [["nil", "=="], ["nil", "~="]].contains(before(use, 2))
            }
    }
}
