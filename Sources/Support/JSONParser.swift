/// A recursive-descent reader over a buffer of bytes.
struct JSONParser {
    private let bytes: UnsafeBufferPointer<UInt8>
    private let source: String
    private let uniqueKeys: Bool
    private let cancellation: Cancellation?
    private var position = 0
    private var depth = 0
    private var count = 0

    init(_ bytes: UnsafeBufferPointer<UInt8>, source: String, uniqueKeys: Bool, cancellation: Cancellation? = nil) {
        self.bytes = bytes
        self.source = source
        self.uniqueKeys = uniqueKeys
        self.cancellation = cancellation
    }

    /// The whole text as one value.
    mutating func document() throws(Failure) -> JSON {
        if bytes.count >= 3, bytes[0] == 0xef, bytes[1] == 0xbb, bytes[2] == 0xbf { position = 3 }
        skipBlanks()
        let result = try value()
        skipBlanks()
        guard position == bytes.count else { throw failure("unexpected text after the value") }
        return result
    }

    private mutating func value() throws(Failure) -> JSON {
        count &+= 1
        if count & 0xfff == 0 { try cancellation?.check() }
        guard position < bytes.count else { throw failure("the text ends where a value should stand") }
        switch bytes[position] {
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "["): return try array()
        case UInt8(ascii: "{"): return try object()
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: throw failure("a value expected, got \(shown(position))")
        }
    }

    private mutating func array() throws(Failure) -> JSON {
        try descend()
        var items: [JSON] = []
        if !take(UInt8(ascii: "]")) {
            while true {
                skipBlanks()
                items.append(try value())
                if take(UInt8(ascii: ",")) { continue }
                if take(UInt8(ascii: "]")) { break }
                throw failure("',' or ']' expected, got \(shown(position))")
            }
        }
        depth -= 1
        return .array(items)
    }

    private mutating func object() throws(Failure) -> JSON {
        try descend()
        var object = JSONObject()
        if !take(UInt8(ascii: "}")) {
            while true {
                skipBlanks()
                guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else {
                    throw failure("a key in double quotes expected, got \(shown(position))")
                }
                let key = try string()
                if uniqueKeys, object[key] != nil { throw failure("the key '\(key)' is there twice") }
                guard take(UInt8(ascii: ":")) else { throw failure("':' expected, got \(shown(position))") }
                skipBlanks()
                object.set(key, try value())
                if take(UInt8(ascii: ",")) { continue }
                if take(UInt8(ascii: "}")) { break }
                throw failure("',' or '}' expected, got \(shown(position))")
            }
        }
        depth -= 1
        return .object(object)
    }

    private mutating func descend() throws(Failure) {
        position += 1
        depth += 1
        if depth > JSON.depthLimit { throw failure("nested more than \(JSON.depthLimit) levels deep") }
    }

    private mutating func word(_ word: StaticString, _ result: JSON) throws(Failure) -> JSON {
        let count = word.utf8CodeUnitCount
        var matches = position + count <= bytes.count
        for index in 0..<count where matches { matches = bytes[position + index] == word.utf8Start[index] }
        guard matches else { throw failure("a value expected, got \(shown(position))") }
        position += count
        return result
    }

    // MARK: Strings

    private mutating func string() throws(Failure) -> ByteString {
        let opening = position
        position += 1
        let start = position
        while position < bytes.count {
            let byte = bytes[position]
            if byte == UInt8(ascii: "\"") {
                let content = Array(UnsafeBufferPointer(rebasing: bytes[start..<position]))
                position += 1
                return ByteString(content)
            }
            if byte == UInt8(ascii: "\\") { return try escapedString(from: start, opening: opening) }
            if byte < 0x20 { throw failure("a control character inside a string must be written as an escape") }
            position += 1
        }
        position = opening
        throw failure("a string that begins here never ends")
    }

    // Goes on where the first backslash was met.
    private mutating func escapedString(from start: Int, opening: Int) throws(Failure) -> ByteString {
        var content = Array(UnsafeBufferPointer(rebasing: bytes[start..<position]))
        while position < bytes.count {
            let byte = bytes[position]
            if byte == UInt8(ascii: "\"") {
                position += 1
                return ByteString(content)
            }
            if byte < 0x20 { throw failure("a control character inside a string must be written as an escape") }
            if byte == UInt8(ascii: "\\") {
                try escape(into: &content)
            } else {
                content.append(byte)
                position += 1
            }
        }
        position = opening
        throw failure("a string that begins here never ends")
    }

    private mutating func escape(into content: inout [UInt8]) throws(Failure) {
        guard position + 1 < bytes.count else { throw failure("the text ends inside an escape") }
        let letter = bytes[position + 1]
        if letter == UInt8(ascii: "u") {
            appendUTF8(try escapedScalar(), to: &content)
            return
        }
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): content.append(letter)
        case UInt8(ascii: "b"): content.append(0x08)
        case UInt8(ascii: "f"): content.append(0x0c)
        case UInt8(ascii: "n"): content.append(0x0a)
        case UInt8(ascii: "r"): content.append(0x0d)
        case UInt8(ascii: "t"): content.append(0x09)
        default: throw failure("unknown escape \\\(shown(position + 1))")
        }
        position += 2
    }

    // At a "\u": reads one escape, or two that form a surrogate pair.
    private mutating func escapedScalar() throws(Failure) -> UInt32 {
        let first = try hexadecimal(at: position + 2)
        position += 6
        guard first & 0xf800 == 0xd800 else { return first }
        guard first < 0xdc00, position + 1 < bytes.count, bytes[position] == UInt8(ascii: "\\"),
            bytes[position + 1] == UInt8(ascii: "u")
        else { return 0xfffd }
        let second = try hexadecimal(at: position + 2)
        guard second & 0xfc00 == 0xdc00 else { return 0xfffd }
        position += 6
        return 0x10000 + (first & 0x3ff) << 10 + (second & 0x3ff)
    }

    private func hexadecimal(at start: Int) throws(Failure) -> UInt32 {
        var result: UInt32 = 0
        for index in start..<start + 4 {
            guard index < bytes.count else { throw failure("the text ends inside an escape") }
            let digit: UInt8
            switch bytes[index] {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = bytes[index] - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = bytes[index] - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = bytes[index] - UInt8(ascii: "A") + 10
            default: throw failure("four hexadecimal digits expected after \\u")
            }
            result = result << 4 | UInt32(digit)
        }
        return result
    }

    private func appendUTF8(_ scalar: UInt32, to content: inout [UInt8]) {
        switch scalar {
        case 0..<0x80: content.append(UInt8(scalar))
        case 0x80..<0x800:
            content.append(UInt8(0xc0 | scalar >> 6))
            content.append(UInt8(0x80 | scalar & 0x3f))
        case 0x800..<0x10000:
            content.append(UInt8(0xe0 | scalar >> 12))
            content.append(UInt8(0x80 | scalar >> 6 & 0x3f))
            content.append(UInt8(0x80 | scalar & 0x3f))
        default:
            content.append(UInt8(0xf0 | scalar >> 18))
            content.append(UInt8(0x80 | scalar >> 12 & 0x3f))
            content.append(UInt8(0x80 | scalar >> 6 & 0x3f))
            content.append(UInt8(0x80 | scalar & 0x3f))
        }
    }

    // MARK: Numbers

    private mutating func number() throws(Failure) -> JSON {
        let start = position
        let negative = bytes[position] == UInt8(ascii: "-")
        if negative { position += 1 }
        // The digits as one integer, as long as 64 bits hold them, and the power of ten that scales it.
        var mantissa: UInt64 = 0
        var exact = true
        var scale = 0
        let whole = position
        while let digit = digit() { accumulate(digit, &mantissa, &exact) }
        guard position > whole else { throw failure("a digit expected, got \(shown(position))") }
        if position - whole > 1, bytes[whole] == UInt8(ascii: "0") {
            position = start
            throw failure("a number must not begin with 0")
        }
        var isInteger = true
        if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
            isInteger = false
            position += 1
            let fraction = position
            while let digit = digit() { accumulate(digit, &mantissa, &exact) }
            guard position > fraction else { throw failure("a digit expected, got \(shown(position))") }
            scale = fraction - position
        }
        if position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") {
            isInteger = false
            scale += try exponent()
        }
        if isInteger, exact, !(negative && mantissa == 0) {
            if negative, mantissa <= 1 << 63 { return .int(Int64(truncatingIfNeeded: 0 &- mantissa)) }
            if !negative, mantissa < 1 << 63 { return .int(Int64(mantissa)) }
        }
        // Both factors are exact doubles, so that the one rounding of the product or quotient is the correct one (Clinger 1990).
        if exact, mantissa <= 1 << 53, abs(scale) <= 22 {
            let power = powersOfTen[abs(scale)]
            let magnitude = scale < 0 ? Double(mantissa) / power : Double(mantissa) * power
            return .double(negative ? -magnitude : magnitude)
        }
        let text = String(decoding: UnsafeBufferPointer(rebasing: bytes[start..<position]), as: UTF8.self)
        guard let result = Double(text), result.isFinite else {
            position = start
            throw failure("the number is too large")
        }
        return .double(result)
    }

    private mutating func exponent() throws(Failure) -> Int {
        position += 1
        var negative = false
        if position < bytes.count, bytes[position] == UInt8(ascii: "-") || bytes[position] == UInt8(ascii: "+") {
            negative = bytes[position] == UInt8(ascii: "-")
            position += 1
        }
        let start = position
        var result = 0
        // Past any exponent of a double the value no longer matters; the text decides.
        while let digit = digit() { result = min(result * 10 + Int(digit), 1_000_000) }
        guard position > start else { throw failure("a digit expected, got \(shown(position))") }
        return negative ? -result : result
    }

    private mutating func digit() -> UInt8? {
        guard position < bytes.count else { return nil }
        let digit = bytes[position] &- UInt8(ascii: "0")
        guard digit < 10 else { return nil }
        position += 1
        return digit
    }

    private func accumulate(_ digit: UInt8, _ mantissa: inout UInt64, _ exact: inout Bool) {
        let (product, overflow) = mantissa.multipliedReportingOverflow(by: 10)
        let (sum, carry) = product.addingReportingOverflow(UInt64(digit))
        if overflow || carry { exact = false }
        mantissa = sum
    }

    // MARK: Position

    private mutating func skipBlanks() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x0a, 0x0d, 0x09: position += 1
            default: return
            }
        }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        skipBlanks()
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    private func shown(_ index: Int) -> String {
        guard index < bytes.count else { return "the end of the text" }
        let byte = bytes[index]
        if byte > 0x20, byte < 0x7f { return "'\(Character(Unicode.Scalar(byte)))'" }
        return "byte \(byte)"
    }

    /// A failure at the current position, named by line and by column in code points.
    private func failure(_ problem: String) -> Failure {
        var line = 1
        var column = 1
        for byte in bytes[..<min(position, bytes.count)] {
            if byte == 0x0a {
                line += 1
                column = 1
            } else if byte & 0xc0 != 0x80 {
                column += 1
            }
        }
        return .format(source, at: "line \(line), column \(column)", problem)
    }
}

private let powersOfTen: [Double] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
    1e21, 1e22,
]
