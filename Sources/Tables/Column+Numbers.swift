import Support

extension Column {
    /// Every row as a double, NaN where there is none: for statistics, which read whole columns. Integers beyond 2^53 lose their last digits.
    ///
    /// - Parameter name: what to call the column in an error.
    public func numbers(named name: String) throws(Failure) -> [Double] {
        var result: [Double]
        switch (layout, type) {
        case (.fixed(let buffer), .float(64)): result = Column.doubles(buffer, count, Double.self) { $0 }
        case (.fixed(let buffer), .float): result = Column.doubles(buffer, count, Float.self) { Double($0) }
        case (.fixed(let buffer), .integer(8, true)): result = Column.doubles(buffer, count, Int8.self) { Double($0) }
        case (.fixed(let buffer), .integer(16, true)): result = Column.doubles(buffer, count, Int16.self) { Double($0) }
        case (.fixed(let buffer), .integer(32, true)): result = Column.doubles(buffer, count, Int32.self) { Double($0) }
        case (.fixed(let buffer), .integer(_, true)): result = Column.doubles(buffer, count, Int64.self) { Double($0) }
        case (.fixed(let buffer), .integer(8, false)): result = Column.doubles(buffer, count, UInt8.self) { Double($0) }
        case (.fixed(let buffer), .integer(16, false)):
            result = Column.doubles(buffer, count, UInt16.self) { Double($0) }
        case (.fixed(let buffer), .integer(32, false)):
            result = Column.doubles(buffer, count, UInt32.self) { Double($0) }
        case (.fixed(let buffer), .integer): result = Column.doubles(buffer, count, UInt64.self) { Double($0) }
        case (.fixed, .decimal): result = (0..<count).map { number($0) }
        case (.bits(let bits), .bool): result = (0..<count).map { bits.bit($0) ? 1 : 0 }
        case (.null, _): return [Double](repeating: .nan, count: count)
        default: throw notNumbers(name)
        }
        if let validity { for row in 0..<count where !validity.bit(row) { result[row] = .nan } }
        return result
    }

    private static func doubles<T: BitwiseCopyable>(
        _ buffer: Buffer, _ count: Int, _ type: T.Type, _ double: (T) -> Double
    ) -> [Double] {
        guard count > 0 else { return [] }
        return [Double](unsafeUninitializedCapacity: count) { target, initialized in
            for row in 0..<count { target[row] = double(buffer.load(row, as: T.self)) }
            initialized = count
        }
    }

    /// What is wrong with a column that holds no numbers, with the first value that is none.
    private func notNumbers(_ name: String) -> Failure {
        let row = (0..<count).first { !isNull($0) }
        let value = row.map { "'\(text($0))' in row \($0 + 1)" }
        return .argument(
            name, expected: "a column of numbers or booleans",
            got: value.map { "'\(name)' of type \(type.name), \($0)" } ?? "'\(name)' of type \(type.name)")
    }

    /// Every row as days since 1970-01-01, `Int32.min` where there is none. Moments count by the day of their own zone or clock; texts are
    /// read if they begin with a date such as `2024-01-31`.
    ///
    /// - Parameter name: what to call the column in an error.
    public func days(named name: String, parameter: String? = nil) throws(Failure) -> [Int32] {
        var result = [Int32](repeating: .min, count: count)
        for row in 0..<count where !isNull(row) {
            let day: Int32?
            switch (layout, type) {
            case (.fixed(let buffer), .date): day = buffer.load(row, as: Int32.self)
            case (.fixed(let buffer), .timestamp(let unit, let zone)):
                let offset = (zone.flatMap(CivilTime.fixedOffset) ?? 0) * unit.perSecond
                let local = buffer.load(row, as: Int64.self).addingReportingOverflow(offset).partialValue
                let perDay = 86_400 * unit.perSecond
                day = Int32(exactly: local >= 0 ? local / perDay : -((perDay - 1 - local) / perDay))
            case (.variable, .text):
                day = withBytes(row) { text in
                    text.count >= 10 ? CivilTime.parseDate(UnsafeRawBufferPointer(rebasing: text[..<10])) : nil
                }
            default: day = nil
            }
            guard let day else {
                throw .argument(
                    parameter ?? name, expected: "a column of dates",
                    got: "'\(text(row))' in row \(row + 1) of column '\(name)'",
                    hint: type == .text
                        ? "a text is read as 2024-01-31; for other forms, such as 31/01/2024: "
                            + "t = t:sql(\"select * replace (strptime(\(SQL.quoted(name)), '%d/%m/%Y')::date as \(SQL.quoted(name))) from this\")"
                        : nil)
            }
            result[row] = day
        }
        return result
    }

    /// A day that `days(named:)` gave, as `2024-01-31`.
    public static func dateText(_ day: Int32) -> String { CivilTime.dateText(day) }
}
