/// What stands between the quotes of a Lua string that may be unfinished: the bytes it means, and where each was written.
struct StringContent {
    /// The bytes meant.
    private(set) var bytes: [UInt8] = []
    /// For each byte, the index in the source of what means it; and at the end the index behind all.
    private(set) var places: [Int] = []

    /// Reads `source`, with escapes if `isQuoted`.
    init(_ source: ArraySlice<UInt8>, isQuoted: Bool) {
        var index = source.startIndex
        while index < source.endIndex {
            let place = index
            let byte = source[index]
            index += 1
            guard isQuoted, byte == UInt8(ascii: "\\"), index < source.endIndex else {
                put(byte, place)
                continue
            }
            let mark = source[index]
            index += 1
            switch mark {
            case UInt8(ascii: "n"): put(0x0A, place)
            case UInt8(ascii: "t"): put(0x09, place)
            case UInt8(ascii: "r"): put(0x0D, place)
            case UInt8(ascii: "a"): put(0x07, place)
            case UInt8(ascii: "b"): put(0x08, place)
            case UInt8(ascii: "f"): put(0x0C, place)
            case UInt8(ascii: "v"): put(0x0B, place)
            case UInt8(ascii: "x"):
                put(UInt8(truncatingIfNeeded: Self.number(source, &index, most: 2, radix: 16)), place)
            case 0x30...0x39:
                index -= 1
                put(UInt8(truncatingIfNeeded: Self.number(source, &index, most: 3, radix: 10)), place)
            case UInt8(ascii: "u"):
                if index < source.endIndex, source[index] == UInt8(ascii: "{") { index += 1 }
                let value = Self.number(source, &index, most: 8, radix: 16)
                if index < source.endIndex, source[index] == UInt8(ascii: "}") { index += 1 }
                for byte in String(Unicode.Scalar(UInt32(value)) ?? "\u{FFFD}").utf8 { put(byte, place) }
            case UInt8(ascii: "z"):
                while index < source.endIndex, source[index] == 0x20 || (0x09...0x0D).contains(source[index]) {
                    index += 1
                }
            default: put(mark, place)
            }
        }
        places.append(source.endIndex)
    }

    /// `text` as it is written inside quotes, or in a long bracket if `quote` is nil.
    static func written(_ text: String, quote: UInt8?) -> String {
        guard let quote else { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case _ where scalar.value == UInt32(quote): result += "\\" + String(scalar)
            case _ where scalar.value < 0x20 || scalar.value == 0x7F:
                let digits = String(scalar.value)
                result += "\\" + String(repeating: "0", count: 3 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    private mutating func put(_ byte: UInt8, _ place: Int) {
        bytes.append(byte)
        places.append(place)
    }

    private static func number(_ source: ArraySlice<UInt8>, _ index: inout Int, most: Int, radix: Int) -> Int {
        var value = 0
        var count = 0
        while count < most, index < source.endIndex,
            let digit = Character(Unicode.Scalar(source[index])).hexDigitValue, digit < radix
        {
            value = value * radix + digit
            index += 1
            count += 1
        }
        return value
    }
}
