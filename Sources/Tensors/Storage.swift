import Glibc
import Support

/// The memory that one or several tensors look at: its own, 64-byte aligned, or borrowed from an owner (a mapped file, an
/// Arrow buffer) that is kept alive as long as the storage is.
public final class Storage: @unchecked Sendable {
    // Sendable by hand: tensors have reference meaning like everywhere in the field; whoever writes while another thread reads
    // must keep them apart, which the single Lua thread and the blocks of `Work.forEach` do.
    /// First byte.
    public private(set) var start: UnsafeMutableRawPointer
    /// Bytes from `start`.
    public let byteCount: Int
    /// Whether the memory may be written. Mapped files and Arrow buffers may not: see `makeWritable()`.
    public var isWritable: Bool { owner == nil }
    /// How often the memory was written after it was made: whoever kept a tensor for later sees whether it is still the same.
    public private(set) var version = 0
    private var owner: AnyObject?
    // Where an empty borrowed buffer points, since a tensor's memory is never nil.
    nonisolated(unsafe) private static let empty = UnsafeMutableRawPointer.allocate(byteCount: 64, alignment: 64)

    /// Memory of its own. Without `zeroed` its content is whatever was there: for results that are written whole.
    ///
    /// - Parameter work: writes the zeros; this thread alone if nil.
    /// - Throws: a memory failure where the machine has not that much left.
    public init(byteCount: Int, zeroed: Bool = true, work: Work? = nil) throws(Failure) {
        start = try Storage.allocate(byteCount)
        self.byteCount = byteCount
        owner = nil
        NativeMemory.record(byteCount)
        if zeroed { try clear(work) }
    }

    /// Read-only memory that belongs to `owner`.
    public init(borrowing bytes: UnsafeRawBufferPointer, from owner: AnyObject) {
        start = bytes.baseAddress.map(UnsafeMutableRawPointer.init(mutating:)) ?? Storage.empty
        byteCount = bytes.count
        self.owner = owner
    }

    deinit {
        if owner == nil {
            free(start)
            NativeMemory.record(-byteCount)
        }
    }

    /// Announces a write. Copies borrowed memory, once, so that it may be written; every tensor that shares this storage sees the copy, and the
    /// file or table behind it stays as it is.
    func makeWritable() throws(Failure) {
        version &+= 1
        guard owner != nil else { return }
        let copy = try Storage.allocate(byteCount)
        do throws(Failure) {
            try Storage.copy(UnsafeRawBufferPointer(start: start, count: byteCount), to: copy)
        } catch {
            free(copy)
            throw error
        }
        start = copy
        owner = nil
        NativeMemory.record(byteCount)
    }

    /// Writes zeros over all of it.
    func clear(_ work: Work?) throws(Failure) {
        nonisolated(unsafe) let target = start
        try Storage.inBlocks(byteCount, work) { memset(target + $0.lowerBound, 0, $0.count) }
    }

    /// Copies bytes, and gives up soon after the present work is cancelled.
    static func copy(_ bytes: UnsafeRawBufferPointer, to target: UnsafeMutableRawPointer) throws(Failure) {
        guard let start = bytes.baseAddress else { return }
        nonisolated(unsafe) let (source, target) = (start, target)
        try inBlocks(bytes.count, nil) { memcpy(target + $0.lowerBound, source + $0.lowerBound, $0.count) }
    }

    // Blocks of at most some milliseconds, the first touch of fresh memory included, on this thread alone without `work`. What is smaller than one
    // costs nothing more.
    private static func inBlocks(
        _ byteCount: Int, _ work: Work?, _ body: @Sendable (Range<Int>) -> Void
    ) throws(Failure) {
        let block = 1 << 20
        if byteCount <= block { return body(0..<byteCount) }
        try (work ?? Work(threads: 1)).forEach((byteCount + block - 1) / block) { index, _ in
            body(index * block..<min((index + 1) * block, byteCount))
        }
    }

    private static func allocate(_ byteCount: Int) throws(Failure) -> UnsafeMutableRawPointer {
        try NativeMemory.require(byteCount)
        // Linux grants more than it has and kills the process later, so large requests are compared with what is free.
        if byteCount >= 1 << 26, let free = MemoryAvailable.bytes(), byteCount > free {
            throw Failure(
                .memory, "\(MemoryAvailable.words(byteCount)) of memory needed, \(MemoryAvailable.words(free)) free")
        }
        guard let memory = LargePages.allocate(byteCount) else {
            throw Failure(.memory, "\(MemoryAvailable.words(byteCount)) of memory needed, more than there is")
        }
        return memory
    }
}
