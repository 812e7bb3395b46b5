import CZlib
import Glibc
import Support

/// Vectors kept in a file that grows, each found again by a digest of what it was made from.
///
/// The file is a head (16 bytes that name the format, the vectors' dimension as 8) and then blocks: a count as 8 bytes, that many keys of 20 bytes, and as many
/// vectors of float32, all little-endian. A key ends with the CRC-32 of its other bytes and its vector: what was damaged counts as not there, and
/// all that follows a damaged count. Opening reads the keys alone. A block that was being written when the program ended is cut off by the next one: whoever
/// was interrupted goes on from the last whole block. One program at a time has the file, and a value is used by one thread.
final class VectorCache {
    /// The first half of a digest by SHA-256: of 2^40 texts no two would be expected to share it.
    struct Key: Hashable {
        let high: UInt64
        let low: UInt64

        init(_ digest: [UInt8]) {
            (high, low) = digest.withUnsafeBytes {
                ($0.loadUnaligned(as: UInt64.self), $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            }
        }

        init(high: UInt64, low: UInt64) { (self.high, self.low) = (high, low) }
    }

    private static let format = Array("cohort vectors 2".utf8)
    private static let headSize = 24
    private static let keySize = 20
    private static let largestBlock: UInt64 = 1 << 20

    private let path: String
    private let descriptor: Int32
    private let dimension: Int
    /// Where each key's vector begins in the file, and its checksum.
    private var places: [Key: (start: Int, checksum: UInt32)] = [:]
    /// The end of the last whole block.
    private var end = headSize

    /// Opens the file at `path`, or makes it.
    ///
    /// - Throws: `file` if it cannot be used or another program has it; `format` if it is another kind of file, or of another dimension.
    init(_ path: String, dimension: Int) throws(Failure) {
        self.path = path
        self.dimension = dimension
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else {
            let code = errno
            throw .file(
                path, "cannot be opened to write: \(systemError(code))",
                hint: code == ENOENT ? "make its folder first" : nil)
        }
        self.descriptor = descriptor
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            throw .file(path, "is being used by another program", hint: "wait for it, or name another cache")
        }
        // Only now: whoever had it before may have written.
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .file(path, "cannot be read: \(systemError())") }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .file(path, "is not a regular file") }
        if status.st_size == 0 {
            try write(head, at: 0)
        } else {
            try readKeys(size: Int(status.st_size))
        }
    }

    deinit { close(descriptor) }

    /// Reads the vector of `key`. False if it is not there, or damaged: nothing was written then.
    func read(_ key: Key, into target: UnsafeMutablePointer<Float>) throws(Failure) -> Bool {
        guard let (start, checksum) = places[key] else { return false }
        let bytes = try read(vectorSize, at: start)
        guard bytes.withUnsafeBytes({ Self.checksum(key, $0) }) == checksum else { return false }
        UnsafeMutableRawBufferPointer(start: target, count: bytes.count).copyBytes(from: bytes)
        return true
    }

    /// Appends the vectors of `keys`, one after the other in `vectors`.
    func append(_ keys: [Key], _ vectors: UnsafeBufferPointer<Float>) throws(Failure) {
        guard !keys.isEmpty else { return }
        let content = UnsafeRawBufferPointer(vectors)
        let checksums = keys.indices.map { index -> UInt32 in
            let vector = content[index * vectorSize..<(index + 1) * vectorSize]
            return Self.checksum(keys[index], UnsafeRawBufferPointer(rebasing: vector))
        }
        var block = Self.bytes(of: UInt64(keys.count))
        for (key, checksum) in zip(keys, checksums) { block += Self.bytes(of: key) + Self.bytes(of: checksum) }
        let first = end + block.count
        block += content
        guard ftruncate(descriptor, off_t(end)) == 0 else {
            throw .file(path, "cannot be written: \(systemError())")
        }
        try write(block, at: end)
        for (index, key) in keys.enumerated() { places[key] = (first + index * vectorSize, checksums[index]) }
        end += block.count
    }

    private var vectorSize: Int { dimension * MemoryLayout<Float>.stride }

    private var head: [UInt8] { Self.format + Self.bytes(of: UInt64(dimension)) }

    private func readKeys(size: Int) throws(Failure) {
        let found = try read(min(size, Self.headSize), at: 0)
        let name = Self.format.dropLast()
        guard found.count == Self.headSize, found.starts(with: name) else {
            throw .format(path, "is no cache of vectors", hint: "name a file that is not there yet")
        }
        guard found.starts(with: Self.format) else {
            throw .format(
                path, "is a cache of another version of Cohort",
                hint: "delete it, or name a file that is not there yet")
        }
        let held = found.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: Self.format.count, as: UInt64.self) }
        guard held == UInt64(dimension) else {
            throw .format(
                path, "holds vectors of \(held) numbers, this encoder makes \(dimension)",
                hint: "name another file for each model")
        }
        while size - end >= 8 {
            let count = try read(8, at: end).withUnsafeBytes { $0.loadUnaligned(as: UInt64.self) }
            guard (1...Self.largestBlock).contains(count),
                size - end - 8 >= Int(count) * (Self.keySize + vectorSize)
            else { return }
            let keys = try read(Int(count) * Self.keySize, at: end + 8)
            let first = end + 8 + keys.count
            keys.withUnsafeBytes { bytes in
                for index in 0..<Int(count) {
                    let place = index * Self.keySize
                    let key = Key(
                        high: bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self),
                        low: bytes.loadUnaligned(fromByteOffset: place + 8, as: UInt64.self))
                    let checksum = bytes.loadUnaligned(fromByteOffset: place + 16, as: UInt32.self)
                    places[key] = (first + index * vectorSize, checksum)
                }
            }
            end = first + Int(count) * vectorSize
        }
    }

    private static func bytes(of number: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: number.littleEndian) { Array($0) }
    }

    private static func bytes(of key: Key) -> [UInt8] { bytes(of: key.high) + bytes(of: key.low) }

    private static func checksum(_ key: Key, _ vector: UnsafeRawBufferPointer) -> UInt32 {
        let begun = bytes(of: key).withUnsafeBufferPointer { crc32_z(0, $0.baseAddress, $0.count) }
        return vector.withMemoryRebound(to: UInt8.self) {
            UInt32(truncatingIfNeeded: crc32_z(begun, $0.baseAddress, $0.count))
        }
    }

    private func read(_ count: Int, at offset: Int) throws(Failure) -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < count {
            let missing = count - bytes.count, place = off_t(offset + bytes.count)
            var result = 0
            let some = [UInt8](unsafeUninitializedCapacity: missing) { target, filled in
                result = pread(descriptor, target.baseAddress, missing, place)
                filled = max(result, 0)
            }
            if result < 0, errno == EINTR { continue }
            guard result >= 0 else { throw .file(path, "cannot be read: \(systemError())") }
            guard result > 0 else { throw .file(path, "was cut short by another program while it was in use") }
            bytes = bytes.isEmpty ? some : bytes + some
        }
        return bytes
    }

    private func write(_ bytes: [UInt8], at offset: Int) throws(Failure) {
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes {
                pwrite(descriptor, $0.baseAddress.map { $0 + done }, bytes.count - done, off_t(offset + done))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                throw .file(path, "cannot be written: \(systemError())", hint: "the vectors before this are kept in it")
            }
            done += count
        }
    }
}
