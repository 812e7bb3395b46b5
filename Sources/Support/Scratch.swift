import Glibc

/// Plain memory for the inner loops of a routine, 64-byte aligned and counted as native memory, freed with its last reference.
///
/// Inlinable, because a generic class of another module that is not specialised costs a call for every element.
public final class Scratch<Element: BitwiseCopyable>: @unchecked Sendable {
    // Sendable by hand: whoever shares it over threads writes to parts that do not overlap.
    /// First element.
    public let start: UnsafeMutablePointer<Element>
    /// Number of elements.
    public let count: Int

    /// Memory for `count` elements, each set to `value`.
    @inlinable
    public convenience init(count: Int, repeating value: Element) {
        self.init(uninitialized: count)
        start.initialize(repeating: value, count: max(count, 1))
    }

    /// Memory for `count` elements of whatever content, each to be written before it is read. What threads write first the system clears on
    /// as many threads.
    @inlinable
    public init(uninitialized count: Int) {
        let bytes = max(count, 1) * MemoryLayout<Element>.stride
        guard let memory = LargePages.allocate(bytes) else { fatalError("out of memory") }
        start = memory.bindMemory(to: Element.self, capacity: max(count, 1))
        self.count = count
        NativeMemory.record(bytes)
    }

    deinit {
        free(start)
        NativeMemory.record(-max(count, 1) * MemoryLayout<Element>.stride)
    }

    /// The element at `index`, which the caller keeps below `count`.
    @inlinable
    public subscript(index: Int) -> Element {
        get {
            assert(index >= 0 && index < count)
            return start[index]
        }
        set {
            assert(index >= 0 && index < count)
            start[index] = newValue
        }
    }
}
