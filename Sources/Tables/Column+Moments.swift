import Support

extension Column {
    /// How the rows of a column of dates or timestamps stand to the moment that `text` writes: below 0 where they come before it, 0 where they are it,
    /// above 0 after it, whatever nulls give. Nil for columns of other types.
    ///
    /// - Throws: an argument failure named `other` where `text` is no such moment. A time zone is needed where the column has one that is not UTC.
    public func order(toMoment text: [UInt8]) throws(Failure) -> ((Int) -> Int)? {
        guard let moments else { return nil }
        let other = try moment(text)
        return { row in Self.order(moments(row), other) }
    }

    /// How the rows stand to those of a column of as many, either of which has dates or timestamps and the other such or texts that write them.
    /// Nil if neither does.
    ///
    /// - Throws: an argument failure named `other`, or `column` for this one, where a text is no such moment, or one column has a time zone and the
    ///   other none.
    public func order(toMomentsOf other: Column) throws(Failure) -> ((Int) -> Int)? {
        switch (moments, other.moments) {
        case (let moments?, let others?):
            guard (zone == nil) == (other.zone == nil) else {
                throw .argument(
                    "other", expected: "a column \(zone == nil ? "without" : "with") a time zone",
                    got: "one of type \(other.type.name)",
                    hint: "t:sql(\"select ...::timestamp from t\") leaves the zone out")
            }
            return { row in Self.order(moments(row), others(row)) }
        case (let moments?, nil):
            let others = try self.moments(writtenBy: other, called: "other")
            return { row in Self.order(moments(row), others[row]) }
        case (nil, let others?):
            let moments = try other.moments(writtenBy: self, called: "column")
            return { row in Self.order(moments[row], others(row)) }
        case (nil, nil): return nil
        }
    }

    /// Nanoseconds since 1970 of each row, of which 64 bits hold three centuries only. Endless dates lie at the ends of the range.
    private var moments: ((Int) -> Int128)? {
        func ticks<T: FixedWidthInteger & SignedInteger>(_ count: T, _ unit: Int128) -> Int128 {
            count == T.max ? .max : count == -T.max ? .min : Int128(count) * unit
        }
        switch (layout, type) {
        case (.fixed(let buffer), .date):
            return { row in ticks(buffer.load(row, as: Int32.self), 86_400_000_000_000) }
        case (.fixed(let buffer), .timestamp(let unit, _)):
            let length = Int128(1_000_000_000 / unit.perSecond)
            return { row in ticks(buffer.load(row, as: Int64.self), length) }
        default: return nil
        }
    }

    private var zone: String? {
        if case .timestamp(_, let zone) = type { zone } else { nil }
    }

    /// What the rows of a column of text write, as this one's moments; whatever for nulls.
    private func moments(writtenBy texts: Column, called name: String) throws(Failure) -> [Int128] {
        var found: [Int128] = []
        found.reserveCapacity(texts.count)
        for row in 0..<texts.count {
            if row & 0xffff == 0 { try Cancellation.checkPresent() }
            do throws(Failure) {
                found.append(texts.isNull(row) ? 0 : try moment(Array(texts.text(row).utf8)))
            } catch {
                throw .argument(
                    name, expected: error.problem, got: "\(error.got ?? "") in row \(row + 1)", hint: error.hint)
            }
        }
        return found
    }

    private func moment(_ text: [UInt8]) throws(Failure) -> Int128 {
        // The words by which DuckDB's endless dates are shown.
        if text == Array("infinity".utf8) { return .max }
        if text == Array("-infinity".utf8) { return .min }
        guard let moment = try Self.nanoseconds(text, zone) else {
            let expected =
                type == .date ? "date as in '2024-01-31'" : "moment as in '2024-01-31' or '2024-01-31 09:30:00'"
            throw Self.refusal(text, expected, nil)
        }
        return moment
    }

    private static func order(_ a: Int128, _ b: Int128) -> Int { a < b ? -1 : a == b ? 0 : 1 }

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
            throw refusal(
                text, "moment with its time zone", "'+08:00' or 'Z' behind it, as the column is in \(zone)")
        }
        return Int128(found.microseconds) * 1000 + rest
    }

    private static func refusal(_ text: [UInt8], _ expected: String, _ hint: String?) -> Failure {
        .argument("other", expected: expected, got: "'\(String(decoding: text, as: UTF8.self))'", hint: hint)
    }
}
