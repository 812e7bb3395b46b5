import Support

/// The memory that one or several tensors look at: its own, 64-byte aligned, or borrowed from an owner (a mapped file, an
/// Arrow buffer) that is kept alive as long as the storage is.
public final class Storage: @unchecked Sendable {
    // Sendable by hand: tensors have reference meaning like everywhere in the field; whoever writes while another thread reads
    // must keep them apart, which the single Lua thread and the blocks of `Work.forEach` do.
    /// First byte.
    public let start: UnsafeMutableRawPointer
    /// Bytes from `start`.
    public let byteCount: Int
    /// Whether the memory may be written. Mapped files and Arrow buffers may not: writers copy first.
    public let isWritable: Bool
    private let owner: AnyObject?
    // Where an empty borrowed buffer points, since a tensor's memory is never nil.
    nonisolated(unsafe) private static let empty = UnsafeMutableRawPointer.allocate(byteCount: 64, alignment: 64)

    /// Zeroed memory of its own.
    public init(byteCount: Int) {
        start = UnsafeMutableRawPointer.allocate(byteCount: max(byteCount, 1), alignment: 64)
        start.initializeMemory(as: UInt8.self, repeating: 0, count: max(byteCount, 1))
        self.byteCount = byteCount
        isWritable = true
        owner = nil
        NativeMemory.record(byteCount)
    }

    /// Read-only memory that belongs to `owner`.
    public init(borrowing bytes: UnsafeRawBufferPointer, from owner: AnyObject) {
        start = bytes.baseAddress.map(UnsafeMutableRawPointer.init(mutating:)) ?? Storage.empty
        byteCount = bytes.count
        isWritable = false
        self.owner = owner
    }

    deinit {
        if owner == nil {
            start.deallocate()
            NativeMemory.record(-byteCount)
        }
    }
}
