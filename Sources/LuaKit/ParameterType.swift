import Support

/// What a parameter accepts: words for messages and help, and the check itself.
public struct ParameterType: Sendable {
    /// What the check found.
    public enum Verdict {
        /// The value is fine as it is.
        case accepted
        /// The value is fine, and this is what it means to the function (see `Call.converted`).
        case converted(Any)
        /// Not acceptable. `got` replaces the usual words for what came; `hint` says what to do.
        case refused(got: String? = nil, hint: String? = nil)
    }

    /// The shape of the type, for the machine-readable reference and completion.
    public indirect enum Form: Sendable {
        case any, boolean, string, table, function
        case number(minimum: Double?, maximum: Double?)
        case integer(minimum: Int?, maximum: Int?)
        case choice([String])
        case list(Form)
        case object(String)
        case either([Form])
        case custom(String)
    }

    /// What a string stands for, so that completion can offer what there is.
    public enum Content: Sendable {
        /// A file or folder.
        case path
        /// An installed model.
        case model
        /// SQL over the receiver or other tables.
        case sql
        /// A column of the receiver.
        case column
        /// A name to be explained.
        case topic
    }

    // Both are worked out when asked for: a class's own methods may take objects of that class, which is not declared yet.
    private let wording: @Sendable () -> String
    private let shape: @Sendable () -> Form
    /// Whether a Lua table can be meant by it (a trailing table is then taken for the options only if all its keys are options).
    public let acceptsTables: Bool
    /// What its strings, or the strings in its lists, stand for.
    public private(set) var content: Content?
    let check: @Sendable (Argument) throws(Failure) -> Verdict

    /// Completes "… expected, got …": "integer from 1 to 200".
    public var expected: String { wording() }
    /// The shape.
    public var form: Form { shape() }

    init(
        _ expected: @autoclosure @escaping @Sendable () -> String, _ form: @autoclosure @escaping @Sendable () -> Form,
        acceptsTables: Bool = false, check: @escaping @Sendable (Argument) throws(Failure) -> Verdict
    ) {
        wording = expected
        shape = form
        self.acceptsTables = acceptsTables
        self.check = check
    }

    /// A type of your own. `convert` returns what the argument means (read it with `call.converted(name, as:)`), nil to refuse it in
    /// the usual words, or throws a failure of its own; an argument failure is then reported under this parameter's name.
    /// - Parameters:
    ///   - name: the short name in stubs and the reference ("tensor-like").
    ///   - expected: the words before "expected" ("list, column or tensor").
    ///   - got: words for what came, if there are better ones than usual.
    public static func custom<Value>(
        _ name: String, expected: String, acceptsTables: Bool = true,
        got: @escaping @Sendable (Argument) -> String? = { _ in nil },
        convert: @escaping @Sendable (Argument) throws(Failure) -> Value?
    ) -> ParameterType {
        ParameterType(expected, .custom(name), acceptsTables: acceptsTables) { (argument) throws(Failure) in
            try convert(argument).map { .converted($0) } ?? .refused(got: got(argument))
        }
    }

    /// Anything but nothing.
    public static let any = ParameterType("value", .any, acceptsTables: true) { (argument) throws(Failure) in
        argument.kind == .none ? .refused() : .accepted
    }

    /// `true` or `false`.
    public static let boolean = ParameterType("true or false", .boolean) { (argument) throws(Failure) in
        argument.boolean == nil ? .refused() : .accepted
    }

    /// A string; a number is not taken for one.
    public static let string = ParameterType("string", .string) { (argument) throws(Failure) in
        argument.kind == .string ? .accepted : .refused()
    }

    /// The same type, of strings that stand for something.
    public func naming(_ content: Content) -> ParameterType {
        var type = self
        type.content = content
        return type
    }

    /// A string that is the path of a file or folder.
    public static let path = ParameterType("string", .string) { (argument) throws(Failure) in
        guard argument.kind == .string else { return .refused() }
        return argument.equals("") ? .refused(got: "an empty one") : .accepted
    }.naming(.path)

    /// Any table.
    public static let table = ParameterType("table", .table, acceptsTables: true) { (argument) throws(Failure) in
        argument.kind == .table ? .accepted : .refused()
    }

    /// A function, or an object that can be called.
    public static let function = ParameterType("function", .function) { (argument) throws(Failure) in
        argument.kind == .function ? .accepted : .refused()
    }

    /// Any number.
    public static let number = number("number", nil, nil) { _ in true }

    /// A number in a closed range.
    public static func number(_ range: ClosedRange<Double>) -> ParameterType {
        number(
            "number from \(short(range.lowerBound)) to \(short(range.upperBound))", range.lowerBound, range.upperBound
        ) {
            range.contains($0)
        }
    }

    /// A number of at least the bound.
    public static func number(_ range: PartialRangeFrom<Double>) -> ParameterType {
        number("number of at least \(short(range.lowerBound))", range.lowerBound, nil) { range.contains($0) }
    }

