import Support

/// A function as scripts see it: declared once, and from this value come the argument checks and their words, `help`, completion,
/// editor stubs, the reference and the test that runs its example.
public final class Signature: Sendable {
    /// What a function returns, for help and stubs.
    public struct Returned: Sendable {
        /// The type in words ("tensor", "list of strings", "record").
        public let type: String
        /// What it is.
        public let prose: String

        /// Describes a result.
        public init(_ type: String, _ prose: String) {
            self.type = type
            self.prose = prose
        }
    }

    /// An example with what it prints; the tests run it.
    public struct Example: Sendable {
        /// Lua code; what it prints, or the value of its last expression, is the output.
        public let code: String
        /// The exact output.
        public let output: String
        /// What must be installed for it beside Cohort itself ("DuckDB", the name of a model).
        public let needs: String?

        /// An example and its output.
        public init(_ code: String, output: String = "", needs: String? = nil) {
            self.code = code
            self.output = output
            self.needs = needs
        }
    }

    /// "cluster.kmeans" for a function of a module, "tensor:sum" for a method, "help" for a global.
    public let name: String
    /// The name after the last dot or colon.
    public let shortName: String
    /// Whether it is called with a colon.
    public let isMethod: Bool
    /// What it does, in a sentence or a few.
    public let prose: String
    /// Given by position. For a method the receiver is not among them.
    public let parameters: [Parameter]
    /// Takes any number of further values of this kind, after the others.
    public let variadic: Parameter?
    /// Given by name in one trailing table.
    public let options: [Parameter]
    /// What comes back, in order.
    public let returns: [Returned]
    /// Shows the use.
    public let example: Example?
    /// Names of functions a reader may want next.
    public let related: [String]
    /// The parameters, after them the options, then what is variadic.
    let declared: [Parameter]
    /// The names of the parameters and options, in that order, and the checks of all that is declared: a call looks at little else, and a
    /// parameter is much to copy.
    let names: [String]
    let checks: [@Sendable (Argument) throws(Failure) -> ParameterType.Verdict]
    /// Operators and the like check their operands by themselves.
    let isInternal: Bool
    let body: LuaClass.Body

    /// Declares a function. See `Parameter` for its arguments.
    public init(
        _ name: String, _ prose: String,
        parameters: [Parameter] = [],
        variadic: Parameter? = nil,
        options: [Parameter] = [],
        returns: [Returned] = [],
        example: Example? = nil,
        related: [String] = [],
        body: @escaping LuaClass.Body
    ) {
        self.name = name
        shortName = Self.lastPart(name)
        isMethod = name.utf8.contains(UInt8(ascii: ":"))
        self.prose = prose
        self.parameters = parameters
        self.variadic = variadic
        self.options = options
        declared = parameters + options + (variadic.map { [$0] } ?? [])
        names = (parameters + options).map(\.name)
        checks = declared.map(\.type.check)
        self.returns = returns
        self.example = example
        self.related = related
        isInternal = false
        self.body = body
    }

    init(internal name: String, _ body: @escaping LuaClass.Body) {
        self.name = name
        shortName = name
        isMethod = false
        prose = ""
        parameters = []
        variadic = nil
        options = []
        declared = []
        names = []
        checks = []
        returns = []
        example = nil
        related = []
        isInternal = true
        self.body = body
    }

    /// Where among the parameters and options the one of that name is.
    func position(of name: String) -> Int? { names.firstIndex(of: name) }

    static func lastPart(_ name: String) -> String {
        guard let mark = name.lastIndex(where: { $0 == "." || $0 == ":" }) else { return name }
        return String(name[name.index(after: mark)...])
    }

    /// How it is called: `cluster.kmeans(x, {k, seed})`, optional ones in brackets.
    public var usage: String {
        var parts = parameters.map { $0.isOptional ? "[\($0.name)]" : $0.name }
        if variadic != nil { parts.append("...") }
        let names = options.map(\.name).joined(separator: ", ")
        if options.isEmpty { return "\(name)(\(parts.joined(separator: ", ")))" }
        if parts.isEmpty { return "\(name){\(names)}" }
        parts.append("{\(names)}")
        return "\(name)(\(parts.joined(separator: ", ")))"
    }
}
