import Support

extension Column {
    /// How the rows of a column of dates or timestamps stand to the moment that `text` writes: below 0 where they come before it, 0 where they are it,
    /// above 0 after it, whatever nulls give. Nil for columns of other types.
    ///
    /// - Throws: an argument failure named `other` where `text` is no such moment. A time zone is needed where the column has one that is not UTC.
    public func order(toMoment text: [UInt8]) throws(Failure) -> (@Sendable (Int) -> Int)? {
        switch (layout, type) {
        case (.fixed(let buffer), .date):
            let day =
                Self.infinity(text).map { Int32($0) * Int32.max } ?? text.withUnsafeBytes { CivilTime.parseDate($0) }
            guard let day else { throw Self.refusal(text, "date as in '2024-01-31'", nil) }
            return { row in Self.order(buffer.load(row, as: Int32.self), day) }
        case (.fixed(let buffer), .timestamp(let unit, let zone)):
            // In nanoseconds, of which 64 bits hold three centuries only.
            let ticks = Int128(1_000_000_000 / unit.perSecond)
            var found = Self.infinity(text).map { Int128($0) * Int128(Int64.max) * ticks }
            if found == nil { found = try Self.nanoseconds(text, zone) }
            guard let other = found else {
                throw Self.refusal(text, "moment as in '2024-01-31' or '2024-01-31 09:30:00'", nil)
            }
            return { row in Self.order(Int128(buffer.load(row, as: Int64.self)) * ticks, other) }
        default: return nil
        }
    }

    private static func order<T: Comparable>(_ a: T, _ b: T) -> Int { a < b ? -1 : a == b ? 0 : 1 }

    /// 1 and -1 for the words by which DuckDB's endless dates are shown, which lie at the ends of the range.
    private static func infinity(_ text: [UInt8]) -> Int? {
        text == Array("infinity".utf8) ? 1 : text == Array("-infinity".utf8) ? -1 : nil
    }

    private static func nanoseconds(_ text: [UInt8], _ zone: String?) throws(Failure) -> Int128? {
        // The decimals from the seventh to the ninth on their own: others are read in microseconds.
        var (text, rest) = (text, Int128(0))
        if let point = text.firstIndex(of: UInt8(ascii: ".")) {
            let decimals = text[(point + 1)...].prefix { (0x30...0x39).contains($0) }
            let finest = decimals.dropFirst(6)
            if (1...3).contains(finest.count) {
                rest = (finest + Array(repeating: 0x30, count: 3 - finest.count)).reduce(0) {
                    $0 * 10 + Int128($1 - 0x30)
                }
                text.removeSubrange(finest.indices)
            }
        }
        let found = text.withUnsafeBytes { bytes in
            CivilTime.parseDate(bytes).map { (microseconds: Int64($0) * 86_400_000_000, hasZone: false) }
                ?? CivilTime.parseTimestamp(bytes)
        }
        guard let found else { return nil }
        if found.hasZone, zone == nil {
            throw refusal(text, "moment without a time zone", "the column has none")
        }
        if !found.hasZone, let zone, zone != "UTC" {
            throw refusal(text, "moment with its time zone", "'+08:00' or 'Z' behind it, as the column is in \(zone)")
        }
        return Int128(found.microseconds) * 1000 + rest
    }

    private static func refusal(_ text: [UInt8], _ expected: String, _ hint: String?) -> Failure {
        .argument("other", expected: expected, got: "'\(String(decoding: text, as: UTF8.self))'", hint: hint)
    }
}
