import Glibc

/// A text as code points in lower case with the kind of each, the form that word splitting works on.
struct ScannedText {
    enum Kind: UInt8 {
        /// Spaces, punctuation, symbols.
        case other
        /// A Chinese character.
        case han
        /// A Japanese syllable.
        case kana
        /// A letter of a script that puts spaces between words, or a mark on one.
        case letter
        case digit
        /// An apostrophe or hyphen, part of a word between letters.
        case joiner
        /// A full stop or comma, part of a number between digits.
        case separator
    }

    private(set) var points: [UInt32] = []
    private(set) var kinds: [Kind] = []

    init() {}

    init(_ text: String) {
        self.init()
        scan(text)
    }

    /// Replaces the content by that of `text`.
    mutating func scan(_ text: String) {
        points.removeAll(keepingCapacity: true)
        kinds.removeAll(keepingCapacity: true)
        var text = text
        text.withUTF8 { bytes in scan(bytes) }
    }

    private mutating func scan(_ bytes: UnsafeBufferPointer<UInt8>) {
        points.reserveCapacity(bytes.count / 2)
        kinds.reserveCapacity(bytes.count / 2)
        var index = 0
        while index < bytes.count {
            let (point, length) = ScannedText.decode(bytes, at: index)
            index += length
            append(point)
        }
    }

    private mutating func append(_ point: UInt32) {
        switch point {
        case 0x41...0x5a: put(point + 32, .letter)
        case 0x61...0x7a: put(point, .letter)
        case 0x30...0x39: put(point, .digit)
        case 0x27, 0x2019: put(0x27, .joiner)
        case 0x2d, 0x2010: put(0x2d, .joiner)
        case 0x2c, 0x2e: put(point, .separator)
        case 0..<0x80: put(point, .other)
        case 0x4e00...0x9fff, 0x3400...0x4dbf, 0x20000...0x323af, 0xf900...0xfaff, 0x3005, 0x3007: put(point, .han)
        case 0x3041...0x3096, 0x309d...0x309f, 0x30a1...0x30fa, 0x30fc...0x30ff, 0x31f0...0x31ff, 0xff66...0xff9f:
            put(point, .kana)
        case 0x2000...0x206f, 0x3000...0x303f, 0xfffd: put(point, .other)
        // Full-width forms of ASCII characters, common in Chinese text.
        case 0xff01...0xff5e: append(point - 0xfee0)
        default: appendByProperty(point)
        }
    }

    private mutating func appendByProperty(_ point: UInt32) {
        guard let scalar = Unicode.Scalar(point) else { return put(0xfffd, .other) }
        let properties = scalar.properties
        if properties.isAlphabetic {
            for lower in properties.lowercaseMapping.unicodeScalars { put(lower.value, .letter) }
            return
        }
        switch properties.generalCategory {
        case .decimalNumber: put(point, .digit)
        // Marks belong to the letter before them.
        case .nonspacingMark, .spacingMark, .enclosingMark: put(point, kinds.last == .letter ? .letter : .other)
        default: put(point, .other)
        }
    }

    private mutating func put(_ point: UInt32, _ kind: Kind) {
        points.append(point)
        kinds.append(kind)
    }

    /// The code point at `index` and its bytes. `bytes` is valid UTF-8, as that of a `String` is, or a dictionary file's, where what is
    /// not becomes U+FFFD.
    @inline(__always)
    private static func decode(_ bytes: UnsafeBufferPointer<UInt8>, at index: Int) -> (UInt32, Int) {
        let first = UInt32(bytes[index])
        if first < 0x80 { return (first, 1) }
        let length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2
        guard first >= 0xc2, first < 0xf5, index + length <= bytes.count else { return (0xfffd, 1) }
        var point = first & (0x7f >> UInt32(length))
        for step in 1..<length {
            guard bytes[index + step] & 0xc0 == 0x80 else { return (0xfffd, 1) }
            point = point << 6 | UInt32(bytes[index + step] & 0x3f)
        }
        return (point, length)
    }

    /// The code points of UTF-8 bytes, ASCII letters in lower case.
    static func lowercased(_ bytes: UnsafeRawBufferPointer) -> [UInt32] {
        bytes.withMemoryRebound(to: UInt8.self) { bytes in
            var points: [UInt32] = []
            points.reserveCapacity(bytes.count / 3 + 1)
            var index = 0
            while index < bytes.count {
                let (point, length) = decode(bytes, at: index)
                index += length
                points.append((0x41...0x5a).contains(point) ? point + 32 : point)
            }
            return points
        }
    }

    /// The text of some code points.
    static func string(_ points: some Sequence<UInt32>) -> String {
        var scalars = String.UnicodeScalarView()
        for point in points { scalars.append(Unicode.Scalar(point) ?? "\u{fffd}") }
        return String(scalars)
    }
}

/// Whether a file or folder is there.
func fileExists(_ path: String) -> Bool { access(path, F_OK) == 0 }
