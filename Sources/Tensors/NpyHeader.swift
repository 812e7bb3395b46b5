import Support

/// The header of NumPy's `.npy` format (versions 1 to 3): magic, version, length, and a Python dictionary
/// `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }`.
struct NpyHeader {
    let type: StoredType
    /// Whether the first index varies fastest.
    let isColumnMajor: Bool
    let shape: [Int]
    /// Where the elements begin.
    let dataStart: Int

    static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

    init(_ bytes: UnsafeRawBufferPointer, path: String) throws(Failure) {
        guard bytes.count >= 10, bytes.starts(with: Self.magic) else {
            throw .format(path, "is not an .npy file", hint: "an archive of arrays (.npz) must be unpacked first")
        }
        let major = bytes[6]
        let lengthBytes = major == 1 ? 2 : 4
        guard (1...3).contains(major) else { throw .format(path, "is .npy version \(major), which is not known") }
        guard bytes.count >= 8 + lengthBytes else { throw .format(path, "ends inside its header") }
        var length = 0
        for index in 0..<lengthBytes { length |= Int(bytes[8 + index]) << (8 * index) }
        guard length <= bytes.count - 8 - lengthBytes else { throw .format(path, "ends inside its header") }
        dataStart = 8 + lengthBytes + length
        var literal = PythonLiteral(UnsafeRawBufferPointer(rebasing: bytes[8 + lengthBytes..<dataStart]))
        guard let fields = literal.dictionary(), let shape = fields.shape, let order = fields.isColumnMajor else {
            throw .format(path, at: "header", "is not a dictionary with descr, fortran_order and shape")
        }
        guard let description = fields.description else {
            throw .format(
                path, at: "header", "describes records, which tensors cannot hold", hint: "save each field by itself")
        }
        type = try Self.type(description, path: path)
        isColumnMajor = order
        self.shape = shape
        var extent = type.byteCount
        for size in shape {
            let (product, overflow) = extent.multipliedReportingOverflow(by: max(size, 1))
            guard !overflow, product <= Int.max / 16 else {
                throw .format(path, at: "header", "has a shape too large for any file")
            }
            extent = product
        }
        let needed = shape.reduce(type.byteCount, *)
        guard bytes.count - dataStart == needed else {
            throw .format(path, "has \(bytes.count - dataStart) bytes of data, its shape and type need \(needed)")
        }
    }

    private static func type(_ description: String, path: String) throws(Failure) -> StoredType {
        let kind =
            description.utf8.first.map { "<|=".utf8.contains($0) } ?? false
            ? String(description.dropFirst()) : description
        switch kind {
        case "f8": return .float64
        case "f4": return .float32
        case "f2": return .float16
        case "i8": return .int64
        case "i4": return .int32
        case "i2": return .int16
        case "i1": return .int8
        case "u4": return .uint32
        case "u2": return .uint16
        case "u1": return .uint8
        case "b1": return .bool
        default:
            let hint =
                if description.utf8.first == UInt8(ascii: ">") {
                    "big-endian data: save `a.astype(a.dtype.newbyteorder('<'))`"
                } else if description.utf8.contains(UInt8(ascii: "O")) {
                    "pickled Python objects are never loaded"
                } else {
                    "tensors hold floats, integers and booleans: save `a.astype('float32')`"
                }
            throw .format(path, at: "header", "has elements of type '\(description)', which cannot be read", hint: hint)
        }
    }
}

/// Reads the one Python literal that an `.npy` header is; nil from any part means that it is something else.
private struct PythonLiteral {
    struct Fields {
        /// nil where it is a list of a record's fields.
        var description: String?
        var isColumnMajor: Bool?
        var shape: [Int]?
    }

    private let bytes: UnsafeRawBufferPointer
    private var position = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    mutating func dictionary() -> Fields? {
        var fields = Fields()
        guard take("{") else { return nil }
        while !take("}") {
            guard let key = string(), take(":") else { return nil }
            switch key {
            case "descr":
                if peek() == UInt8(ascii: "[") {
                    // A record: the caller refuses it, what follows does not matter.
                    return Fields(description: nil, isColumnMajor: false, shape: [])
                }
                guard let text = string() else { return nil }
                fields.description = text
            case "fortran_order":
                if take("True") {
                    fields.isColumnMajor = true
                } else if take("False") {
                    fields.isColumnMajor = false
                } else {
                    return nil
                }
            case "shape":
                guard let sizes = tuple() else { return nil }
                fields.shape = sizes
            default: return nil
            }
            guard take(",") || peek() == UInt8(ascii: "}") else { return nil }
        }
        skipBlanks()
        guard position == bytes.count, fields.description != nil else { return nil }
        return fields
    }

    private mutating func tuple() -> [Int]? {
        guard take("(") else { return nil }
        var sizes: [Int] = []
        while !take(")") {
            guard sizes.count < 64, let size = integer() else { return nil }
            sizes.append(size)
            guard take(",") || peek() == UInt8(ascii: ")") else { return nil }
        }
        return sizes
    }

    private mutating func integer() -> Int? {
        skipBlanks()
        var value = 0
        let start = position
        while position < bytes.count, case let digit = bytes[position] &- UInt8(ascii: "0"), digit < 10 {
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(Int(digit))
            if overflow || carry { return nil }
            value = sum
            position += 1
        }
        if position == start { return nil }
        // Python 2 wrote long integers with a suffix.
        if position < bytes.count, bytes[position] == UInt8(ascii: "L") { position += 1 }
        return value
    }

    private mutating func string() -> String? {
        skipBlanks()
        guard position < bytes.count, case let quote = bytes[position],
            quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"")
        else { return nil }
        let rest = bytes[(position + 1)...]
        guard let end = rest.firstIndex(of: quote) else { return nil }
        position = end + 1
        return String(decoding: rest[..<end], as: UTF8.self)
    }

    private mutating func take(_ word: String) -> Bool {
        skipBlanks()
        guard bytes[position...].starts(with: word.utf8) else { return false }
        position += word.utf8.count
        return true
    }

    private mutating func peek() -> UInt8? {
        skipBlanks()
        return position < bytes.count ? bytes[position] : nil
    }

    private mutating func skipBlanks() {
        while position < bytes.count, bytes[position] == 0x20 || bytes[position] == 0x0a { position += 1 }
    }
}
