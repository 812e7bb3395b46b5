import LuaKit

/// What can be told about unfinished source without running it: which bracket belongs to which, and what an expression is made of.
struct LuaSyntax {
    /// An expression that names a thing.
    indirect enum Expression {
        /// A variable; `at` is the index of its token.
        case name(String, at: Int)
        /// `x.name`, `x:name`, `x["name"]`.
        case member(Expression, String)
        /// `x[1]`, or with a key that is not known before the source runs; `position` is the number, if it is one.
        case element(Expression, position: Int?)
        /// A call, and the string that is its first argument.
        case call(Expression, argument: String?)
        /// A string.
        case text
    }

    let tokens: [LuaToken]
    private let source: [UInt8]
    /// For each token the bracket it is in, by the index of its token; for a bracket that closes, that of the one it closes.
    let parents: [Int?]
    /// The closing bracket of each opening one that has one.
    let closings: [Int: Int]
    private let openings: [Int: Int]
    /// The bracket that what follows the last token is in.
    let innermost: Int?
    /// How deep expressions are followed; deeper ones nobody completes, and each level takes room on the stack.
    private static let depthLimit = 200

    /// The words of `source`.
    init(_ tokens: [LuaToken], of source: [UInt8]) {
        self.tokens = tokens
        self.source = source
        var open: [Int] = []
        var parents: [Int?] = []
        var closings: [Int: Int] = [:]
        var openings: [Int: Int] = [:]
        for (index, token) in tokens.enumerated() {
            parents.append(open.last)
            guard token.kind == .symbol else { continue }
            switch token.text {
            case "(", "[", "{": open.append(index)
            case ")", "]", "}":
                guard let start = open.popLast() else { continue }
                closings[start] = index
                openings[index] = start
            default: break
            }
        }
        self.parents = parents
        self.closings = closings
        self.openings = openings
        innermost = open.last
    }

    /// Whether the token is this symbol or keyword.
    func token(_ index: Int, is text: String) -> Bool {
        tokens.indices.contains(index) && tokens[index].text == text
            && (tokens[index].kind == .symbol || tokens[index].kind == .keyword)
    }

    /// What the string at the token means.
    private func string(at index: Int) -> String {
        let isQuoted = source[tokens[index].range.lowerBound] != UInt8(ascii: "[")
        return String(
            decoding: StringContent(source[tokens[index].content], isQuoted: isQuoted).bytes, as: UTF8.self)
    }

    /// The bracket around the token or, behind the last one, around what follows.
    func parent(of index: Int) -> Int? { index < tokens.count ? parents[index] : innermost }

    /// Which argument, from 0, begins at the token in the brackets that open at `bracket`.
    func position(of index: Int, in bracket: Int) -> Int {
        guard bracket + 1 < index else { return 0 }
        return (bracket + 1..<index).count { parents[$0] == bracket && token($0, is: ",") }
    }

    /// Whether what ends at the token can be called or indexed.
    private func endsPrefix(_ index: Int) -> Bool {
        guard tokens.indices.contains(index) else { return false }
        switch tokens[index].kind {
        case .name, .string: return true
        case .symbol: return [")", "]", "}"].contains(tokens[index].text)
        default: return false
        }
    }

    /// What is called by the argument or bracket that begins at the token, if it is one of a call.
    func callee(before index: Int) -> Expression? {
        // `function f(` declares.
        guard endsPrefix(index - 1), tokens[index - 1].kind != .string || !isLiteral(index - 1),
            let (callee, start) = expression(endingAt: index - 1), !token(start - 1, is: "function")
        else { return nil }
        return callee
    }

    /// Whether the string is one by itself rather than the argument of a call.
    private func isLiteral(_ index: Int) -> Bool { !endsPrefix(index - 1) }

