/// Reading and writing single scalars of text that is known to be valid UTF-8, and making it so.
enum UTF8Text {
    /// The scalar that begins at `index` and how many bytes it takes.
    @inline(__always)
    static func scalar(_ bytes: UnsafePointer<UInt8>, _ index: Int) -> (value: UInt32, width: Int) {
        let first = UInt32(bytes[index])
        if first < 0x80 { return (first, 1) }
        let second = UInt32(bytes[index + 1]) & 0x3f
        if first < 0xe0 { return ((first & 0x1f) << 6 | second, 2) }
        let third = UInt32(bytes[index + 2]) & 0x3f
        if first < 0xf0 { return ((first & 0x0f) << 12 | second << 6 | third, 3) }
        return ((first & 0x07) << 18 | second << 12 | third << 6 | UInt32(bytes[index + 3]) & 0x3f, 4)
    }

    /// How many bytes the scalar takes whose first byte is `byte`.
    @inline(__always)
    static func width(_ byte: UInt8) -> Int { byte < 0x80 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4 }

    /// How many bytes `scalar` takes.
    @inline(__always)
    static func width(of scalar: UInt32) -> Int { scalar < 0x80 ? 1 : scalar < 0x800 ? 2 : scalar < 0x10000 ? 3 : 4 }

    /// Appends `scalar`.
    @inline(__always)
    static func append(_ scalar: UInt32, to bytes: inout [UInt8]) {
        if scalar < 0x80 { return bytes.append(UInt8(truncatingIfNeeded: scalar)) }
        if scalar < 0x800 {
            bytes.append(UInt8(truncatingIfNeeded: 0xc0 | scalar >> 6))
        } else {
            if scalar < 0x10000 {
                bytes.append(UInt8(truncatingIfNeeded: 0xe0 | scalar >> 12))
            } else {
                bytes.append(UInt8(truncatingIfNeeded: 0xf0 | scalar >> 18))
                bytes.append(UInt8(truncatingIfNeeded: 0x80 | scalar >> 12 & 0x3f))
            }
            bytes.append(UInt8(truncatingIfNeeded: 0x80 | scalar >> 6 & 0x3f))
        }
        bytes.append(UInt8(truncatingIfNeeded: 0x80 | scalar & 0x3f))
    }

    /// The scalars of valid UTF-8.
    static func scalars(_ bytes: [UInt8]) -> [UInt32] {
        bytes.withUnsafeBufferPointer { buffer in
            guard let start = buffer.baseAddress else { return [] }
            var result: [UInt32] = []
            result.reserveCapacity(buffer.count)
            var index = 0
            while index < buffer.count {
                let (value, width) = scalar(start, index)
                result.append(value)
                index += width
            }
            return result
        }
    }

    /// Whether every byte is ASCII.
    static func isASCII(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        var union: UInt8 = 0
        for byte in bytes { union |= byte }
        return union < 0x80
    }

    /// The length of the well-formed sequence at `index` (Unicode Standard, table 3-7): positive if well-formed, otherwise minus the length of
    /// its maximal subpart, which one U+FFFD stands for.
    private static func sequence(_ bytes: UnsafeBufferPointer<UInt8>, _ index: Int) -> Int {
        let first = bytes[index]
        if first < 0x80 { return 1 }
        guard first >= 0xc2, first <= 0xf4 else { return -1 }
        let width = Self.width(first)
        var low: UInt8 = 0x80
        var high: UInt8 = 0xbf
        switch first {
        case 0xe0: low = 0xa0
        case 0xed: high = 0x9f
        case 0xf0: low = 0x90
        case 0xf4: high = 0x8f
        default: break
        }
        var count = 1
        while count < width {
            guard index + count < bytes.count, bytes[index + count] >= low, bytes[index + count] <= high else {
                return -count
            }
            low = 0x80
            high = 0xbf
            count += 1
        }
        return width
    }

    /// Whether the bytes are valid UTF-8.
    static func isValid(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        var index = 0
        let raw = UnsafeRawBufferPointer(bytes)
        while index < bytes.count {
            // Eight bytes of ASCII at a time.
            while bytes.count - index >= 8,
                raw.loadUnaligned(fromByteOffset: index, as: UInt64.self) & 0x8080_8080_8080_8080 == 0
            { index += 8 }
            guard index < bytes.count else { break }
            if bytes[index] < 0x80 {
                index += 1
                continue
            }
            let count = sequence(bytes, index)
            if count < 0 { return false }
            index += count
        }
        return true
    }

    /// The bytes with U+FFFD in place of what is not UTF-8, and for each byte of the result (and its end) where it was.
    static func repaired(_ bytes: UnsafeBufferPointer<UInt8>) -> (bytes: [UInt8], places: [Int32]) {
        var result: [UInt8] = []
        var places: [Int32] = []
        result.reserveCapacity(bytes.count + 16)
        places.reserveCapacity(bytes.count + 16)
        var index = 0
        while index < bytes.count {
            let count = sequence(bytes, index)
            if count > 0 {
                for offset in 0..<count {
                    result.append(bytes[index + offset])
                    places.append(Int32(index + offset))
                }
            } else {
                result.append(contentsOf: [0xef, 0xbf, 0xbd])
                places.append(contentsOf: repeatElement(Int32(index), count: 3))
            }
            index += abs(count)
        }
        places.append(Int32(bytes.count))
        return (result, places)
    }
}
