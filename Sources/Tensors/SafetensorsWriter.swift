import Support

/// Writes a safetensors file tensor after tensor, so that a model larger than memory can be written. The file appears whole or not at all.
public struct SafetensorsWriter: ~Copyable {
    /// A tensor that is going to be written.
    public struct Entry: Sendable {
        /// Its name.
        public let name: String
        /// The type of its elements.
        public let dtype: DType
        /// Its shape.
        public let shape: [Int]

        /// A tensor's description.
        public init(name: String, dtype: DType, shape: [Int]) {
            self.name = name
            self.dtype = dtype
            self.shape = shape
        }
    }

    private var file: AtomicFile
    private var missing: Int

    /// Begins the file at `path`. Names must be unique; the bytes follow in the order of `entries`.
    ///
    /// - Parameters:
    ///   - metadata: text values for the file's `__metadata__`.
    ///   - cancellation: stops the writing at the next block.
    public init(
        _ path: String, _ entries: [Entry], metadata: [(key: String, value: String)] = [],
        cancellation: Cancellation? = nil
    ) throws(Failure) {
        var header = JSONObject()
        if !metadata.isEmpty {
            var texts = JSONObject()
            for (key, value) in metadata { texts[key] = JSON(value) }
            header[SafetensorsHeader.metadataKey] = .object(texts)
        }
        var end = 0
        for entry in entries {
            guard entry.name != SafetensorsHeader.metadataKey, header[entry.name] == nil else {
                throw .argument("name", expected: "a name that is not used yet", got: "'\(entry.name)'")
            }
            let start = end
            let (sum, overflow) = start.addingReportingOverflow(
                try Tensor.elementCount(entry.shape) * entry.dtype.byteCount)
            guard !overflow else {
                throw .argument("shape", expected: "tensors that fit in a file", got: "\(entry.shape)")
            }
            end = sum
            header[entry.name] = .object(
                Self.description(StoredType(entry.dtype), shape: entry.shape, from: start, to: end))
        }
        var text = try JSON.object(header).encoded()
        // Eight-byte alignment of the data lets a reader use it in place.
        while text.count % 8 != 0 { text.append(UInt8(ascii: " ")) }
        guard text.count <= SafetensorsHeader.longestHeader else {
            throw .argument(
                "tensors", expected: "a header of at most \(SafetensorsHeader.longestHeader) bytes",
                got: "\(text.count)")
        }
        let length = UInt64(text.count)
        var file = try AtomicFile(path, cancellation: cancellation)
        try file.write((0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) })
        try file.write(text)
        self.file = file
        missing = end
    }

    /// Appends bytes of the tensors, little-endian in row-major order, in pieces of any size.
    public mutating func append(_ bytes: UnsafeRawBufferPointer) throws(Failure) {
        precondition(bytes.count <= missing, "more bytes than the header announces")
        missing -= bytes.count
        try file.write(bytes)
    }

    /// Puts the finished file in its place.
    public mutating func commit() throws(Failure) {
        precondition(missing == 0, "fewer bytes than the header announces")
        try file.commit()
    }

    private static func description(_ type: StoredType, shape: [Int], from start: Int, to end: Int) -> JSONObject {
        var object = JSONObject()
        object["dtype"] = JSON(type.safetensorsName)
        object["shape"] = .array(shape.map { JSON($0) })
        object["data_offsets"] = .array([JSON(start), JSON(end)])
        return object
    }
}

/// Writing tensors as a safetensors file.
public enum Safetensors {
    /// Writes `tensors` to `path`, whole or not at all.
    ///
    /// The same tensors always make the same bytes: elements of eight bytes first, then of four, then of one, each group by name, so that every
    /// tensor is aligned.
    public static func write(
        _ path: String, _ tensors: [(name: String, tensor: Tensor)], metadata: [(key: String, value: String)] = [],
        work: Work = Work()
    ) throws(Failure) {
        let ordered = tensors.sorted { left, right in
            (right.tensor.dtype.byteCount, ByteString(left.name)) < (
                left.tensor.dtype.byteCount, ByteString(right.name)
            )
        }
        let entries = ordered.map {
            SafetensorsWriter.Entry(name: $0.name, dtype: $0.tensor.dtype, shape: $0.tensor.shape)
        }
        var writer = try SafetensorsWriter(path, entries, metadata: metadata, cancellation: work.cancellation)
        for (_, tensor) in ordered {
            try tensor.withBytes(work) { (bytes) throws(Failure) in try writer.append(bytes) }
        }
        try writer.commit()
    }
}

extension Tensor {
    /// Calls `body` with the bytes of the elements in row-major order.
    func withBytes<R>(
        _ work: Work = Work(), _ body: (UnsafeRawBufferPointer) throws(Failure) -> R
    ) throws(Failure) -> R {
        let source = try contiguous(work: work)
        let start = UnsafeRawPointer(source.storage.start) + source.offset * dtype.byteCount
        let result = try body(UnsafeRawBufferPointer(start: start, count: source.count * dtype.byteCount))
        withExtendedLifetime(source.storage) {}
        return result
    }
}
