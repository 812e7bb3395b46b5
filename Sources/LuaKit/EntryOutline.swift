/// What the words of an entry tell without running it: the local variables it declares outside of every block, the names it mentions,
/// how it ends. The entry must be one that Lua compiles.
public struct EntryOutline {
    /// A `local` statement outside of every block.
    public struct Declaration {
        /// Where the statement begins, in bytes of the source.
        public internal(set) var start = 0
        /// Where the `=` is in it.
        public internal(set) var valuesStart: Int?
        /// Whether it is a `local function`.
        public internal(set) var isFunction = false
        /// The variables, in order; whether they are constant (`<const>`, `<close>`).
        public internal(set) var names: [(name: String, isConstant: Bool)] = []
        /// The end of the statement, in bytes of the source.
        public internal(set) var end = 0
    }

    /// The local variables declared outside of every block.
    public let declarations: [Declaration]
    /// Every name in it, those of fields too.
    public let names: Set<String>
    /// Where the first word begins and the last one ends, in bytes of the source; empty if there is none.
    public let extent: Range<Int>
    /// Where a `return` outside of every block is, in bytes of the source.
    public let finalReturn: Int?
    /// Whether a `return` within a block, but in no function, may end the entry early.
    public let hasEarlyReturn: Bool
    /// Whether there is a label in it.
    public let hasLabel: Bool
    /// Where the last word ends that is no semicolon.
    public let contentEnd: Int
    /// Whether it may use the results of earlier entries, `_` and `_1` to `_9`.
    public let usesResults: Bool
    /// Whether the last word is a semicolon.
    public let endsInSemicolon: Bool
    /// Whether it ends as a call does: in `)`, a string or `}`.
    public let endsAsCall: Bool

    /// How many local variables it declares outside of every block.
    public var localCount: Int { declarations.reduce(0) { $0 + $1.names.count } }

    /// `name`, or something like it, that no name in the entry is.
    public func unusedName(_ name: String) -> String {
        var name = name
        while names.contains(name) { name += "_" }
        return name
    }

    /// Reads the words of `source`.
    public init(_ source: [UInt8]) {
        let tokens = LuaLexer(source).tokens
        var declarations: [Declaration] = []
        var returns: (final: Int?, early: Bool) = (nil, false)
        var open: [String] = []
        var index = 0
        while index < tokens.count {
            let token = tokens[index]
            index += 1
            guard token.kind == .keyword else { continue }
            switch token.text {
            // `for` and `while` are closed by the end of their `do`.
            case "function", "do", "if", "repeat": open.append(token.text)
            case "end", "until": _ = open.popLast()
            case "return" where open.isEmpty: returns.final = token.range.lowerBound
            case "return": returns.early = returns.early || !open.contains("function")
            case "local" where open.isEmpty:
                var parser = DeclarationParser(tokens, at: index)
                declarations.append(parser.read())
                // What is within the statement is no statement of this level.
                index = parser.index
            default: break
            }
        }
        self.declarations = declarations
        names = Set(tokens.lazy.filter { $0.kind == .name }.map(\.text))
        extent = (tokens.first?.range.lowerBound ?? 0)..<(tokens.last?.range.upperBound ?? 0)
        finalReturn = returns.final
        hasEarlyReturn = returns.early
        usesResults = Self.usesResults(tokens)
        hasLabel = tokens.contains { $0.isSymbol("::") }
        contentEnd = tokens.last { !$0.isSymbol(";") }?.range.upperBound ?? 0
        endsInSemicolon = tokens.last?.isSymbol(";") ?? false
        endsAsCall = tokens.last.map { $0.kind == .string || $0.isSymbol(")") || $0.isSymbol("}") } ?? false
    }
}

extension EntryOutline {
    /// Whether one of the names of results stands where a value may. `for _, x in`, `function(_)`, `local _` and `_ =` only get rid of something.
    private static func usesResults(_ tokens: [LuaToken]) -> Bool {
        var closing: Set<String> = []
        for (index, token) in tokens.enumerated() {
            if closing.contains(token.text) { closing = [] }
            switch token.text {
            case "for": closing = ["in", "="]
            case "function": closing = [")"]
            case "local": closing = ["=", ";", "("]
            default: break
            }
            guard closing.isEmpty, token.kind == .name, resultNames.contains(token.text) else { continue }
            let previous = index > 0 ? tokens[index - 1].text : ""
            let next = index + 1 < tokens.count ? tokens[index + 1].text : ""
            if previous != ".", previous != ":", next != "=" { return true }
        }
        return false
    }

    private static let resultNames: Set<String> = ["_", "_1", "_2", "_3", "_4", "_5", "_6", "_7", "_8", "_9"]

    /// What may follow `source` on its last line: a line break only behind a comment, so that lines count as they were typed.
    static func separator(behind source: [UInt8]) -> [UInt8] {
        let end = LuaLexer(source).tokens.last?.range.upperBound ?? 0
        return [source[end...].contains(UInt8(ascii: "-")) ? UInt8(ascii: "\n") : UInt8(ascii: " ")]
    }

    /// A place where a statement may begin.
    struct StatementStart {
        let offset: Int
        /// Whether the word there is a name, which continues nothing before it.
        let isName: Bool
        /// Whether only what stands before it on its line tells that a statement may begin: `local q = 3 q`.
        let isWithinLine: Bool
    }

