import CZlib
import Support

/// A zip archive (a Python wheel is one), mapped into memory. Nothing it says about itself is believed: places and sizes are checked against the
/// file when it is opened, contents against their announced size and checksum while they are unpacked.
struct ZipArchive: Sendable {
    struct Entry: Sendable {
        let name: String
        let size: Int
        fileprivate let isDeflated: Bool
        fileprivate let checksum: UInt32
        /// Where the stored or deflated bytes lie in the file.
        fileprivate let range: Range<Int>
    }

    let path: String
    /// The files, in the order of the archive's directory; folders have no entries of their own.
    let entries: [Entry]
    private let file: MappedFile

    /// Whether the file begins like a zip archive.
    static func isArchive(_ bytes: UnsafeRawBufferPointer) -> Bool { bytes.starts(with: [0x50, 0x4b, 3, 4]) }

    init(_ file: MappedFile) throws(Failure) {
        self.file = file
        path = file.path
        entries = try Self.directory(file.bytes, path: file.path)
    }

    /// Unpacks an entry, handing its bytes to `body` in pieces.
    ///
    /// - Throws: `format` if the bytes do not unpack to the announced size and checksum; `cancelled`; what `body` throws.
    func unpack(
        _ entry: Entry, work: Work, _ body: (UnsafeRawBufferPointer) throws(Failure) -> Void
    ) throws(Failure) {
        let source = UnsafeRawBufferPointer(rebasing: file.bytes[entry.range])
        var count = 0
        var checksum = UInt32(0)
        func take(_ piece: UnsafeRawBufferPointer) throws(Failure) {
            try work.cancellation.check()
            count += piece.count
            guard count <= entry.size else {
                throw damaged(entry, "unpacks to more than the announced \(entry.size) bytes")
            }
            checksum = UInt32(
                truncatingIfNeeded: crc32_z(uLong(checksum), piece.bindMemory(to: UInt8.self).baseAddress, piece.count))
            try body(piece)
        }
        if entry.isDeflated {
            try inflate(source, entry, take)
        } else {
            for start in stride(from: 0, to: source.count, by: Self.pieceSize) {
                try take(UnsafeRawBufferPointer(rebasing: source[start..<min(start + Self.pieceSize, source.count)]))
            }
        }
        guard count == entry.size else { throw damaged(entry, "unpacks to \(count) bytes, \(entry.size) announced") }
        guard checksum == entry.checksum else { throw damaged(entry, "has another checksum than announced") }
        withExtendedLifetime(file) {}
    }

    /// The first `count` bytes of an entry, fewer if it has fewer.
    func prefix(of entry: Entry, count: Int, work: Work) throws(Failure) -> [UInt8] {
        var head: [UInt8] = []
        do throws(Failure) {
            try unpack(entry, work: work) { (piece) throws(Failure) in
                head.append(contentsOf: piece.prefix(count - head.count))
                // Enough: whatever follows is not unpacked.
                if head.count == count { throw .cancelled }
            }
        } catch {
            if head.count < count { throw error }
        }
        return head
    }

    private static let pieceSize = 1 << 18

    private func inflate(
        _ source: UnsafeRawBufferPointer, _ entry: Entry, _ take: (UnsafeRawBufferPointer) throws(Failure) -> Void
    ) throws(Failure) {
        // zlib's state points back at the stream, which therefore must not move.
        let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        stream.initialize(to: z_stream())
        let output = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.pieceSize, alignment: 64)
        defer {
            output.deallocate()
            stream.deallocate()
        }
        // Negative window bits: a bare deflate stream, without zlib's own header.
        guard inflateInit2_(stream, -15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            throw Failure(.memory, "no memory to unpack \(path)")
        }
        defer { inflateEnd(stream) }
        var position = 0
        while true {
            if stream.pointee.avail_in == 0, position < source.count {
                let count = min(source.count - position, 1 << 30)
                let next = UnsafeMutableRawPointer(mutating: source.baseAddress?.advanced(by: position))
                stream.pointee.next_in = next?.assumingMemoryBound(to: UInt8.self)
                stream.pointee.avail_in = UInt32(count)
                position += count
            }
            stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
            stream.pointee.avail_out = UInt32(output.count)
            let status = CZlib.inflate(stream, Z_NO_FLUSH)
            guard status == Z_OK || status == Z_STREAM_END else { throw damaged(entry, "cannot be unpacked") }
            let produced = output.count - Int(stream.pointee.avail_out)
            try take(UnsafeRawBufferPointer(rebasing: output[..<produced]))
            if status == Z_STREAM_END { return }
            if produced == 0, stream.pointee.avail_in == 0, position == source.count {
                throw damaged(entry, "ends in the middle of its data")
            }
        }
    }

    private func damaged(_ entry: Entry, _ problem: String) -> Failure {
        .format(path, at: entry.name, problem, hint: Self.fetchAgain)
    }
}

// MARK: The directory at the archive's end (APPNOTE.TXT, sections 4.3.7, 4.3.12 and 4.3.16)

