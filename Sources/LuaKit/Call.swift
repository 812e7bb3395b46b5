import CLua
import Support

/// A native function being called: its arguments, checked against the declaration, and the session around it.
public final class Call {
    /// The state that calls.
    public let state: LuaState
    /// The declaration of the function.
    public let signature: Signature
    let lua: OpaquePointer
    private let count: Int32
    private var slots: [Slot] = []
    private var variadicStart: Int32 = 0
    private var variadicEnd: Int32 = 0

    private struct Slot {
        let parameter: Parameter
        /// Where on the stack; nil if it was not given.
        let index: Int32?
        let converted: Any?
    }

    init(_ state: LuaState, _ lua: OpaquePointer, _ signature: Signature) {
        self.state = state
        self.signature = signature
        self.lua = lua
        count = lua_gettop(lua)
    }

    // MARK: Surroundings

    /// What a long routine is told: threads, cancellation, progress.
    public var work: Work { state.work }

    /// The `seed` option if it was given, otherwise the session's seed.
    public var seed: UInt64 {
        if let slot = slots.first(where: { $0.parameter.name == "seed" }), let index = slot.index,
            let seed = argument(Int(index)).integer
        {
            return UInt64(bitPattern: Int64(seed))
        }
        return state.seed
    }

    /// The `seed` option if it was given, otherwise a new seed that follows from the session's and the number of draws before: for
    /// functions whose very result is random numbers, where two calls shall not give the same.
    public var drawSeed: UInt64 {
        if slots.contains(where: { $0.parameter.name == "seed" && $0.index != nil }) { return seed }
        state.draws += 1
        var generator = SeededGenerator(seed: state.seed, stream: state.draws)
        return generator.next()
    }

    // MARK: By position, as they came

    /// How many arguments were given, the receiver included.
    public var argumentCount: Int { Int(count) }

    /// The argument at `position`, from 1, the receiver of a method included.
    public func argument(_ position: Int) -> Argument {
        Argument(state: state, lua: lua, index: Int32(clamping: position))
    }

    /// The object before the colon, or the one whose operator runs.
    public func receiver() throws(Failure) -> LuaObject {
        guard let object = argument(1).object else {
            throw .operation("\(signature.name) is called with a colon on an object, got \(argument(1).words)")
        }
        return object
    }

    /// The receiver's Swift value.
    public func receiver<Value>(_ type: Value.Type) throws(Failure) -> Value {
        if let value = argument(1).object?.get(type) { return value }
        if let object = argument(1).object, object.isClosed { throw LuaClass.closed(object.luaClass.name) }
        let hint = signature.isMethod ? ", as in x:\(signature.shortName)(...)" : ""
        throw .operation("\(signature.name) is called with a colon on its object\(hint); got \(argument(1).words)")
    }

    // MARK: By name, checked

    /// The argument for the parameter `name`; nil if it was not given and has no default, or was given as nil.
    public func value(_ name: String) throws(Failure) -> LuaValue {
        let slot = try slot(name)
        if let index = slot.index { return try argument(Int(index)).value() }
        if case .value(let constant) = slot.parameter.absence { return constant.value }
        return .nil
    }

    /// The argument for `name` in place, without a copy; nil if it was not given.
    public func given(_ name: String) throws(Failure) -> Argument? {
        try slot(name).index.map { argument(Int($0)) }
    }

    /// Whether `name` was given.
    public func has(_ name: String) throws(Failure) -> Bool { try slot(name).index != nil }

    /// An integer that is required or has a default.
    public func integer(_ name: String) throws(Failure) -> Int { try need(name, try integer(ifGiven: name)) }

    /// An integer that may be missing.
    public func integer(ifGiven name: String) throws(Failure) -> Int? {
        let slot = try slot(name)
        if let index = slot.index { return argument(Int(index)).integer }
        if case .value(.integer(let value)) = slot.parameter.absence { return value }
        return nil
    }

    /// A number that is required or has a default.
    public func number(_ name: String) throws(Failure) -> Double { try need(name, try number(ifGiven: name)) }

    /// A number that may be missing.
    public func number(ifGiven name: String) throws(Failure) -> Double? {
        let slot = try slot(name)
        if let index = slot.index { return argument(Int(index)).number }
        switch slot.parameter.absence {
        case .value(.number(let value)): return value
        case .value(.integer(let value)): return Double(value)
        default: return nil
        }
    }

    /// A boolean that is required or has a default.
    public func boolean(_ name: String) throws(Failure) -> Bool { try need(name, try boolean(ifGiven: name)) }

