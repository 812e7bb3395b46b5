import Support

/// The bytes of a file: mapped from disk, or unpacked from an archive into memory.
final class FileBytes: @unchecked Sendable {
    // Sendable by hand: nobody writes the bytes once the object is made.
    /// What messages call it.
    let path: String
    let bytes: UnsafeRawBufferPointer
    private let owner: MappedFile?

    init(_ file: MappedFile) {
        path = file.path
        bytes = file.bytes
        owner = file
    }

    /// Unpacks `entry`.
    init(_ entry: ZipArchive.Entry, of archive: ZipArchive, work: Work) throws(Failure) {
        let target = UnsafeMutableRawBufferPointer.allocate(byteCount: entry.size, alignment: 64)
        var position = 0
        do throws(Failure) {
            try archive.unpack(entry, work: work) { piece in
                UnsafeMutableRawBufferPointer(rebasing: target[position...]).copyMemory(from: piece)
                position += piece.count
            }
        } catch {
            target.deallocate()
            throw error
        }
        path = "\(archive.path)/\(entry.name)"
        bytes = UnsafeRawBufferPointer(target)
        owner = nil
    }

    deinit {
        if owner == nil { bytes.deallocate() }
    }
}
