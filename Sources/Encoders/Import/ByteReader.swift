import Support

/// Little-endian numbers at given places of a file, every place checked against its end.
struct ByteReader {
    let bytes: UnsafeRawBufferPointer
    let path: String

    init(_ bytes: UnsafeRawBufferPointer, path: String) {
        self.bytes = bytes
        self.path = path
    }

    /// The `count` bytes at `place`.
    func bytes(at place: Int, count: Int) throws(Failure) -> UnsafeRawBufferPointer {
        guard place >= 0, count >= 0, place <= bytes.count, count <= bytes.count - place else {
            throw .format(
                path, at: "byte \(place)", "ends too early: \(count) more bytes expected",
                hint: "the file is damaged or was not fetched whole: fetch it again")
        }
        return UnsafeRawBufferPointer(rebasing: bytes[place..<place + count])
    }

    /// The integer at `place`.
    func integer<T: FixedWidthInteger & BitwiseCopyable>(_ type: T.Type, at place: Int) throws(Failure) -> T {
        T(littleEndian: try bytes(at: place, count: MemoryLayout<T>.size).loadUnaligned(as: T.self))
    }

    /// A failure of this file.
    func failure(_ place: String?, _ problem: String, hint: String? = nil) -> Failure {
        .format(path, at: place, problem, hint: hint)
    }
}

/// The same, reading on from where the last number ended.
struct ByteCursor {
    let reader: ByteReader
    private(set) var position = 0

    init(_ bytes: UnsafeRawBufferPointer, path: String) { reader = ByteReader(bytes, path: path) }

    mutating func integer<T: FixedWidthInteger & BitwiseCopyable>(_ type: T.Type) throws(Failure) -> T {
        let value = try reader.integer(type, at: position)
        position += MemoryLayout<T>.size
        return value
    }

    mutating func float() throws(Failure) -> Float { Float(bitPattern: try integer(UInt32.self)) }

    mutating func bytes(_ count: Int) throws(Failure) -> UnsafeRawBufferPointer {
        let result = try reader.bytes(at: position, count: count)
        position += count
        return result
    }
}
