import Support

extension Table {
    /// One row per column: its type, how many values and nulls it has, how many differ, the smallest and largest, and for numbers mean
    /// and standard deviation (n - 1 in the divisor).
    public func describe(work: Work = Work()) throws(Failure) -> Table {
        let names = ["column", "type", "count", "nulls", "distinct", "min", "max", "mean", "std"]
        var rows: [[Value]] = names.map { _ in [] }
        for (name, column) in zip(self.names, columns) {
            let summary = try ColumnSummary(column, work)
            let values: [Value] = [
                .text(name), .text(column.type.name), .integer(Int64(column.count - column.nullCount)),
                .integer(Int64(column.nullCount)), .integer(Int64(summary.distinct)), summary.least, summary.greatest,
                summary.mean.map(Value.number) ?? .null, summary.deviation.map(Value.number) ?? .null,
            ]
            for (index, value) in values.enumerated() { rows[index].append(value) }
        }
        var columns: [Column] = []
        for (name, values) in zip(names, rows) {
            // Even a table of dates only keeps a numeric mean.
            let column = try Column(values, name: name)
            columns.append(
                column.type == .null && (name == "mean" || name == "std") ? try nulls(.double, values.count) : column)
        }
        return try Table(names: names, columns: columns)
    }

    private func nulls(_ type: ColumnType, _ count: Int) throws(Failure) -> Column {
        let builder = ColumnBuilder(type)
        for _ in 0..<count { try builder.appendNull() }
        return builder.finish()
    }
}

/// Figures of one column.
private struct ColumnSummary {
    var distinct = 0
    /// As text, since one column of the description holds them for columns of all types.
    var least = Value.null
    var greatest = Value.null
    var mean: Double?
    var deviation: Double?

    init(_ column: Column, _ work: Work) throws(Failure) {
        var index = RowIndex(column)
        var clock = PollClock(work.cancellation)
        // However its bits are written, it is one value.
        var hasNaN = false
        var extremes: (least: Int, greatest: Int)?
        var (count, sum) = (0.0, CompensatedSum())
        let isNumber = column.type.isNumber
        for row in 0..<column.count where !column.isNull(row) {
            try clock.check()
            if isNumber {
                let value = column.number(row)
                count += 1
                sum.add(value)
                if value.isNaN {
                    hasNaN = true
                    continue
                }
            }
            _ = index.code(of: row)
            guard let known = extremes else {
                extremes = (row, row)
                continue
            }
            extremes = (
                column.precedes(row, known.least) ? row : known.least,
                column.precedes(known.greatest, row) ? row : known.greatest
            )
        }
        distinct = index.firstRows.count + (hasNaN ? 1 : 0)
        if let extremes {
            least = .text(column.text(extremes.least))
            greatest = .text(column.text(extremes.greatest))
        }
        guard isNumber, count > 0 else { return }
        let average = sum.value / count
        mean = average
        guard count > 1 else { return }
        var squares = CompensatedSum()
        for row in 0..<column.count where !column.isNull(row) {
            try clock.check()
            let distance = column.number(row) - average
            squares.add(distance * distance)
        }
        deviation = (squares.value / (count - 1)).squareRoot()
    }
}

/// A sum that carries along what rounding loses (Neumaier 1974).
private struct CompensatedSum {
    private var sum = 0.0
    private var lost = 0.0

    var value: Double { lost.isFinite ? sum + lost : sum }

    mutating func add(_ value: Double) {
        let next = sum + value
        lost += abs(sum) >= abs(value) ? (sum - next) + value : (value - next) + sum
        sum = next
    }
}

extension Column {
    /// Whether row `a` sorts before row `b`: numbers by size, everything else by the bytes of its text.
    fileprivate func precedes(_ a: Int, _ b: Int) -> Bool {
        switch (layout, type) {
        case (.fixed(let buffer), .decimal): return buffer.load(a, as: Int128.self) < buffer.load(b, as: Int128.self)
        case (.fixed(let buffer), .integer(64, true)):
            return buffer.load(a, as: Int64.self) < buffer.load(b, as: Int64.self)
        case (.fixed(let buffer), .integer(64, false)):
            return buffer.load(a, as: UInt64.self) < buffer.load(b, as: UInt64.self)
        case (.fixed(let buffer), .date): return buffer.load(a, as: Int32.self) < buffer.load(b, as: Int32.self)
        case (.fixed(let buffer), .time), (.fixed(let buffer), .timestamp):
            return buffer.load(a, as: Int64.self) < buffer.load(b, as: Int64.self)
        case (.fixed, _): return number(a) < number(b)
        case (.variable, _):
            return withBytes(a) { first in withBytes(b) { first.lexicographicallyPrecedes($0) } }
        default: return text(a).utf8.lexicographicallyPrecedes(text(b).utf8)
        }
    }
}
