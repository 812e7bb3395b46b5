import LuaKit
import LuaModules
import Support

extension Session {
    /// Explains a name: something of Cohort's own (`cluster.kmeans`, `tensor:sum`) or of Lua's, or a variable of the session's or what
    /// can be read of one (`users.age`), by what it holds. With an empty name, gives a tour; behind a further question mark, searches
    /// everything for words.
    public func help(_ topic: String, width: Int) -> Reply {
        lua.layout.width = width
        let desk = HelpDesk(lua, width: width)
        if topic.hasPrefix("?") {
            let words = topic.drop { $0 == "?" || $0.isWhitespace }
            if let found = desk.search(String(words)) { return .done(results: [found]) }
            return .failed(
                ScriptError(message: "nothing is said of '\(words)' (?? searches names, prose and parameters)"))
        }
        if topic.isEmpty { return .done(results: [desk.tour]) }
        // What a variable holds is meant, if there is one, rather than what Cohort would have there.
        if let found = explanation(of: topic, desk) ?? desk.answer(to: topic) { return .done(results: [found]) }
        return .failed(ScriptError(message: "\(desk.unknown(topic))"))
    }

    /// What an expression stands for, found without running it. Nil unless it begins with a variable of the session's own.
    private func explanation(of topic: String, _ desk: HelpDesk) -> String? {
        let source = Array(topic.utf8)
        return lua.inspect { inspector in
            let completer = Completer(lua, inspector, source + [UInt8(ascii: ".")], cursor: source.count + 1)
            let end = completer.syntax.tokens.count - 2
            guard let (expression, start) = completer.syntax.expression(endingAt: end), start == 0,
                let subject = completer.resolve(expression)
            else { return nil }
            switch subject {
            case .value(let value): return desk.answer(about: value)
            case .function(let signature): return desk.answer(about: signature)
            case .instance(let luaClass): return desk.answer(about: luaClass)
            case .text, .record: return nil
            }
        } ?? nil
    }
}