    /// A number above the bound.
    public static func number(above bound: Double) -> ParameterType {
        number("number above \(short(bound))", bound, nil) { $0 > bound }
    }

    /// Any integer; 3.0 is one.
    public static let integer = integer("integer", nil, nil)

    /// An integer in a closed range.
    public static func integer(_ range: ClosedRange<Int>) -> ParameterType {
        integer("integer from \(range.lowerBound) to \(range.upperBound)", range.lowerBound, range.upperBound)
    }

    /// An integer of at least the bound.
    public static func integer(_ range: PartialRangeFrom<Int>) -> ParameterType {
        integer("integer of at least \(range.lowerBound)", range.lowerBound, nil)
    }

    /// One of a few words.
    public static func choice(_ words: [String]) -> ParameterType {
        let expected = words.map { "'\($0)'" }.joined(separator: ", ")
        return ParameterType(words.count > 1 ? "one of \(expected)" : expected, .choice(words)) {
            (argument) throws(Failure) in
            guard let text = argument.text else { return .refused() }
            if words.contains(text) { return .accepted }
            return .refused(hint: nearest(to: text, in: words).map { "did you mean '\($0)'?" })
        }
    }

    /// A list whose elements are all of one type.
    public static func list(of element: ParameterType) -> ParameterType {
        let type = ParameterType("list of \(plural(element))", .list(element.form), acceptsTables: true) {
            (argument) throws(Failure) in
            guard argument.kind == .table else { return .refused() }
            guard !argument.hasOnlyNames else { return .refused(got: Argument.onlyNames) }
            var refusal: Verdict?
            try argument.forEach { (position, value) throws(Failure) in
                guard refusal == nil, case .refused(let got, let hint) = try element.check(value) else { return }
                refusal = .refused(got: "\(got ?? value.words) at position \(position)", hint: hint)
            }
            return refusal ?? .accepted
        }
        return element.content.map { type.naming($0) } ?? type
    }

    /// An object of a class of ours.
    public static func object<Value: LuaVisible>(_ type: Value.Type) -> ParameterType {
        ParameterType(Value.luaClass.name, .object(Value.luaClass.name)) { (argument) throws(Failure) in
            argument.object(Value.self) == nil ? .refused() : .accepted
        }
    }

    /// An object holding the Swift type `type`, called `name`.
    public static func object<Value: SendableMetatype>(_ name: String, _ type: Value.Type) -> ParameterType {
        ParameterType(name, .object(name)) { (argument) throws(Failure) in
            argument.object(Value.self) == nil ? .refused() : .accepted
        }
    }

    /// What any of `types` accepts.
    public static func either(_ types: ParameterType...) -> ParameterType {
        ParameterType(
            alternatives(types.map(\.expected)), .either(types.map(\.form)),
            acceptsTables: types.contains { $0.acceptsTables }
        ) { (argument) throws(Failure) in
            var first: Verdict?
            for type in types {
                let verdict = try type.check(argument)
                guard case .refused(let got, let hint) = verdict else { return verdict }
                if got != nil || hint != nil { first = first ?? verdict }
            }
            return first ?? .refused()
        }
    }
}

extension ParameterType {
    private static func number(
        _ expected: String, _ minimum: Double?, _ maximum: Double?, accepts: @escaping @Sendable (Double) -> Bool
    ) -> ParameterType {
        ParameterType(expected, .number(minimum: minimum, maximum: maximum)) { (argument) throws(Failure) in
            guard let number = argument.number else { return .refused(hint: numeral(argument)) }
            return accepts(number) ? .accepted : .refused()
        }
    }

    private static func integer(_ expected: String, _ minimum: Int?, _ maximum: Int?) -> ParameterType {
        ParameterType(expected, .integer(minimum: minimum, maximum: maximum)) { (argument) throws(Failure) in
            guard let value = argument.integer else { return .refused(hint: numeral(argument)) }
            return value >= minimum ?? .min && value <= maximum ?? .max ? .accepted : .refused()
        }
    }

    /// "5" is a string; say so rather than let it be read over.
    private static func numeral(_ argument: Argument) -> String? {
        guard let text = argument.text, Double(text) != nil else { return nil }
        return "a string; tonumber(…) makes a number of it"
    }

    private static func alternatives(_ words: [String]) -> String {
        words.count > 1 ? words.dropLast().joined(separator: ", ") + " or " + words[words.count - 1] : words.joined()
    }

    private static func short(_ value: Double) -> String {
        Int(exactly: value).map { String($0) } ?? numberText(value)
    }

    private static func plural(_ type: ParameterType) -> String {
        switch type.form {
        case .any: "values"
        case .boolean: "booleans"
        case .number, .integer, .string, .table, .function:
            type.expected.split(separator: " ", maxSplits: 1).enumerated()
                .map { $0.offset == 0 ? "\($0.element)s" : String($0.element) }.joined(separator: " ")
        default: "\(type.expected)"
        }
    }
}
