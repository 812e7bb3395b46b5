import Support
import Testing

@testable import Tables

/// Small tables for tests.
enum Samples {
    static func column(_ type: ColumnType, _ fill: (ColumnBuilder) throws(Failure) -> Void) throws(Failure) -> Column {
        let builder = ColumnBuilder(type)
        try fill(builder)
        return builder.finish()
    }

    /// Two rows of every type there is, the second null.
    static func everyType() throws(Failure) -> Table {
        var types: [(ColumnType, (ColumnBuilder) throws(Failure) -> Void)] = [
            (.bool, { (b) throws(Failure) in try b.append(bool: true) }),
            (.float(bits: 32), { (b) throws(Failure) in try b.append(fixed: Float(1.5)) }),
            (.double, { (b) throws(Failure) in try b.append(fixed: 0.1) }),
            (.decimal(precision: 10, scale: 2), { (b) throws(Failure) in try b.append(fixed: Int128(-1_234)) }),
            (.text, { (b) throws(Failure) in try b.append(text: "书\0😀") }),
            (.binary, { (b) throws(Failure) in try b.append(bytes: UnsafeRawBufferPointer(start: nil, count: 0)) }),
            (.date, { (b) throws(Failure) in try b.append(fixed: Int32(19_782)) }),
            (.time(.microsecond), { (b) throws(Failure) in try b.append(fixed: Int64(1_500_000)) }),
            (.timestamp(.microsecond, zone: nil), { (b) throws(Failure) in try b.append(fixed: Int64(1)) }),
            (.timestamp(.microsecond, zone: "UTC"), { (b) throws(Failure) in try b.append(fixed: Int64(1)) }),
            (.timestamp(.nanosecond, zone: nil), { (b) throws(Failure) in try b.append(fixed: Int64(1)) }),
            (
                .list(.text),
                { (b) throws(Failure) in
                    try b.children[0].append(text: "a")
                    try b.children[0].appendNull()
                    try b.endNested()
                }
            ),
            (
                .fixedList(.float(bits: 32), count: 2),
                { (b) throws(Failure) in
                    try b.children[0].append(fixed: Float(1))
                    try b.children[0].append(fixed: Float(2))
                    try b.endNested()
                }
            ),
            (
                .record([.init("x", .int64), .init("y", .list(.bool))]),
                { (b) throws(Failure) in
                    try b.children[0].append(fixed: Int64(7))
                    try b.children[1].children[0].append(bool: false)
                    try b.children[1].endNested()
                    try b.endNested()
                }
            ),
        ]
        for bits in [8, 16, 32, 64] {
            for signed in [true, false] {
                types.append(
                    (
                        .integer(bits: bits, signed: signed),
                        { (b) throws(Failure) in
                            switch bits {
                            case 8: try b.append(fixed: Int8(1))
                            case 16: try b.append(fixed: Int16(1))
                            case 32: try b.append(fixed: Int32(1))
                            default: try b.append(fixed: Int64(1))
                            }
                        }
                    ))
            }
        }
        var columns: [Column] = []
        for (type, fill) in types {
            columns.append(
                try column(type) { (builder) throws(Failure) in
                    try fill(builder)
                    try builder.appendNull()
                })
        }
        return try Table(names: types.map { $0.0.name }, columns: columns)
    }
}
