import Support

/// A place for the result of every block of a parallel loop.
final class ResultSlots<Value: Sendable>: Sendable {
    private let slots: Locked<[Value]>
    /// How many there are.
    let count: Int

    /// `count` places that hold `empty`.
    init(count: Int, empty: Value) {
        self.count = count
        slots = Locked([Value](repeating: empty, count: count))
    }

    /// Puts `value` into its place.
    func set(_ index: Int, _ value: Value) { slots.withLock { $0[index] = value } }

    /// What is in the places, in order.
    var values: [Value] { slots.withLock { $0 } }
}
