import Glibc
import Support

/// A column's rows as numbers of its different values: what grouping, counting and crossing work on.
public struct Categories: Sendable {
    /// The different values as a person reads them, in the order of the first row of each.
    public let labels: [String]
    /// For each row the position of its value in `labels`, -1 where it is null.
    public let codes: [Int32]
    /// The first row of each value, from 0.
    public let firstRows: [Int]

    /// The categories of `column`, called `name` and given as `parameter`: at most `limit` different values.
    public init(
        _ column: Column, named name: String, parameter: String, limit: Int, cancellation: Cancellation
    ) throws(Failure) {
        var index = RowIndex(column)
        var codes = [Int32](repeating: -1, count: column.count)
        for row in 0..<column.count {
            if row & 0xffff == 0 { try cancellation.check() }
            if column.isNull(row) { continue }
            let code = index.code(of: row)
            guard code < limit else {
                throw .argument(
                    parameter, expected: "a column of at most \(limit) different values",
                    got: "more in column '\(name)', the first of them in row \(row + 1)")
            }
            codes[row] = Int32(code)
        }
        self.codes = codes
        firstRows = index.firstRows
        labels = firstRows.map { column.text($0) }
    }

    /// Categories in a new order: `order[i]` is the old position of the one that comes `i`th.
    public func reordered(_ order: [Int]) -> Categories {
        var place = [Int32](repeating: 0, count: labels.count)
        for (new, old) in order.enumerated() { place[old] = Int32(new) }
        return Categories(
            labels: order.map { labels[$0] }, codes: codes.map { $0 < 0 ? -1 : place[Int($0)] },
            firstRows: order.map { firstRows[$0] })
    }

    /// The given rows (from 0) in that order.
    public func selecting(_ rows: [Int]) -> Categories {
        Categories(labels: labels, codes: rows.map { codes[$0] }, firstRows: firstRows)
    }

    private init(labels: [String], codes: [Int32], firstRows: [Int]) {
        self.labels = labels
        self.codes = codes
        self.firstRows = firstRows
    }
}

/// Numbers the different values of a column as they come. Only rows are kept, not values: the column itself is the table of keys.
public struct RowIndex {
    /// The first row of each value.
    public private(set) var firstRows: [Int] = []
    private let column: Column
    private let seed: UInt64
    /// Positions in `firstRows` plus one; 0 where a slot is free.
    private var slots: [UInt32]

    /// An index of no rows yet, with room for about `expected` values.
    public init(_ column: Column, expected: Int = 16) {
        self.column = column
        // The process's own seed: its order never shows, and a hostile file cannot choose values that collide.
        seed = UInt64(bitPattern: Int64(Hasher().finalize()))
        var size = 64
        while size < expected * 2 { size *= 2 }
        slots = [UInt32](repeating: 0, count: size)
    }

    /// The number of the value in `row`, which is not null: that of the first row with the same bytes.
    public mutating func code(of row: Int) -> Int {
        if (firstRows.count + 1) * 3 > slots.count * 2 { grow() }
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: column.hash(row, seed)) & mask
        while slots[slot] != 0 {
            let code = Int(slots[slot]) - 1
            if column.isSame(row, firstRows[code]) { return code }
            slot = (slot + 1) & mask
        }
        firstRows.append(row)
        slots[slot] = UInt32(firstRows.count)
        return firstRows.count - 1
    }

    private mutating func grow() {
        let mask = slots.count * 2 - 1
        slots = [UInt32](repeating: 0, count: mask + 1)
        for (code, row) in firstRows.enumerated() {
            var slot = Int(truncatingIfNeeded: column.hash(row, seed)) & mask
            while slots[slot] != 0 { slot = (slot + 1) & mask }
            slots[slot] = UInt32(code + 1)
        }
    }
}

extension Column {
    /// SHA-256 of the column's type and values as they lie in memory; nulls count as such.
    public func digest() -> [UInt8] {
        var parts = Array("\(type.name) \(count) ".utf8)
        if let validity { parts += SHA256.digest(validity.bytes) }
        switch layout {
        case .null: break
        case .bits(let buffer), .fixed(let buffer): parts += SHA256.digest(buffer.bytes)
        case .variable(let offsets, let bytes): parts += SHA256.digest(offsets.bytes) + SHA256.digest(bytes.bytes)
        default: for row in 0..<count { parts += Array(text(row).utf8) + [0] }
        }
        return SHA256.digest(parts)
    }

    fileprivate func hash(_ row: Int, _ seed: UInt64) -> UInt64 {
        func mixed(_ state: UInt64, _ word: UInt64) -> UInt64 {
            let product = (state ^ word).multipliedFullWidth(by: 0x9e37_79b9_7f4a_7c15)
            return product.high ^ product.low
        }
        switch layout {
        case .variable:
            return withBytes(row) { bytes in
                var state = mixed(seed, UInt64(bytes.count))
                var place = 0
                while place + 8 <= bytes.count {
                    state = mixed(state, bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self))
                    place += 8
                }
                var rest: UInt64 = 0
                while place < bytes.count {
                    rest = rest << 8 | UInt64(bytes[place])
                    place += 1
                }
                return mixed(mixed(state, rest), seed)
            }
        case .fixed(let buffer): return mixed(mixed(seed, word(buffer, row)), 0x51)
        case .bits(let bits): return mixed(seed, bits.bit(row) ? 1 : 2)
        default: return mixed(seed, UInt64(text(row).utf8.reduce(0) { $0 &* 31 &+ UInt64($1) }))
        }
    }

    fileprivate func isSame(_ row: Int, _ other: Int) -> Bool {
        switch layout {
        case .variable:
            return withBytes(row) { left in
                withBytes(other) { right in
                    guard left.count == right.count else { return false }
                    guard let from = left.baseAddress, let to = right.baseAddress else { return true }
                    return memcmp(from, to, left.count) == 0
                }
            }
        case .fixed(let buffer) where type.width <= 8: return word(buffer, row) == word(buffer, other)
        case .bits(let bits): return bits.bit(row) == bits.bit(other)
        default: return self[row] == self[other]
        }
    }

    private func word(_ buffer: Buffer, _ row: Int) -> UInt64 {
        switch type.width {
        case 1: UInt64(buffer.load(row, as: UInt8.self))
        case 2: UInt64(buffer.load(row, as: UInt16.self))
        case 4: UInt64(buffer.load(row, as: UInt32.self))
        case 8: buffer.load(row, as: UInt64.self)
        default: buffer.load(row * 2, as: UInt64.self) ^ buffer.load(row * 2 + 1, as: UInt64.self)
        }
    }
}
