/// A Swift value that scripts hold: what a userdata points to.
public final class LuaObject {
    /// Its class.
    public let luaClass: LuaClass
    @usableFromInline let type: ObjectIdentifier
    @usableFromInline var held: (any HeldValue)?

    /// Wraps `value`, which must be of the class's Swift type.
    public init<Value>(_ value: Value, of luaClass: LuaClass) {
        self.luaClass = luaClass
        type = ObjectIdentifier(Value.self)
        held = Held(value)
    }

    /// Whether `close()` was called.
    public var isClosed: Bool { held == nil }

    /// Lets the value go now instead of when the collector comes by. Further uses are failures.
    public func close() { held = nil }

    /// Puts another value of the class's Swift type in place of the one held; every script variable that holds the object sees it.
    public func replace<Value>(with value: Value) {
        guard held != nil, type == ObjectIdentifier(Value.self) else { return }
        held = Held(value)
    }

    /// The value, if it is of type `Value` and was not closed.
    @inlinable public func get<Value>(_ type: Value.Type = Value.self) -> Value? {
        guard let held else { return nil }
        // Nearly every use asks for the very type that was stored; a cast would cost more than a short native function does.
        if self.type == ObjectIdentifier(type) { return unsafeDowncast(held, to: Held<Value>.self).value }
        return held.any as? Value
    }

    /// Whether both stand for one thing: the same object, or objects around the same class instance.
    public func isSame(as other: LuaObject?) -> Bool {
        if self === other { return true }
        guard let mine = held?.any, let theirs = other?.held?.any, Swift.type(of: mine) is AnyObject.Type else {
            return false
        }
        return mine as AnyObject === theirs as AnyObject
    }
}

/// A Swift type that scripts see as objects.
public protocol LuaVisible: SendableMetatype {
    /// How its values behave in Lua. Return one constant: `static var luaClass: LuaClass { someConstant }`.
    static var luaClass: LuaClass { get }
}

@usableFromInline protocol HeldValue: AnyObject {
    var any: Any { get }
}

@usableFromInline final class Held<Value>: HeldValue {
    @usableFromInline let value: Value

    init(_ value: Value) { self.value = value }

    @usableFromInline var any: Any { value }
}
