import Synchronization

/// How many bytes of native memory the values of the core hold. The Lua layer reads it to charge Lua's collector, which would
/// otherwise see a one-gigabyte tensor as a few words.
public enum NativeMemory {
    private static let counter = Atomic<Int>(0)

    /// Bytes held now.
    public static var bytes: Int { counter.load(ordering: .relaxed) }

    /// Records an allocation of `count` bytes; a negative count records a release.
    public static func record(_ count: Int) { counter.wrappingAdd(count, ordering: .relaxed) }
}
