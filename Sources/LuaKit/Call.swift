import CLua
import Support

/// A native function being called: its arguments, checked against the declaration, and the session around it.
///
/// Valid only while the function runs: the object is used again for later calls, which makes a call three times as fast.
public final class Call {
    // Like the declaration not counted: both outlive the call, and counting references is most of what a short one costs.
    /// The state that calls.
    public unowned(unsafe) let state: LuaState
    private(set) var declaration: Unmanaged<Signature>
    private(set) var lua: OpaquePointer
    private(set) var count: Int32 = 0
    /// What C is to push when the function has returned.
    let plan: Plan
    /// Where on the C stack the frame lies that performs the plan.
    private(set) var frame: UInt = 0
    // Nothing reaches back here while these are written: to have that proved at run time is a quarter of a short call.
    /// Where on Lua's stack the argument of each declared parameter is; 0 if it was not given.
    @exclusivity(unchecked) var places: [Int32] = []
    /// What `ParameterType.custom` made of arguments, by the positions of their parameters.
    @exclusivity(unchecked) var conversions: [(position: Int, value: Any)] = []
    var variadicStart: Int32 = 0
    var variadicEnd: Int32 = 0

    /// The call inside which this one runs, and one to run inside it.
    let outer: Unmanaged<Call>?
    var inner: Call?

    init(_ state: LuaState, _ lua: OpaquePointer, _ signature: Signature, inside outer: Unmanaged<Call>?) {
        self.state = state
        declaration = .passUnretained(signature)
        self.lua = lua
        self.outer = outer
        plan = Plan(state)
    }

    /// Turns to the next call.
    func begin(_ lua: OpaquePointer, _ signature: Signature, frame: UInt) {
        self.lua = lua
        declaration = .passUnretained(signature)
        self.frame = frame
        count = lua_gettop(lua)
        variadicStart = 0
        variadicEnd = 0
    }

    /// Lets go of what the arguments became.
    func end() {
        if !conversions.isEmpty { conversions = [] }
    }

    // MARK: Surroundings

    /// The declaration of the function.
    public var signature: Signature { declaration.takeUnretainedValue() }

    /// What a long routine is told: threads, cancellation, progress.
    public var work: Work { state.work }

    /// The `seed` option if it was given, otherwise the session's seed.
    public var seed: UInt64 {
        if let seed = givenSeed { return UInt64(bitPattern: Int64(seed)) }
        return state.seed
    }

    /// The `seed` option if it was given, otherwise a new seed that follows from the session's and the number of draws before: for
    /// functions whose very result is random numbers, where two calls shall not give the same.
    public var drawSeed: UInt64 {
        if givenSeed != nil { return seed }
        state.draws += 1
        var generator = SeededGenerator(seed: state.seed, stream: state.draws)
        return generator.next()
    }

    private var givenSeed: Int? {
        signature.position(of: "seed").flatMap { places[$0] > 0 ? argument(Int(places[$0])).integer : nil }
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
    @inlinable public func receiver<Value>(_ type: Value.Type) throws(Failure) -> Value {
        if let value = argument(1).object(type) { return value }
        throw otherReceiver
    }

    @usableFromInline var otherReceiver: Failure {
        if let object = argument(1).object, object.isClosed { return LuaClass.closed(object.luaClass.name) }
        let hint = signature.isMethod ? ", as in x:\(signature.shortName)(...)" : ""
        return .operation("\(signature.name) is called with a colon on its object\(hint); got \(argument(1).words)")
    }

    // MARK: By name, checked

    /// The argument for the parameter `name`; nil if it was not given and has no default, or was given as nil.
    public func value(_ name: String) throws(Failure) -> LuaValue {
        guard let argument = try given(name) else { return try standing(for: name)?.value ?? .nil }
        do throws(Failure) {
            return try argument.value()
        } catch {
            guard case .argument = error.kind else { throw error }
            throw .argument(name, expected: error.problem, got: error.got ?? "nothing", hint: error.hint)
        }
    }

    /// The argument for `name` in place, without a copy; nil if it was not given.
    public func given(_ name: String) throws(Failure) -> Argument? {
        let place = places[try position(name)]
        return place > 0 ? argument(Int(place)) : nil
    }

    /// Whether `name` was given.
    public func has(_ name: String) throws(Failure) -> Bool { places[try position(name)] > 0 }

    /// An integer that is required or has a default.
    public func integer(_ name: String) throws(Failure) -> Int { try need(name, try integer(ifGiven: name)) }

    /// An integer that may be missing.
    public func integer(ifGiven name: String) throws(Failure) -> Int? {
        if let argument = try given(name) { return argument.integer }
        if case .integer(let value) = try standing(for: name) { return value }
        return nil
    }

    /// A number that is required or has a default.
    public func number(_ name: String) throws(Failure) -> Double { try need(name, try number(ifGiven: name)) }

    /// A number that may be missing.
    public func number(ifGiven name: String) throws(Failure) -> Double? {
        if let argument = try given(name) { return argument.number }
        switch try standing(for: name) {
        case .number(let value): return value
        case .integer(let value): return Double(value)
        default: return nil
        }
    }

    /// A boolean that is required or has a default.
    public func boolean(_ name: String) throws(Failure) -> Bool { try need(name, try boolean(ifGiven: name)) }

    /// A boolean that may be missing.
    public func boolean(ifGiven name: String) throws(Failure) -> Bool? {
        if let argument = try given(name) { return argument.boolean }
        if case .boolean(let value) = try standing(for: name) { return value }
        return nil
    }

    /// A string as text (ill-formed UTF-8 repaired) that is required or has a default.
    public func string(_ name: String) throws(Failure) -> String { try need(name, try string(ifGiven: name)) }

    /// A string as text that may be missing.
    public func string(ifGiven name: String) throws(Failure) -> String? {
        if let argument = try given(name) { return argument.text }
        if case .string(let value) = try standing(for: name) { return value }
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
    /// name another file; `~/` is the home folder. For what may be a name of something as well; whoever takes it for a path asks `work.files`.
    public func uncheckedPath(_ name: String) throws(Failure) -> String {
        let path = try string(name)
        if let given = try given(name), given.withBytes({ !$0.elementsEqual(path.utf8) }) == true {
            throw .argument(name, expected: "path that is valid UTF-8", got: given.words)
        }
        if path.utf8.contains(0) { throw .argument(name, expected: "path", got: "a string with a NUL byte") }
        return Folders.expanded(path)
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
        let position = try position(name)
        return conversions.first { $0.position == position }?.value as? Value
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

    /// The default of a parameter that has one.
    private func standing(for name: String) throws(Failure) -> Parameter.Constant? {
        if case .value(let constant) = signature.declared[try position(name)].absence { return constant }
        return nil
    }

    private func position(_ name: String) throws(Failure) -> Int {
        if let position = signature.position(of: name), position < places.count { return position }
        throw .operation("\(signature.name) does not declare '\(name)'")
    }

    private func need<Value>(_ name: String, _ value: Value?) throws(Failure) -> Value {
        if let value { return value }
        throw .operation(
            "\(signature.name) reads '\(name)' as something it is not declared to be, or that was not given")
    }
}
