import CLua
import Support

/// A value on Lua's stack, looked at in place. Nothing here raises, allocates in Lua or calls a metamethod.
///
/// Valid only while the native function that received it runs.
public struct Argument {
    // Not counted, for speed: a state outlives the calls of its functions.
    unowned(unsafe) let state: LuaState
    let lua: OpaquePointer
    let index: Int32

    /// What stops the work on it.
    public var cancellation: Cancellation { state.cancellation }

    /// What it is.
    public enum Kind: Sendable { case none, `nil`, boolean, number, string, table, function, object, other }

    /// What it is; `none` stands for an argument that was not given.
    public var kind: Kind {
        switch lua_type(lua, index) {
        case LUA_TNONE: .none
        case LUA_TNIL: .nil
        case LUA_TBOOLEAN: .boolean
        case LUA_TNUMBER: .number
        case LUA_TSTRING: .string
        case LUA_TTABLE: .table
        case LUA_TFUNCTION: .function
        case LUA_TUSERDATA: clua_object(lua, index) == nil ? .other : .object
        default: .other
        }
    }

    /// Whether there is no value: not given, or nil.
    public var isNil: Bool { lua_type(lua, index) <= LUA_TNIL }

    /// The boolean, if it is one.
    public var boolean: Bool? { lua_type(lua, index) == LUA_TBOOLEAN ? lua_toboolean(lua, index) != 0 : nil }

    /// The number, if it is one (a string that looks like one is not).
    public var number: Double? { lua_type(lua, index) == LUA_TNUMBER ? lua_tonumberx(lua, index, nil) : nil }

    /// The integer, if it is one or a number without fraction.
    public var integer: Int? {
        guard lua_type(lua, index) == LUA_TNUMBER else { return nil }
        var exact: Int32 = 0
        let value = lua_tointegerx(lua, index, &exact)
        return exact != 0 ? Int(value) : nil
    }

    /// The string's bytes, if it is one.
    public var bytes: [UInt8]? { withBytes { Array($0) } }

    /// The string as text, ill-formed UTF-8 repaired, if it is one.
    public var text: String? { withBytes { String(decoding: $0, as: UTF8.self) } }

    /// Looks at the string's bytes without a copy, if it is one.
    public func withBytes<Result, Problem: Error>(
        _ body: (UnsafeBufferPointer<UInt8>) throws(Problem) -> Result
    ) throws(Problem) -> Result? {
        guard lua_type(lua, index) == LUA_TSTRING else { return nil }
        var count = 0
        guard let start = lua_tolstring(lua, index, &count) else { return nil }
        return try start.withMemoryRebound(to: UInt8.self, capacity: count) { (start) throws(Problem) in
            try body(UnsafeBufferPointer(start: start, count: count))
        }
    }

    func equals(_ text: String) -> Bool { withBytes { $0.elementsEqual(text.utf8) } ?? false }

    /// The object, if it is one of ours (closed or not).
    public var object: LuaObject? {
        clua_object(lua, index).map { Unmanaged<LuaObject>.fromOpaque($0).takeUnretainedValue() }
    }

    /// The object's Swift value, if it is of that type and was not closed.
    @inlinable public func object<Value>(_ type: Value.Type) -> Value? { object?.get(type) }

    /// The declaration, if it is a function of ours, or a module that can only be called.
    public var signature: Signature? {
        clua_signature(lua, index).map { Unmanaged<Signature>.fromOpaque($0).takeUnretainedValue() }
    }

    /// The border of a table (`#` without metamethods); 0 for other types.
    public var count: Int { kind == .table ? Int(lua_rawlen(lua, index)) : 0 }

    /// Whether the table's metatable has an entry of that name ("__len"); looks only.
    public func hasMetamethod(_ name: String) -> Bool {
        guard kind == .table, lua_checkstack(lua, 4) != 0 else { return false }
        let top = lua_gettop(lua)
        defer { lua_settop(lua, top) }
        guard lua_getmetatable(lua, index) != 0 else { return false }
        let key = Argument(state: state, lua: lua, index: top + 2)
        lua_pushnil(lua)
        while lua_next(lua, top + 1) != 0 {
            if key.equals(name) { return true }
            lua_settop(lua, top + 2)
        }
        return false
    }