    /// The expression whose last token is at `end`, and the index of its first.
    func expression(endingAt end: Int, depth: Int = 0) -> (expression: Expression, start: Int)? {
        guard tokens.indices.contains(end), depth < Self.depthLimit else { return nil }
        let last = tokens[end]
        let isMember = token(end - 1, is: ".") || token(end - 1, is: ":")
        switch (last.kind, last.text) {
        case (.name, let name) where isMember:
            guard let (object, start) = expression(endingAt: end - 2, depth: depth + 1) else { return nil }
            return (.member(object, name), start)
        case (.name, let name):
            return (.name(name, at: end), end)
        case (.string, _):
            guard !isLiteral(end), let (callee, start) = expression(endingAt: end - 1, depth: depth + 1) else {
                return (.text, end)
            }
            return (.call(callee, argument: string(at: end)), start)
        case (.symbol, ")"):
            guard let open = openings[end] else { return nil }
            if endsPrefix(open - 1), let (callee, start) = expression(endingAt: open - 1, depth: depth + 1) {
                let isString = open + 1 < end && tokens[open + 1].kind == .string
                return (.call(callee, argument: isString ? string(at: open + 1) : nil), start)
            }
            guard let (inner, start) = expression(endingAt: end - 1, depth: depth + 1), start == open + 1 else {
                return nil
            }
            return (inner, open)
        case (.symbol, "]"):
            guard let open = openings[end], let (object, start) = expression(endingAt: open - 1, depth: depth + 1)
            else { return nil }
            if end == open + 2, tokens[open + 1].kind == .string {
                return (.member(object, string(at: open + 1)), start)
            }
            return (.element(object, position: end == open + 2 ? Int(tokens[open + 1].text) : nil), start)
        case (.symbol, "}"):
            guard let open = openings[end], endsPrefix(open - 1),
                let (callee, start) = expression(endingAt: open - 1, depth: depth + 1)
            else { return nil }
            return (.call(callee, argument: nil), start)
        default:
            return nil
        }
    }

    /// What the source itself last assigned to the variable `name` before the token `end`.
    func assignment(to name: String, before end: Int) -> Expression? {
        for index in (0..<max(0, end)).reversed() where tokens[index].kind == .name && tokens[index].text == name {
            // A field, a key of a table, one of several names: not told here.
            if token(index - 1, is: ".") || token(index - 1, is: ":") || token(index - 1, is: ",") { continue }
            if let bracket = parents[index], token(bracket, is: "{") { continue }
            let start = token(index + 1, is: "<") ? index + 4 : index + 1
            guard token(start, is: "="), let last = endOfExpression(from: start + 1, before: end),
                let (found, first) = expression(endingAt: last), first == start + 1
            else { continue }
            return found
        }
        return nil
    }

    /// What the loop iterates over whose first variable `name` is, if one is open or was before the token `end`.
    func iterated(by name: String, before end: Int) -> Expression? {
        for index in (0..<max(0, end)).reversed() where tokens[index].kind == .name && tokens[index].text == name {
            guard token(index - 1, is: "for"), token(index + 1, is: "in"),
                let last = endOfExpression(from: index + 2, before: end), token(last + 1, is: "do"),
                let (found, first) = expression(endingAt: last), first == index + 2
            else { continue }
            return found
        }
        return nil
    }

    /// The last token of the expression that begins at `start`, if it is a name with what is read or called of it, all before `end`.
    private func endOfExpression(from start: Int, before end: Int) -> Int? {
        guard start < end, tokens.indices.contains(start) else { return nil }
        var last: Int
        switch tokens[start].kind {
        case .name, .string: last = start
        case .symbol:
            guard token(start, is: "("), let closing = closings[start] else { return nil }
            last = closing
        default: return nil
        }
        while last + 1 < tokens.count {
            let next = last + 1
            if token(next, is: ".") || token(next, is: ":") {
                guard next + 1 < tokens.count else { return nil }
                last = next + 1
            } else if ["(", "[", "{"].contains(where: { token(next, is: $0) }) {
                guard let closing = closings[next] else { return nil }
                last = closing
            } else if tokens[next].kind == .string {
                last = next
            } else {
                let endsHere = tokens[next].kind != .symbol || [";", ",", ")", "}", "::"].contains(tokens[next].text)
                let isJoined = token(next, is: "and") || token(next, is: "or")
                return endsHere && !isJoined && last < end ? last : nil
            }
        }
        return last < end ? last : nil
    }

    /// Variables that the source itself declares or assigns before its end: the session does not know them yet.
    var declaredNames: [String] {
        var names: [String] = []
        for (index, token) in tokens.enumerated() where token.kind == .name {
            let isParameter = parents[index].map { bracket in
                self.token(bracket, is: "(")
                    && (self.token(bracket - 1, is: "function") || self.token(bracket - 2, is: "function"))
            }
            let isDeclared =
                ["local", "for"].contains { self.token(index - 1, is: $0) } || isParameter == true
                || (self.token(index - 1, is: "function") && self.token(index - 2, is: "local"))
                || (self.token(index - 1, is: ",") && parents[index] == nil && isInNameList(index))
                || (self.token(index + 1, is: "=") && parents[index] == nil && !self.token(index - 1, is: "."))
            if isDeclared, !names.contains(token.text) { names.append(token.text) }
        }
        return names
    }

    /// Whether the names before the comma go back to `local` or `for`.
    private func isInNameList(_ index: Int) -> Bool {
        var index = index
        while index >= 2, token(index - 1, is: ","), tokens[index - 2].kind == .name { index -= 2 }
        return token(index - 1, is: "local") || token(index - 1, is: "for")
    }
}
