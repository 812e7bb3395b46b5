import Support

/// What `for x in ...` calls for the next value: an object around a Swift function.
public final class LuaIterator: LuaVisible {
    private let next: () throws(Failure) -> LuaValue

    /// An iterator that ends when `next` gives nil.
    public init(_ next: @escaping () throws(Failure) -> LuaValue) { self.next = next }

    /// Objects that are called.
    public static let luaClass = LuaClass(
        "iterator", for: LuaIterator.self, "Gives the next value each time it is called; nil at the end.",
        operators: [(.call, { call throws(Failure) in try call.receiver(LuaIterator.self).next() })])
}

extension LuaValue {
    /// Something that `for` loops over; `next` gives nil (or several values, the first nil) at the end.
    public static func iterator(_ next: @escaping () throws(Failure) -> LuaValue) -> LuaValue {
        .object(LuaIterator(next))
    }
}