    /// Whether all that stands in a table has names, which is no list, not even an empty one; `n`, the length of a list with holes, is none.
    public var hasOnlyNames: Bool {
        guard kind == .table, count == 0, lua_checkstack(lua, 4) != 0 else { return false }
        let top = lua_gettop(lua)
        defer { lua_settop(lua, top) }
        let key = Argument(state: state, lua: lua, index: top + 1)
        lua_pushnil(lua)
        while lua_next(lua, index) != 0 {
            if key.kind == .string, !key.equals("n") { return true }
            lua_settop(lua, top + 1)
        }
        return false
    }

    /// What came, where such a table did.
    public static let onlyNames = "table with names and without a list"

    /// Calls `body` with each value of the list part of a table, positions from 1. Nothing happens for other types.
    public func forEach(_ body: (_ position: Int, _ element: Argument) throws(Failure) -> Void) throws(Failure) {
        let count = self.count
        guard count > 0 else { return }
        guard lua_checkstack(lua, 4) != 0 else { throw Failure(.memory, "tables nested too deeply") }
        let top = lua_gettop(lua)
        defer { lua_settop(lua, top) }
        let element = Argument(state: state, lua: lua, index: top + 1)
        for position in 1...count {
            try state.countRead()
            lua_rawgeti(lua, index, lua_Integer(position))
            try body(position, element)
            lua_settop(lua, top)
        }
    }

    /// The numbers of a list, or nil if it is no list of numbers only.
    public func numbers() -> [Double]? {
        guard kind == .table else { return nil }
        var result: [Double] = []
        result.reserveCapacity(count)
        do throws(Failure) {
            try forEach { (_, element) throws(Failure) in
                guard let number = element.number else { throw .cancelled }
                result.append(number)
            }
        } catch { return nil }
        return result
    }

    /// A copy of the value, tables included.
    public func value() throws(Failure) -> LuaValue { try state.read(lua, index, depth: 0) }

    /// What came, in words for a message: `500`, `'abc'`, `table`, `nothing`.
    public var words: String {
        switch kind {
        case .none: "nothing"
        case .nil: "nil"
        case .boolean: boolean == true ? "true" : "false"
        case .number: number.map { isInteger ? String(integer ?? 0) : numberText($0) } ?? "number"
        case .string: withBytes(quoted) ?? "string"
        case .table: count > 0 ? "table with \(count) \(count == 1 ? "element" : "elements")" : "table"
        case .function: "function"
        case .object: object.map { $0.isClosed ? "closed \($0.luaClass.name)" : $0.luaClass.name } ?? "object"
        case .other: lua_type(lua, index) == LUA_TTHREAD ? "coroutine" : "userdata"
        }
    }

    private var isInteger: Bool { lua_isinteger(lua, index) != 0 }
}

/// A number as Lua writes it ("3.0", "0.1", "1e+20", "nan").
public func numberText(_ value: Double) -> String {
    if value.isNaN { return "nan" }
    if value.isInfinite { return value < 0 ? "-inf" : "inf" }
    return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { buffer in
        guard let start = buffer.baseAddress else { return "" }
        let count = clua_number_text(value, start)
        return String(decoding: UnsafeRawBufferPointer(start: start, count: count), as: UTF8.self)
    }
}

private func quoted(_ bytes: UnsafeBufferPointer<UInt8>) -> String {
    let limit = 40
    guard bytes.count > limit else { return "'\(String(decoding: bytes, as: UTF8.self))'" }
    // A character cut in two would show as a replacement mark.
    var end = limit
    while end > 0, bytes[end] & 0xc0 == 0x80 { end -= 1 }
    return "'\(String(decoding: bytes[..<end], as: UTF8.self))...'"
}
