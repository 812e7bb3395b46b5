import Support
import Tensors

/// A column of a table: values of one type, some of them null, in memory laid out as Arrow lays it out. It never changes; tables share it.
///
/// However many batches a result came in, a column is one run of memory, so that a numeric column is a tensor without a copy.
public final class Column: Sendable {
    /// The type of the values.
    public let type: ColumnType
    /// Number of rows.
    public let count: Int
    /// How many rows are null.
    public let nullCount: Int
    /// One bit per row, set where there is a value; nil when there are no nulls.
    let validity: Buffer?
    let layout: Layout

    enum Layout: Sendable {
        case null
        /// One bit per row.
        case bits(Buffer)
        /// `type.width` bytes per row.
        case fixed(Buffer)
        /// `count + 1` 64-bit positions into the bytes.
        case variable(offsets: Buffer, bytes: Buffer)
        /// `count + 1` 64-bit positions into the elements.
        case list(offsets: Buffer, elements: Column)
        case fixedList(size: Int, elements: Column)
        case record([Column])
    }

    init(type: ColumnType, count: Int, nullCount: Int, validity: Buffer?, layout: Layout) {
        self.type = type
        self.count = count
        self.nullCount = nullCount
        self.validity = nullCount == 0 ? nil : validity
        self.layout = layout
    }

    /// Whether row `index` (from 0, below `count`) is null.
    public func isNull(_ index: Int) -> Bool {
        if case .null = layout { return true }
        return validity.map { !$0.bit(index) } ?? false
    }

    /// A column with the given rows of this one (from 0, each below `count`), in that order, repeats allowed.
    public func selecting(_ rows: some Collection<Int>) throws(Failure) -> Column {
        let builder = ColumnBuilder(type)
        for row in rows { try builder.append(from: self, at: row) }
        return builder.finish()
    }

    /// The column followed by another of the same type.
    func appending(_ other: Column) throws(Failure) -> Column {
        let builder = ColumnBuilder(type)
        for row in 0..<count { try builder.append(from: self, at: row) }
        for row in 0..<other.count { try builder.append(from: other, at: row) }
        return builder.finish()
    }
}