    /// Where statements may begin outside of all blocks and brackets: behind a semicolon, on a new line, or where a word can only begin
    /// another one.
    static func statementStarts(of source: [UInt8]) -> [StatementStart] {
        var starts: [StatementStart] = []
        var depth = 0
        var previous: LuaToken?
        for token in LuaLexer(source).tokens {
            if depth == 0, let previous {
                let between = source[previous.range.upperBound..<token.range.lowerBound]
                let isBehindSemicolon = previous.isSymbol(";")
                let isNew = isBehindSemicolon || between.contains(UInt8(ascii: "\n"))
                if isNew || previous.endsValue && token.beginsValue(behind: previous) {
                    starts.append(
                        StatementStart(
                            offset: token.range.lowerBound,
                            isName: token.kind == .name || (isBehindSemicolon && token.isSymbol("(")),
                            isWithinLine: !isNew))
                }
            }
            previous = token
            switch token.text {
            case "function", "do", "if", "repeat", "(", "[", "{": depth += 1
            case "end", "until", ")", "]", "}": depth -= 1
            default: break
            }
        }
        return starts
    }
}

extension LuaToken {
    private var isConstant: Bool { ["nil", "true", "false"].contains { isKeyword($0) } }

    /// Whether a value or a block may end with this word.
    fileprivate var endsValue: Bool {
        switch kind {
        case .name, .number, .string: true
        case .keyword: isConstant || isKeyword("end")
        case .symbol: [")", "]", "}"].contains(text)
        }
    }

    /// Whether a value begins with this word, and can be no part of the one that ends with `previous`.
    fileprivate func beginsValue(behind previous: LuaToken) -> Bool {
        switch kind {
        case .name, .number: return true
        case .keyword: return isConstant || isKeyword("not")
        case .string, .symbol:
            // `f "x"`, `f {}` and `f (x)` are calls, also where `f` is itself a call.
            let isCallable = previous.kind == .name || previous.kind == .string || previous.kind == .symbol
            return isSymbol("#") || (kind == .string || isSymbol("{") || isSymbol("(")) && !isCallable
        }
    }
}

/// Finds the end of a `local` statement, which Lua marks by nothing but what follows.
private struct DeclarationParser {
    private let tokens: [LuaToken]
    private(set) var index: Int

    /// `index` is that of the word after `local`.
    init(_ tokens: [LuaToken], at index: Int) {
        self.tokens = tokens
        self.index = index
    }

    private var next: LuaToken? { index < tokens.count ? tokens[index] : nil }

    mutating func read() -> EntryOutline.Declaration {
        var declaration = EntryOutline.Declaration()
        declaration.start = tokens[index - 1].range.lowerBound
        if next?.isKeyword("function") == true {
            declaration.isFunction = true
            if index + 1 < tokens.count { declaration.names.append((tokens[index + 1].text, false)) }
            skipFunction()
        } else {
            repeat {
                guard let name = next, name.kind == .name else { break }
                index += 1
                var isConstant = false
                if next?.isSymbol("<") == true {
                    isConstant = true
                    index += 3
                }
                declaration.names.append((name.text, isConstant))
            } while take(",")
            let equals = next
            if take("=") {
                declaration.valuesStart = equals?.range.lowerBound
                repeat { skipExpression() } while take(",")
            }
        }
        index = min(index, tokens.count)
        declaration.end = tokens[index - 1].range.upperBound
        return declaration
    }

    private mutating func take(_ symbol: String) -> Bool {
        guard next?.isSymbol(symbol) == true else { return false }
        index += 1
        return true
    }

    private mutating func skipExpression() {
        repeat {
            while let token = next, Self.isUnary(token) { index += 1 }
            skipOperand()
        } while takeBinary()
    }

    private mutating func skipOperand() {
        guard let token = next else { return }
        if token.isKeyword("function") { return skipFunction() }
        if token.isSymbol("{") { return skipBrackets() }
        let hasSuffixes = token.kind == .name || token.isSymbol("(")
        if token.isSymbol("(") { skipBrackets() } else { index += 1 }
        // Nothing is called on or taken from a literal: `local x = 5 (f)()` is two statements.
        while hasSuffixes, let token = next {
            if token.isSymbol(".") || token.isSymbol(":") {
                index += 2
            } else if token.isSymbol("[") || token.isSymbol("(") || token.isSymbol("{") {
                skipBrackets()
            } else if token.kind == .string {
                index += 1
            } else {
                return
            }
        }
    }

    private mutating func skipBrackets() {
        var depth = 0
        while let token = next {
            index += 1
            guard token.kind == .symbol else { continue }
            if ["(", "{", "["].contains(token.text) { depth += 1 }
            if [")", "}", "]"].contains(token.text) { depth -= 1 }
            if depth == 0 { return }
        }
    }

    private mutating func skipFunction() {
        var depth = 0
        while let token = next {
            index += 1
            guard token.kind == .keyword else { continue }
            if ["function", "do", "if", "repeat"].contains(token.text) { depth += 1 }
            if ["end", "until"].contains(token.text) { depth -= 1 }
            if depth == 0 { return }
        }
    }

    private mutating func takeBinary() -> Bool {
        guard let token = next else { return false }
        let symbols: Set<String> = [
            "+", "-", "*", "/", "//", "%", "^", "..", "==", "~=", "<", "<=", ">", ">=", "&", "|", "~", "<<", ">>",
        ]
        guard token.isKeyword("and") || token.isKeyword("or") || (token.kind == .symbol && symbols.contains(token.text))
        else { return false }
        index += 1
        return true
    }

    private static func isUnary(_ token: LuaToken) -> Bool {
        token.isKeyword("not") || token.isSymbol("-") || token.isSymbol("#") || token.isSymbol("~")
    }
}
