import CLua
import Support

/// A native function being called: its arguments, checked against the declaration, and the session around it.
public final class Call {
    /// The state that calls.
    public let state: LuaState
    /// The declaration of the function.
    public let signature: Signature
    let lua: OpaquePointer
    let count: Int32
    var slots: [Slot] = []
    var variadicStart: Int32 = 0
    var variadicEnd: Int32 = 0

    struct Slot {
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
        if let index = slot.index {
            do throws(Failure) {
                return try argument(Int(index)).value()
            } catch {
                guard case .argument = error.kind else { throw error }
                throw .argument(name, expected: error.problem, got: error.got ?? "nothing", hint: error.hint)
            }
        }
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

    /// A path of a file that the script may touch.
    public func path(_ name: String) throws(Failure) -> String {
        let path = try uncheckedPath(name)
        try work.files.require(path)
        return path
    }

    /// A path, wherever it leads: a string without NUL, which the file system would cut there, and in UTF-8, since repairing it would
    /// name another file. For what may be a name of something as well; whoever takes it for a path asks `work.files`.
    public func uncheckedPath(_ name: String) throws(Failure) -> String {
        let path = try string(name)
        if let given = try given(name), given.withBytes({ !$0.elementsEqual(path.utf8) }) == true {
            throw .argument(name, expected: "path that is valid UTF-8", got: given.words)
        }
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
