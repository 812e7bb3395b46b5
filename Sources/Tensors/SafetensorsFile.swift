import Support

/// Named tensors in a safetensors file, mapped into memory: opening reads the header, a tensor's bytes are paged in when used.
public struct SafetensorsFile: Sendable {
    /// The path it was opened by.
    public let path: String
    /// The text values of the file's `__metadata__`, in their order.
    public let metadata: [(key: String, value: String)]
    private let file: MappedFile
    private let entries: [SafetensorsHeader.Entry]
    private let positions: [ByteString: Int]

    /// Opens the file at `path` and checks everything that its header says.
    ///
    /// - Throws: `file` if it cannot be read; `format` if it is not a safetensors file, is truncated, or its header contradicts
    ///   itself or the file.
    public init(_ path: String) throws(Failure) {
        self.path = path
        file = try MappedFile(path)
        let header = try SafetensorsHeader(file.bytes, path: path)
        entries = header.entries
        metadata = header.metadata
        positions = Dictionary(entries.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// The tensors' names, in the order of their bytes.
    public var names: [String] { entries.map(\.name.text) }

    /// Whether there is a tensor of that name.
    public func contains(_ name: String) -> Bool { positions[ByteString(name)] != nil }

    /// The shape of the tensor of that name, if there is one.
    public func shape(of name: String) -> [Int]? { positions[ByteString(name)].map { entries[$0].shape } }

    /// How the elements of the tensor of that name are stored, if there is one.
    public func storedType(of name: String) -> StoredType? { positions[ByteString(name)].map { entries[$0].type } }

    /// Throws if another program has cut the file short and a tensor was read where it ended.
    public func check() throws(Failure) { try file.check() }

    /// The tensor named `name`.
    ///
    /// float32, float64, int32, int64 and bool look at the mapped file (read-only, kept open by the tensor) where the bytes are aligned.
    /// Every other type, and unaligned bytes, are copied: F16 and BF16 become float32, narrow integers int32, U32 int64.
    ///
    /// - Throws: `format` if there is none of that name or a BOOL tensor has a byte other than 0 and 1.
    public func tensor(named name: String) throws(Failure) -> Tensor {
        guard let position = positions[ByteString(name)] else {
            throw .format(path, "has no tensor named '\(name)'", hint: nearestNames(to: name))
        }
        let entry = entries[position]
        let bytes = UnsafeRawBufferPointer(rebasing: file.bytes[entry.range])
        guard let tensor = try entry.type.tensor(bytes, shape: entry.shape, borrowingFrom: file) else {
            throw .format(path, at: "tensor '\(name)'", "has BOOL elements other than 0 and 1")
        }
        return tensor
    }

    /// A digest that tells these tensors from others: of every tensor's name, type, shape, and bytes at its beginning, middle and end. Training
    /// changes a tensor everywhere, so that not every byte need be read.
    public func fingerprint() -> [UInt8] {
        var sample: [UInt8] = []
        for entry in entries {
            sample += Array("\(entry.name) \(entry.type.rawValue) \(entry.shape)\n".utf8)
            let range = entry.range
            for start in [
                range.lowerBound, range.lowerBound + range.count / 2, max(range.upperBound - 64, range.lowerBound),
            ] {
                sample += file.bytes[start..<min(start + 64, range.upperBound)]
            }
        }
        return SHA256.digest(sample)
    }

    private func nearestNames(to name: String) -> String? {
        entries.isEmpty
            ? "it holds no tensors"
            : "it holds \(entries.prefix(3).map { "'\($0.name)'" }.joined(separator: ", "))\(entries.count > 3 ? " and \(entries.count - 3) more" : "")"
    }
}