    /// A boolean that may be missing.
    public func boolean(ifGiven name: String) throws(Failure) -> Bool? {
        let slot = try slot(name)
        if let index = slot.index { return argument(Int(index)).boolean }
        if case .value(.boolean(let value)) = slot.parameter.absence { return value }
        return nil
    }

    /// A string as text (ill-formed UTF-8 repaired) that is required or has a default.
    public func string(_ name: String) throws(Failure) -> String { try need(name, try string(ifGiven: name)) }

    /// A string as text that may be missing.
    public func string(ifGiven name: String) throws(Failure) -> String? {
        let slot = try slot(name)
        if let index = slot.index { return argument(Int(index)).text }
        if case .value(.string(let value)) = slot.parameter.absence { return value }
        return nil
    }

    /// A string's exact bytes.
    public func bytes(_ name: String) throws(Failure) -> [UInt8] {
        if let argument = try given(name), let bytes = argument.bytes { return bytes }
        return Array(try string(name).utf8)
    }

    /// A path: a string without NUL, which the file system would cut there.
    public func path(_ name: String) throws(Failure) -> String {
        let path = try string(name)
        if path.utf8.contains(0) { throw .argument(name, expected: "path", got: "a string with a NUL byte") }
        return path
    }

    /// An object's Swift value that is required.
    public func object<Value>(_ name: String, _ type: Value.Type = Value.self) throws(Failure) -> Value {
        try need(name, try object(ifGiven: name, type))
    }

    /// An object's Swift value that may be missing.
    public func object<Value>(ifGiven name: String, _ type: Value.Type = Value.self) throws(Failure) -> Value? {
        try given(name)?.object(type)
    }

    /// What a `ParameterType.custom` made of the argument; required.
    public func converted<Value>(_ name: String, _ type: Value.Type = Value.self) throws(Failure) -> Value {
        try need(name, try converted(ifGiven: name, type))
    }

    /// What a `ParameterType.custom` made of the argument; nil if it was not given.
    public func converted<Value>(ifGiven name: String, _ type: Value.Type = Value.self) throws(Failure) -> Value? {
        try slot(name).converted as? Value
    }

    /// A list of numbers that is required.
    public func numbers(_ name: String) throws(Failure) -> [Double] { try need(name, try given(name)?.numbers()) }

    /// A list of strings that is required.
    public func strings(_ name: String) throws(Failure) -> [String] { try need(name, try strings(ifGiven: name)) }

    /// A list of strings that may be missing.
    public func strings(ifGiven name: String) throws(Failure) -> [String]? {
        guard let argument = try given(name) else { return nil }
        var result: [String] = []
        try argument.forEach { (_, element) in if let text = element.text { result.append(text) } }
        return result
    }

    /// A table that is required, copied.
    public func table(_ name: String) throws(Failure) -> LuaTable { try need(name, try value(name).table) }

    /// A function that is required.
    public func function(_ name: String) throws(Failure) -> LuaFunction {
        guard case .function(let function) = try value(name) else { return try need(name, nil) }
        return function
    }

    /// The further values of a variadic function, in place.
    public var variadic: [Argument] {
        variadicStart < variadicEnd ? (variadicStart..<variadicEnd).map { argument(Int($0)) } : []
    }

    private func slot(_ name: String) throws(Failure) -> Slot {
        for slot in slots where slot.parameter.name == name { return slot }
        throw .operation("\(signature.name) does not declare '\(name)'")
    }

    private func need<Value>(_ name: String, _ value: Value?) throws(Failure) -> Value {
        if let value { return value }
        throw .operation(
            "\(signature.name) reads '\(name)' as something it is not declared to be, or that was not given")
    }
}

// MARK: - Checking

extension Call {
    /// Finds each parameter's argument and checks it.
    func bind() throws(Failure) {
        if signature.isInternal { return }
        let first: Int32 = signature.isMethod ? 2 : 1
        if signature.isMethod, argument(1).object == nil {
            throw .operation(
                "\(signature.name) is called with a colon, as in x:\(signature.shortName)(...); got \(argument(1).words)"
            )
        }
        let options = optionsIndex(from: first)
        let end = options ?? count + 1
        slots.reserveCapacity(signature.parameters.count + signature.options.count)
        var index = first
        for parameter in signature.parameters {
            try bind(parameter, at: index < end ? index : nil)
            index += 1
        }
        if let variadic = signature.variadic {
            variadicStart = min(index, end)
            variadicEnd = end
            for position in variadicStart..<variadicEnd { _ = try check(variadic, argument(Int(position))) }
        } else if index < end, !(index..<end).allSatisfy({ argument(Int($0)).isNil }) {
            throw tooMany(at: index, from: first)
        }
        if !signature.options.isEmpty { try bindOptions(options) }
    }

