import Support

/// The precompiled character map of SentencePiece: a double array (darts-clone's layout) from byte strings to their replacements.
struct CharacterMap: Sendable {
    private let units: [UInt32]
    private let replacements: [UInt8]

    /// Reads a map as tokenizer files hold it: base64 of a little-endian byte count, that many bytes of double array, and replacements that end
    /// in NUL.
    init(base64: [UInt8]) throws(Failure) {
        guard let data = Self.decoded(base64), data.count >= 4 else {
            throw .operation("the precompiled character map is not base64")
        }
        let size = (0..<4).reduce(0) { $0 | Int(data[$1]) << (8 * $1) }
        guard size % 4 == 0, size > 0, size <= data.count - 4 else {
            throw .operation("the precompiled character map is cut short")
        }
        units = (0..<size / 4).map { unit in
            (0..<4).reduce(0) { $0 | UInt32(data[4 + unit * 4 + $1]) << (8 * UInt32($1)) }
        }
        replacements = Array(data[(4 + size)...])
        // A replacement goes into text that is valid UTF-8 and must keep it so.
        guard replacements.withUnsafeBufferPointer(UTF8Text.isValid) else {
            throw .operation("the precompiled character map holds replacements that are not UTF-8")
        }
    }

    /// What replaces `count` bytes at `start`: the image of the shortest prefix in the map, if there is any.
    func replacement(_ start: UnsafePointer<UInt8>, count: Int) -> ArraySlice<UInt8>? {
        var node = offset(units[0])
        for index in 0..<count {
            if start[index] == 0 { return nil }
            node ^= Int(start[index])
            guard node < units.count, units[node] & 0x8000_00ff == UInt32(start[index]) else { return nil }
            let unit = units[node]
            node ^= offset(unit)
            if unit >> 8 & 1 == 1 {
                guard node < units.count else { return nil }
                return text(Int(units[node] & 0x7fff_ffff))
            }
        }
        return nil
    }

    /// Whether the map may change a text that begins with `prefix`.
    func mayChange(_ prefix: ArraySlice<UInt8>) -> Bool {
        var node = offset(units[0])
        for byte in prefix {
            node ^= Int(byte)
            guard node < units.count, units[node] & 0x8000_00ff == UInt32(byte) else { return false }
            if units[node] >> 8 & 1 == 1 { return true }
            node ^= offset(units[node])
        }
        return true
    }

    private func offset(_ unit: UInt32) -> Int { Int(unit >> 10) << Int((unit & 1 << 9) >> 6) }

    private func text(_ start: Int) -> ArraySlice<UInt8>? {
        guard start <= replacements.count else { return nil }
        let end = replacements[start...].firstIndex(of: 0) ?? replacements.count
        // A place inside a character would not be text.
        guard start == end || replacements[start] & 0xc0 != 0x80 else { return nil }
        return replacements[start..<end]
    }

    private static func decoded(_ base64: [UInt8]) -> [UInt8]? {
        var result: [UInt8] = []
        result.reserveCapacity(base64.count / 4 * 3)
        var bits: UInt32 = 0
        var count = 0
        for byte in base64 where byte != UInt8(ascii: "=") {
            let digit: UInt8
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): digit = byte - UInt8(ascii: "A")
            case UInt8(ascii: "a")...UInt8(ascii: "z"): digit = byte - UInt8(ascii: "a") + 26
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0") + 52
            case UInt8(ascii: "+"): digit = 62
            case UInt8(ascii: "/"): digit = 63
            default: return nil
            }
            bits = bits << 6 | UInt32(digit)
            count += 6
            if count >= 8 {
                count -= 8
                result.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
            }
        }
        return result
    }
}

extension NormalizedText {
    /// Applies a precompiled map: a grapheme cluster of less than six bytes is replaced as a whole (by the image of its shortest mapped prefix,
    /// the rest dropped), any other scalar by scalar. So do the models that were trained with such maps. Ends early once `cancellation` is set, which the caller checks.
    mutating func apply(_ map: CharacterMap, _ cancellation: Cancellation) {
        var changes: [Change] = []
        changes.reserveCapacity(count)
        var modified = false
        func replace(_ old: Int, _ new: ArraySlice<UInt8>) {
            modified = true
            let scalars = UTF8Text.scalars(Array(new))
            for scalar in scalars { changes.append((scalar, 0)) }
            if scalars.count > old {
                for offset in 1...scalars.count - old where offset <= changes.count {
                    changes[changes.count - offset].change = 1
                }
            } else if scalars.count < old, !changes.isEmpty {
                changes[changes.count - 1].change += scalars.count - old
            }
        }
        bytes.withUnsafeBufferPointer { buffer in
            guard let start = buffer.baseAddress else { return }
            var index = 0
            var clock = PollClock(cancellation)
            while index < buffer.count, !clock.isCancelled {
                let end = GraphemeClusters.end(start, from: index, count: buffer.count)
                if end - index < 6, let new = map.replacement(start + index, count: end - index) {
                    replace((index..<end).count { start[$0] & 0xc0 != 0x80 }, new)
                    index = end
                    continue
                }
                while index < end {
                    let (scalar, width) = UTF8Text.scalar(start, index)
                    if let new = map.replacement(start + index, count: width) {
                        replace(1, new)
                    } else {
                        changes.append((scalar, 0))
                    }
                    index += width
                }
            }
        }
        if modified { transform(changes) }
    }
}
