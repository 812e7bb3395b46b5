import Support

extension Column {
    /// How the rows of a column of dates or timestamps stand to the moment that `text` writes: below 0 where they come before it, 0 where they are it,
    /// above 0 after it, whatever nulls give. Nil for columns of other types.
    ///
    /// - Throws: an argument failure named `other` where `text` is no such moment. A time zone is needed where the column has one that is not UTC.
    public func order(toMoment text: [UInt8]) throws(Failure) -> (@Sendable (Int) -> Int)? {
        switch (layout, type) {
        case (.fixed(let buffer), .date):
            guard let day = text.withUnsafeBytes({ CivilTime.parseDate($0) }) else {
                throw Self.refusal(text, "date as in '2024-01-31'", nil)
            }
            return { row in Self.order(buffer.load(row, as: Int32.self), day) }
        case (.fixed(let buffer), .timestamp(let unit, let zone)):
            guard let other = try Self.microseconds(text, zone) else {
                throw Self.refusal(text, "moment as in '2024-01-31' or '2024-01-31 09:30:00'", nil)
            }
            // In nanoseconds, of which 64 bits hold three centuries only.
            let (ticks, nanoseconds) = (Int128(1_000_000_000 / unit.perSecond), Int128(other) * 1000)
            return { row in Self.order(Int128(buffer.load(row, as: Int64.self)) * ticks, nanoseconds) }
        default: return nil
        }
    }

    private static func order<T: Comparable>(_ a: T, _ b: T) -> Int { a < b ? -1 : a == b ? 0 : 1 }

    private static func microseconds(_ text: [UInt8], _ zone: String?) throws(Failure) -> Int64? {
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
        return found.microseconds
    }

    private static func refusal(_ text: [UInt8], _ expected: String, _ hint: String?) -> Failure {
        .argument("other", expected: expected, got: "'\(String(decoding: text, as: UTF8.self))'", hint: hint)
    }
}
