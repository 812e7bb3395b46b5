/// Looks at a cancellation once in a thousand times, for inner loops that cannot afford to do it every time.
public struct PollClock {
    @usableFromInline let cancellation: Cancellation
    @usableFromInline var ticks: UInt32 = 0

    /// A clock for one loop.
    @inlinable public init(_ cancellation: Cancellation) { self.cancellation = cancellation }

    /// Whether the cancellation was found set, counting this look.
    @inlinable public var isCancelled: Bool {
        mutating get {
            ticks &+= 1
            return ticks & 0x3ff == 0 && cancellation.isCancelled
        }
    }

    /// Throws if the cancellation was found set, counting this look.
    @inlinable public mutating func check() throws(Failure) {
        if isCancelled { try cancellation.check() }
    }
}