extension ZipArchive {
    private static let fetchAgain = "the archive is damaged or was not fetched whole: fetch it again"
    // Deflate cannot make more than 1032 bytes of one, so an entry that announces more is a lie.
    private static let greatestRatio = 1032

    private static func directory(_ bytes: UnsafeRawBufferPointer, path: String) throws(Failure) -> [Entry] {
        guard let end = endRecord(bytes) else {
            throw .format(path, "is not a whole zip archive: its directory is missing", hint: fetchAgain)
        }
        let reader = ByteReader(bytes, path: path)
        let count = Int(try reader.integer(UInt16.self, at: end + 10))
        let size = Int(try reader.integer(UInt32.self, at: end + 12))
        let start = Int(try reader.integer(UInt32.self, at: end + 16))
        guard count != 0xffff, start != 0xffff_ffff else {
            throw .format(
                path, "is a zip archive of more than 4 GB or 65,535 files, which is not read",
                hint: "unpack it and import the folder")
        }
        guard start <= end, size <= end - start else {
            throw .format(path, at: "directory", "lies outside the file", hint: fetchAgain)
        }
        var entries: [Entry] = []
        var names: Set<ByteString> = []
        var place = start
        for _ in 0..<count {
            let (entry, next) = try entry(reader, at: place, dataEnd: start)
            place = next
            guard let entry else { continue }
            guard names.insert(ByteString(entry.name)).inserted else {
                throw .format(path, at: entry.name, "is in the archive twice", hint: fetchAgain)
            }
            entries.append(entry)
        }
        // Entries that share bytes are how a small archive unpacks to an endless one.
        var covered = 0
        for entry in entries.sorted(by: {
            ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound)
        }) {
            guard entry.range.lowerBound >= covered else {
                throw .format(path, at: entry.name, "overlaps another entry", hint: fetchAgain)
            }
            covered = entry.range.upperBound
        }
        return entries
    }

    /// The last record of an archive, which a comment of up to 65,535 bytes may follow.
    private static func endRecord(_ bytes: UnsafeRawBufferPointer) -> Int? {
        guard bytes.count >= 22 else { return nil }
        for place in stride(from: bytes.count - 22, through: max(0, bytes.count - 22 - 0xffff), by: -1) {
            guard bytes[place] == 0x50, bytes[place + 1] == 0x4b, bytes[place + 2] == 5, bytes[place + 3] == 6 else {
                continue
            }
            if place + 22 + Int(bytes[place + 20]) + Int(bytes[place + 21]) << 8 == bytes.count { return place }
        }
        return nil
    }

    private static func entry(
        _ reader: ByteReader, at place: Int, dataEnd: Int
    ) throws(Failure) -> (entry: Entry?, next: Int) {
        guard try reader.integer(UInt32.self, at: place) == 0x0201_4b50 else {
            throw reader.failure("directory", "has an entry without its mark", hint: fetchAgain)
        }
        let flags = try reader.integer(UInt16.self, at: place + 8)
        let method = try reader.integer(UInt16.self, at: place + 10)
        let checksum = try reader.integer(UInt32.self, at: place + 16)
        let packed = Int(try reader.integer(UInt32.self, at: place + 20))
        let size = Int(try reader.integer(UInt32.self, at: place + 24))
        let nameCount = Int(try reader.integer(UInt16.self, at: place + 28))
        let rest =
            Int(try reader.integer(UInt16.self, at: place + 30)) + Int(try reader.integer(UInt16.self, at: place + 32))
        let header = Int(try reader.integer(UInt32.self, at: place + 42))
        let nameBytes = try reader.bytes(at: place + 46, count: nameCount)
        let next = place + 46 + nameCount + rest
        guard let name = String(validating: nameBytes.bindMemory(to: UInt8.self), as: UTF8.self), !nameBytes.contains(0)
        else {
            throw reader.failure("directory", "has a name that is not UTF-8")
        }
        if name.utf8.last == UInt8(ascii: "/") { return (nil, next) }
        func failure(_ problem: String, hint: String? = fetchAgain) -> Failure {
            reader.failure(name, problem, hint: hint)
        }
        guard flags & 1 == 0 else { throw failure("is encrypted", hint: nil) }
        guard method == 0 || method == 8 else {
            throw failure("is packed by method \(method), which is not read", hint: nil)
        }
        guard packed != 0xffff_ffff, size != 0xffff_ffff else { throw failure("is larger than 4 GB", hint: nil) }
        if method == 0 {
            guard packed == size else { throw failure("announces two sizes") }
        } else {
            guard size / greatestRatio <= packed else { throw failure("announces a size that its data cannot have") }
        }
        guard try reader.integer(UInt32.self, at: header) == 0x0403_4b50 else {
            throw failure("has no data at its place")
        }
        let start =
            header + 30 + Int(try reader.integer(UInt16.self, at: header + 26))
            + Int(try reader.integer(UInt16.self, at: header + 28))
        guard start <= dataEnd, packed <= dataEnd - start else { throw failure("lies outside the archive") }
        let entry = Entry(
            name: name, size: size, isDeflated: method == 8, checksum: checksum, range: start..<start + packed)
        return (entry, next)
    }
}
