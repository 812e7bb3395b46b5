import CLua
import Support

/// Writes a value down for Lua part by part: for large ones, of which no copy is made in Swift. See `LuaValue.written`.
public struct LuaWriter {
    private let plan: Plan
    /// Where the tables begin that have not ended.
    private var open: [Int] = []

    init(_ plan: Plan) { self.plan = plan }

    /// Throws if the script was interrupted; asked for each value of many, it looks once in some thousands.
    public func poll() throws(Failure) { try plan.poll() }

    /// Writes `nil`.
    public func null() { plan.put(CLUA_NIL) }

    /// Writes a boolean.
    public func boolean(_ value: Bool) { plan.put(CLUA_BOOLEAN, integer: value ? 1 : 0) }

    /// Writes an integer.
    public func integer(_ value: Int) { plan.put(CLUA_INTEGER, integer: value) }

    /// Writes a number.
    public func number(_ value: Double) { plan.put(number: value) }

    /// Writes a string.
    public func string(_ bytes: UnsafeBufferPointer<UInt8>) { plan.put(string: bytes) }

    /// Writes an object.
    public func object(_ value: LuaObject) throws(Failure) { try plan.put(value) }

    /// Begins a list. Its elements follow, each one value.
    public mutating func beginList() {
        open.append(plan.itemCount)
        plan.put(CLUA_LIST)
    }

    /// Begins a table. Keys and values follow by turns; of equal keys the last counts.
    public mutating func beginTable() {
        open.append(plan.itemCount)
        plan.put(CLUA_RECORD)
    }

    /// Ends the list or table that was begun last: it has so many elements, or keys.
    public mutating func end(_ count: Int) {
        if let start = open.popLast() { plan.setCount(count, at: start) }
    }
}
