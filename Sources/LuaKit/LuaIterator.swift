import Support

/// What `for x in ...` calls for the next value: an object around a Swift function.
public final class LuaIterator: LuaVisible {
    private let next: (Call) throws(Failure) -> LuaValue
    private var finish: (() -> Void)?

    /// An iterator that ends when `next` gives nil. `finish` runs once, at the end or when the loop is left early, provided that
    /// the iterator is also the loop's closing value.
    public init(finish: (() -> Void)? = nil, _ next: @escaping (Call) throws(Failure) -> LuaValue) {
        self.finish = finish
        self.next = next
    }

    deinit { end() }

    /// Says that there is nothing more.
    public func end() {
        finish?()
        finish = nil
    }

    /// Objects that are called.
    public static let luaClass = LuaClass(
        "iterator", for: LuaIterator.self, "Gives the next value each time it is called; nil at the end.",
        operators: [
            (
                .call,
                { call throws(Failure) in
                    let iterator = try call.receiver(LuaIterator.self)
                    return try iterator.next(call)
                }
            )
        ],
        close: { $0.end() })
}

extension LuaValue {
    /// Something that `for` loops over; `next` gives nil (or several values, the first nil) at the end.
    public static func iterator(_ next: @escaping () throws(Failure) -> LuaValue) -> LuaValue {
        .object(LuaIterator { _ throws(Failure) in try next() })
    }
}
