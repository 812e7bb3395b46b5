import Glibc
import Support

/// Memory that grows while a column is built and is never written afterwards.
final class Buffer: @unchecked Sendable {
    // Sendable by hand: only the builder that made it writes, and it lets go before anybody else sees it.
    private(set) var start: UnsafeMutableRawPointer
    private(set) var count = 0
    private var capacity: Int

    init() {
        // Never nil, so that an empty column still has an address to hand out.
        capacity = 64
        start = calloc(64, 1) ?? UnsafeMutableRawPointer.allocate(byteCount: 64, alignment: 16)
        NativeMemory.record(capacity)
    }

    deinit {
        free(start)
        NativeMemory.record(-capacity)
    }

    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: start, count: count) }

    /// Makes room for `extra` more bytes.
    func reserve(_ extra: Int) throws(Failure) {
        let (needed, overflow) = count.addingReportingOverflow(extra)
        guard !overflow, needed <= Int.max / 4 else { throw Failure(.memory, "the column would not fit in memory") }
        if needed <= capacity { return }
        let target = max(needed, capacity * 2)
        try NativeMemory.require(target - capacity)
        guard let moved = realloc(start, target) else {
            throw Failure(.memory, "no memory for a column of \(needed) bytes")
        }
        start = moved
        NativeMemory.record(target - capacity)
        capacity = target
    }

    func append(_ source: UnsafeRawBufferPointer) throws(Failure) {
        try reserve(source.count)
        if let from = source.baseAddress, source.count > 0 { memcpy(start + count, from, source.count) }
        count += source.count
    }

    func append<T: BitwiseCopyable>(_ value: T) throws(Failure) {
        try reserve(MemoryLayout<T>.size)
        start.storeBytes(of: value, toByteOffset: count, as: T.self)
        count += MemoryLayout<T>.size
    }

    func appendZeros(_ extra: Int) throws(Failure) {
        try reserve(extra)
        memset(start + count, 0, extra)
        count += extra
    }

    func load<T: BitwiseCopyable>(_ index: Int, as type: T.Type) -> T {
        start.loadUnaligned(fromByteOffset: index * MemoryLayout<T>.stride, as: T.self)
    }

    /// Bit `index`, counted from the lowest of each byte as Arrow does.
    func bit(_ index: Int) -> Bool {
        start.load(fromByteOffset: index >> 3, as: UInt8.self) & (1 << UInt8(index & 7)) != 0
    }

    /// Appends bit number `index` to a buffer that holds `index` bits.
    func appendBit(_ value: Bool, at index: Int) throws(Failure) {
        if index & 7 == 0 { try append(UInt8(0)) }
        guard value else { return }
        let byte = start.load(fromByteOffset: index >> 3, as: UInt8.self)
        start.storeBytes(of: byte | (1 << UInt8(index & 7)), toByteOffset: index >> 3, as: UInt8.self)
    }
}