    /// Where the table of options is, if there is one.
    private func optionsIndex(from first: Int32) -> Int32? {
        guard !signature.options.isEmpty, count >= first, argument(Int(count)).kind == .table else { return nil }
        let position = Int(count - first)
        guard position < signature.parameters.count else {
            guard position > signature.parameters.count || signature.variadic != nil else { return count }
            // Among variadic values that may be tables themselves, a table without a list part is the options.
            guard let variadic = signature.variadic, variadic.type.acceptsTables else { return count }
            return argument(Int(count)).count == 0 ? count : nil
        }
        // f(x, {dim=1}) with an optional parameter left out before the options.
        let skipped = signature.parameters[position...]
        return skipped.allSatisfy { $0.isOptional && !$0.type.acceptsTables } ? count : nil
    }

    private func tooMany(at index: Int32, from first: Int32) -> Failure {
        let most = signature.parameters.count
        let came = argument(Int(index))
        if !signature.options.isEmpty, Int(index - first) == most {
            return .argument(
                "options", expected: "table of options", got: came.words, hint: "usage: \(signature.usage)")
        }
        let words = most == 0 ? "no arguments" : most == 1 ? "1 argument" : "\(most) arguments"
        return .operation(
            "\(signature.name) takes \(words), got \(count - first + 1)", hint: "usage: \(signature.usage)")
    }

    private func bind(_ parameter: Parameter, at index: Int32?) throws(Failure) {
        guard let index, !argument(Int(index)).isNil else {
            if case .required = parameter.absence {
                let got = index.map { argument(Int($0)).words } ?? "nothing"
                throw .argument(parameter.name, expected: parameter.type.expected, got: got)
            }
            slots.append(Slot(parameter: parameter, index: nil, converted: nil))
            return
        }
        let converted = try check(parameter, argument(Int(index)))
        slots.append(Slot(parameter: parameter, index: index, converted: converted))
    }

    private func check(_ parameter: Parameter, _ argument: Argument) throws(Failure) -> Any? {
        let verdict: ParameterType.Verdict
        do throws(Failure) {
            verdict = try parameter.type.check(argument)
        } catch {
            // A conversion knows what it expected, but not what the parameter is called here.
            guard case .argument = error.kind else { throw error }
            throw .argument(
                parameter.name, expected: error.problem, got: error.got ?? argument.words, hint: error.hint)
        }
        switch verdict {
        case .accepted: return nil
        case .converted(let value): return value
        case .refused(let got, let hint):
            let expected = parameter.type.expected
            throw .argument(parameter.name, expected: expected, got: got ?? argument.words, hint: hint)
        }
    }

    /// Copies the options that were given to stack slots of their own, then checks them in declared order.
    private func bindOptions(_ table: Int32?) throws(Failure) {
        let options = signature.options
        var given = [Bool](repeating: false, count: options.count)
        let start = lua_gettop(lua) + 1
        if let table {
            guard lua_checkstack(lua, Int32(options.count) + 8) != 0 else {
                throw Failure(.memory, "no room for the options")
            }
            for _ in options { lua_pushnil(lua) }
            let key = start + Int32(options.count)
            var unknown: [String] = []
            lua_pushnil(lua)
            while lua_next(lua, table) != 0 {
                let name = argument(Int(key))
                if let position = options.firstIndex(where: { name.equals($0.name) }) {
                    lua_copy(lua, -1, start + Int32(position))
                    given[position] = true
                } else {
                    unknown.append(name.text ?? "[\(name.words)]")
                }
                lua_settop(lua, key)
            }
            // The table's order must not decide which one is named.
            if let name = unknown.min() { throw unknownOption(name) }
        }
        for (position, option) in options.enumerated() {
            try bind(option, at: given[position] ? start + Int32(position) : nil)
        }
    }

    private func unknownOption(_ name: String) -> Failure {
        let names = signature.options.map(\.name)
        let hint = nearest(to: name, in: names).map { "did you mean '\($0)'?" }
        return .operation(
            "unknown option '\(name)' for \(signature.name)", hint: hint ?? "options: \(names.joined(separator: ", "))")
    }
}

extension Argument {
    func equals(_ text: String) -> Bool { withBytes { $0.elementsEqual(text.utf8) } ?? false }
}
