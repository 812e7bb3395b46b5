import CSystem

extension Cancellation {
    /// What stops the work that this thread does at present, for routines that are not told about their surroundings; nil where nobody said.
    /// Threads that help with the work do not have it.
    public static var present: Cancellation? {
        csystem_present().map { Unmanaged<Cancellation>.fromOpaque($0).takeUnretainedValue() }
    }

    /// The present cancellation of a thread, to be put back.
    public struct Present {
        @usableFromInline let pointer: UnsafeMutableRawPointer?

        @usableFromInline init(pointer: UnsafeMutableRawPointer?) { self.pointer = pointer }
    }

    /// Makes `cancellation`, which must live until it is replaced, the present one of this thread. Returns the one before.
    @inlinable @discardableResult public static func replacePresent(with cancellation: Cancellation?) -> Present {
        let before = Present(pointer: csystem_present())
        csystem_set_present(cancellation.map { Unmanaged.passUnretained($0).toOpaque() })
        return before
    }

    /// Puts back what was there before.
    @inlinable public static func replacePresent(with before: Present) { csystem_set_present(before.pointer) }

    /// Throws if the present work of this thread was asked to stop.
    public static func checkPresent() throws(Failure) { try present?.check() }
}
