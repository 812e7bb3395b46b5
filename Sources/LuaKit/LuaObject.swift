import Support

/// A Swift value that scripts hold: what a userdata points to.
public final class LuaObject {
    /// Its class.
    public let luaClass: LuaClass
    private var value: Any?

    /// Wraps `value`, which must be of the class's Swift type.
    public init(_ value: Any, of luaClass: LuaClass) {
        self.luaClass = luaClass
        self.value = value
    }

    /// Whether `close()` was called.
    public var isClosed: Bool { value == nil }

    /// Lets the value go now instead of when the collector comes by. Further uses are failures.
    public func close() { value = nil }

    /// Whether both stand for one thing: the same object, or objects around the same class instance.
    public func isSame(as other: LuaObject?) -> Bool {
        if self === other { return true }
        guard let mine = value, let theirs = other?.value, type(of: mine) is AnyObject.Type else { return false }
        return mine as AnyObject === theirs as AnyObject
    }

    /// The value, if it is of type `Value` and was not closed.
    public func get<Value>(_ type: Value.Type = Value.self) -> Value? { value as? Value }
}

/// A Swift type that scripts see as objects.
public protocol LuaVisible: SendableMetatype {
    /// How its values behave in Lua. Return one constant: `static var luaClass: LuaClass { someConstant }`.
    static var luaClass: LuaClass { get }
}
