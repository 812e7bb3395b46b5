import Support
import Tensors

/// Where the files of a Hugging Face folder are taken from: a folder on disk, or one inside an archive.
enum ModelSource: Sendable {
    case folder(String)
    /// `prefix` ends in "/", or is empty.
    case archive(ZipArchive, prefix: String)

    /// What messages call it.
    var path: String {
        switch self {
        case .folder(let path): path
        case .archive(let archive, let prefix): prefix.isEmpty ? archive.path : "\(archive.path)/\(prefix.dropLast())"
        }
    }

    /// The files directly in `folder` ("" for the model's own), with their sizes, in byte order.
    func files(in folder: String) throws(Failure) -> [(name: String, size: Int)] {
        switch self {
        case .folder(let path):
            let place = folder.isEmpty ? path : "\(path)/\(folder)"
            guard FileSystem.isFolder(place) else { return [] }
            var result: [(name: String, size: Int)] = []
            for name in try FileSystem.names(in: place) {
                if let size = FileSystem.fileSize("\(place)/\(name)") { result.append((name, size)) }
            }
            return result
        case .archive(let archive, let prefix):
            let start = Array((folder.isEmpty ? prefix : "\(prefix)\(folder)/").utf8)
            var result: [(name: ByteString, size: Int)] = []
            for entry in archive.entries where entry.name.utf8.starts(with: start) {
                let rest = Array(entry.name.utf8.dropFirst(start.count))
                if !rest.isEmpty, !rest.contains(UInt8(ascii: "/")) { result.append((ByteString(rest), entry.size)) }
            }
            return result.sorted { $0.name < $1.name }.map { ($0.name.text, $0.size) }
        }
    }

    /// Hands the bytes of the file `name` (a path relative to the model's folder) to `body` in pieces.
    func read(
        _ name: String, work: Work, _ body: (UnsafeRawBufferPointer) throws(Failure) -> Void
    ) throws(Failure) {
        switch self {
        case .folder(let path):
            let file = try MappedFile("\(path)/\(name)")
            for start in stride(from: 0, to: file.bytes.count, by: 1 << 22) {
                try work.cancellation.check()
                try body(UnsafeRawBufferPointer(rebasing: file.bytes[start..<min(start + 1 << 22, file.bytes.count)]))
            }
            withExtendedLifetime(file) {}
        case .archive(let archive, let prefix):
            guard let entry = archive.entries.first(where: { $0.name == prefix + name }) else {
                throw .file("\(self.path)/\(name)", "is missing")
            }
            try archive.unpack(entry, work: work, body)
        }
    }

    /// The file `name` as JSON, nil if there is none.
    func json(_ name: String, work: Work) throws(Failure) -> JSON? {
        let parts = name.split(separator: "/")
        let folder = parts.dropLast().joined(separator: "/")
        guard let size = try files(in: folder).first(where: { $0.name == parts[parts.count - 1] })?.size else {
            return nil
        }
        guard size <= 1 << 26 else { throw .format("\(path)/\(name)", "is too large to be a configuration") }
        var bytes: [UInt8] = []
        try read(name, work: work) { bytes.append(contentsOf: $0) }
        return try JSON.parse(bytes, source: "\(path)/\(name)")
    }
}

extension ModelSource {
    /// The one folder in `archive` that holds a model, nil if there is none.
    ///
    /// - Throws: `format` if there are several.
    init?(in archive: ZipArchive) throws(Failure) {
        let names = Set(archive.entries.map { ByteString($0.name) })
        var prefixes: [String] = []
        for entry in archive.entries {
            let bytes = Array(entry.name.utf8)
            let end = Array("config.json".utf8)
            guard bytes.suffix(end.count) == end[...],
                bytes.count == end.count || bytes[bytes.count - end.count - 1] == UInt8(ascii: "/")
            else { continue }
            let prefix = String(decoding: bytes.dropLast(end.count), as: UTF8.self)
            if [WeightFiles.singleFile, WeightFiles.indexFile].contains(where: {
                names.contains(ByteString(prefix + $0))
            }) {
                prefixes.append(prefix)
            }
        }
        guard let prefix = prefixes.first else { return nil }
        guard prefixes.count == 1 else {
            throw .format(
                archive.path,
                "holds \(prefixes.count) models: \(prefixes.map { $0.isEmpty ? "." : "\($0.dropLast())" }.joined(separator: ", "))",
                hint: "unpack it and import one of the folders")
        }
        self = .archive(archive, prefix: prefix)
    }
}
