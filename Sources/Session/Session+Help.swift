import LuaKit

extension Session {
    /// Explains a name: something of Cohort's own (`cluster.kmeans`, `tensor:sum`) or a variable of the session's, by what it
    /// holds; everything, if the name is empty.
    public func help(_ topic: String, width: Int) -> Reply {
        lua.layout.width = width
        let text = HelpText(width: min(width, 100))
        let catalogue = lua.catalogue
        if topic.isEmpty { return .done(results: [text.tour(catalogue)]) }
        if let found = catalogue.topic(topic) { return .done(results: [text.text(found)]) }
        if let path = Self.variable(topic) {
            // Found through `require`: the session's own `help` may be hidden by a variable.
            let question =
                "local value = \(path) if value == nil then return false end require('cohort').help(value) return true"
            if case .values(let answer) = lua.run(question, name: "=prompt"), answer.first?.bool == true {
                return .done(results: [])
            }
        }
        let near = catalogue.suggestions(for: topic)
        let hint = near.isEmpty ? "help() lists everything" : "did you mean \(near.joined(separator: ", "))?"
        return .failed(ScriptError(message: "there is no help on '\(topic)' (\(hint))"))
    }

    /// The topic as an expression that reads a variable or a field of one, if it has that form.
    private static func variable(_ topic: String) -> String? {
        let parts = topic.split(omittingEmptySubsequences: false) { $0 == "." || $0 == ":" }
        let areNames = parts.allSatisfy { part in
            !part.isEmpty && part.first?.isNumber == false
                && part.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
        }
        return areNames ? parts.joined(separator: ".") : nil
    }
}
