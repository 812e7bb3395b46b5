import Glibc
import Support

/// Vectors kept in a file that grows, each found again by a digest of what it was made from.
///
/// The file is a head (16 bytes that name the format, the vectors' dimension as 8) and then blocks: a count as 8 bytes, that many keys of 16 bytes, and as many
/// vectors of float32, all little-endian. Opening reads the keys alone. A block that was being written when the program ended is cut off by the next
/// one: whoever was interrupted goes on from the last whole block. One program at a time has the file, and a value is used by one thread.
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

    private static let format = Array("cohort vectors 1".utf8)
    private static let headSize = 24
    private static let keySize = 16
    private static let largestBlock: UInt64 = 1 << 20

    private let path: String
    private let descriptor: Int32
    private let dimension: Int
    /// Where each key's vector begins in the file.
    private var places: [Key: Int] = [:]
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
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .file(path, "cannot be read: \(systemError())") }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .file(path, "is not a regular file") }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            throw .file(path, "is being used by another program", hint: "wait for it, or name another cache")
        }
        if status.st_size == 0 {
            try write(head, at: 0)
        } else {
            try readKeys(size: Int(status.st_size))
        }
    }

    deinit { close(descriptor) }

    /// Where the vector of `key` is; nil if it is not there.
    func place(of key: Key) -> Int? { places[key] }

    /// Reads the vector at `place`.
    func read(_ place: Int, into target: UnsafeMutablePointer<Float>) throws(Failure) {
        let bytes = try read(dimension * MemoryLayout<Float>.stride, at: place)
        UnsafeMutableRawBufferPointer(start: target, count: bytes.count).copyBytes(from: bytes)
    }

    /// Appends the vectors of `keys`, one after the other in `vectors`.
    func append(_ keys: [Key], _ vectors: UnsafeBufferPointer<Float>) throws(Failure) {
        guard !keys.isEmpty else { return }
        var block = Self.bytes(of: UInt64(keys.count))
        for key in keys { block += Self.bytes(of: key.high) + Self.bytes(of: key.low) }
        let first = end + block.count
        block += Array(UnsafeRawBufferPointer(vectors))
        guard ftruncate(descriptor, off_t(end)) == 0 else {
            throw .file(path, "cannot be written: \(systemError())")
        }
        try write(block, at: end)
        let size = dimension * MemoryLayout<Float>.stride
        for (index, key) in keys.enumerated() { places[key] = first + index * size }
        end += block.count
    }

    private var head: [UInt8] { Self.format + Self.bytes(of: UInt64(dimension)) }

    private func readKeys(size: Int) throws(Failure) {
        let found = try read(min(size, Self.headSize), at: 0)
        guard found.count == Self.headSize, found.starts(with: Self.format) else {
            throw .format(path, "is no cache of vectors", hint: "name a file that is not there yet")
        }
        let held = found.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: Self.format.count, as: UInt64.self) }
        guard held == UInt64(dimension) else {
            throw .format(
                path, "holds vectors of \(held) numbers, this encoder makes \(dimension)",
                hint: "name another file for each model")
        }
        let vectorSize = dimension * MemoryLayout<Float>.stride
        while size - end >= 8 {
            let count = try read(8, at: end).withUnsafeBytes { $0.loadUnaligned(as: UInt64.self) }
            guard (1...Self.largestBlock).contains(count),
                size - end - 8 >= Int(count) * (Self.keySize + vectorSize)
            else { return }
            let keys = try read(Int(count) * Self.keySize, at: end + 8)
            let first = end + 8 + keys.count
            keys.withUnsafeBytes { bytes in
                for index in 0..<Int(count) {
                    let key = Key(
                        high: bytes.loadUnaligned(fromByteOffset: index * Self.keySize, as: UInt64.self),
                        low: bytes.loadUnaligned(fromByteOffset: index * Self.keySize + 8, as: UInt64.self))
                    places[key] = first + index * vectorSize
                }
            }
            end = first + Int(count) * vectorSize
        }
    }

    private static func bytes(of number: UInt64) -> [UInt8] { withUnsafeBytes(of: number.littleEndian) { Array($0) } }

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
