import Support

/// What a safetensors file says about itself, checked against the file: eight bytes of header length (little-endian), a JSON
/// object `{name: {dtype, shape, data_offsets}}`, then the tensors' bytes without gap or overlap.
struct SafetensorsHeader: Sendable {
    struct Entry: Sendable {
        let name: ByteString
        let type: StoredType
        let shape: [Int]
        /// Where the bytes lie in the file.
        let range: Range<Int>
    }

    /// The tensors in the order of their bytes.
    let entries: [Entry]
    let metadata: [(key: String, value: String)]

    /// The reference implementation refuses longer headers.
    static let longestHeader = 100_000_000
    static let metadataKey = "__metadata__"

    init(_ bytes: UnsafeRawBufferPointer, path: String) throws(Failure) {
        let json = try Self.text(of: bytes, path: path)
        let dataStart = json.endIndex
        let value: JSON
        do throws(Failure) {
            value = try JSON.parse(UnsafeRawBufferPointer(rebasing: json), source: path, uniqueKeys: true)
        } catch {
            throw .format(path, at: "header", "cannot be read: \(error.problem)", hint: Self.fetchAgain)
        }
        guard let object = value.object else {
            throw .format(path, at: "header", "must be a JSON object, is \(value.kindName)", hint: Self.fetchAgain)
        }
        var entries: [Entry] = []
        entries.reserveCapacity(object.count)
        var metadata: [(key: String, value: String)] = []
        for member in object.members {
            if member.key == ByteString(Self.metadataKey) {
                metadata = try Self.metadata(member.value, path: path)
            } else {
                entries.append(try Self.entry(member, dataStart: dataStart, fileSize: bytes.count, path: path))
            }
        }
        // By place; at the same place the empty ones first. Names decide among those, so that the order is one.
        entries.sort {
            ($0.range.lowerBound, $0.range.upperBound, $0.name) < ($1.range.lowerBound, $1.range.upperBound, $1.name)
        }
        var end = dataStart
        for entry in entries {
            guard entry.range.lowerBound == end else {
                let problem =
                    entry.range.lowerBound < end ? "overlaps the tensor before it" : "leaves a gap before its bytes"
                throw .format(path, at: "tensor '\(entry.name)'", problem, hint: Self.fetchAgain)
            }
            end = entry.range.upperBound
        }
        guard end == bytes.count else {
            throw .format(
                path, "is \(bytes.count) bytes long, its header describes \(end)", hint: Self.fetchAgain)
        }
        self.entries = entries
        self.metadata = metadata
    }

    private static let fetchAgain = "the file is damaged or was not fetched whole: fetch it again"

    /// The bytes of the JSON text, still with their indices in the file.
    private static func text(of bytes: UnsafeRawBufferPointer, path: String) throws(Failure) -> Slice<
        UnsafeRawBufferPointer
    > {
        if bytes.starts(with: Array("version https://git-lfs".utf8)) {
            throw .format(
                path, "is a Git LFS pointer, not the weights", hint: "run `git lfs pull` in the folder it came from")
        }
        guard bytes.count >= 10 else {
            throw .format(path, "is \(bytes.count) bytes long, too short for a safetensors file", hint: fetchAgain)
        }
        let length = UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
        // A text or another binary format read as a length gives a huge number: say so, rather than "truncated".
        guard bytes[8] == UInt8(ascii: "{"), length >= 2, length <= longestHeader else {
            throw .format(
                path, "is not a safetensors file: its first bytes are no header",
                hint: "weights in another format must be saved as safetensors first")
        }
        guard length <= bytes.count - 8 else {
            throw .format(
                path, "ends inside its header: \(length) bytes announced, \(bytes.count - 8) there", hint: fetchAgain)
        }
        let text = bytes[8..<8 + Int(length)]
        guard isUTF8(UnsafeRawBufferPointer(rebasing: text)) else {
            throw .format(path, at: "header", "is not UTF-8", hint: fetchAgain)
        }
        return text
    }

    private static func metadata(_ value: JSON, path: String) throws(Failure) -> [(key: String, value: String)] {
        guard let object = value.object else {
            throw .format(path, at: metadataKey, "must be an object, is \(value.kindName)")
        }
        var result: [(key: String, value: String)] = []
        for member in object.members {
            guard let text = member.value.string else {
                throw .format(path, at: metadataKey, "'\(member.key)' must be a string, is \(member.value.kindName)")
            }
            result.append((member.key.text, text))
        }
        return result
    }

    private static func entry(
        _ member: JSONObject.Member, dataStart: Int, fileSize: Int, path: String
    ) throws(Failure) -> Entry {
        func failure(_ problem: String, hint: String? = fetchAgain) -> Failure {
            .format(path, at: "tensor '\(member.key)'", problem, hint: hint)
        }
        guard let typeName = member.value["dtype"]?.string, let sizes = member.value["shape"]?.array,
            let offsets = member.value["data_offsets"]?.array
        else { throw failure("must have dtype, shape and data_offsets") }
        guard let type = StoredType(safetensors: typeName) else {
            throw failure(
                "has elements of type \(typeName), which cannot be read here",
                hint: "types that can: \(StoredType.allCases.map(\.safetensorsName).joined(separator: ", "))")
        }
        var shape: [Int] = []
        var extent = type.byteCount
        var count = 1
        for item in sizes {
            guard case .int(let value) = item, let size = Int(exactly: value), size >= 0 else {
                throw failure("has a shape with a size that is no integer from 0 up")
            }
            // With empty sizes counted as one, so that no stride overflows either.
            let (product, overflow) = extent.multipliedReportingOverflow(by: max(size, 1))
            guard !overflow, product <= Int.max / 16 else { throw failure("has a shape too large for any file") }
            extent = product
            count *= size
            shape.append(size)
        }
        guard offsets.count == 2, case .int(let low) = offsets[0], case .int(let high) = offsets[1], low >= 0,
            high >= low
        else { throw failure("has data_offsets that are no range") }
        guard high <= fileSize - dataStart else {
            throw failure("lies outside the file: \(high) bytes of data needed, \(fileSize - dataStart) there")
        }
        guard Int(high - low) == count * type.byteCount else {
            throw failure("has \(high - low) bytes, its shape and type need \(count * type.byteCount)")
        }
        return Entry(name: member.key, type: type, shape: shape, range: dataStart + Int(low)..<dataStart + Int(high))
    }
}

extension StoredType {
    /// The type of a safetensors dtype name, if tensors can hold it.
    init?(safetensors name: String) {
        guard let type = Self.allCases.first(where: { $0.safetensorsName == name }) else { return nil }
        self = type
    }

    var safetensorsName: String {
        switch self {
        case .float64: "F64"
        case .float32: "F32"
        case .float16: "F16"
        case .bfloat16: "BF16"
        case .int64: "I64"
        case .int32: "I32"
        case .int16: "I16"
        case .int8: "I8"
        case .uint32: "U32"
        case .uint16: "U16"
        case .uint8: "U8"
        case .bool: "BOOL"
        }
    }
}

/// Whether `bytes` are well-formed UTF-8.
func isUTF8(_ bytes: UnsafeRawBufferPointer) -> Bool { String(validating: bytes, as: UTF8.self) != nil }
