import CArrow
import Support
import Testing

@testable import Tables

/// Arrays built by hand in the layouts of the Arrow specification. They are never freed: a test process is short.
struct Handmade {
    var schema: ArrowSchema
    var array: ArrowArray

    init(
        _ format: String, length: Int, nulls: Int = 0, offset: Int = 0, buffers: [UnsafeRawPointer?],
        children: [Handmade] = [],
        dictionary: Handmade? = nil, name: String = "c"
    ) {
        func pointer<T>(_ value: T) -> UnsafeMutablePointer<T> {
            let pointer = UnsafeMutablePointer<T>.allocate(capacity: 1)
            pointer.initialize(to: value)
            return pointer
        }
        func list<T>(_ values: [T]) -> UnsafeMutablePointer<T> {
            let pointer = UnsafeMutablePointer<T>.allocate(capacity: max(1, values.count))
            for (index, value) in values.enumerated() { (pointer + index).initialize(to: value) }
            return pointer
        }
        schema = ArrowSchema(
            format: UnsafePointer(list(Array(format.utf8CString))), name: UnsafePointer(list(Array(name.utf8CString))),
            metadata: nil, flags: 2, n_children: Int64(children.count),
            children: list(children.map { Optional(pointer($0.schema)) }),
            dictionary: dictionary.map { pointer($0.schema) },
            release: { $0?.pointee.release = nil }, private_data: nil)
        array = ArrowArray(
            length: Int64(length), null_count: Int64(nulls), offset: Int64(offset), n_buffers: Int64(buffers.count),
            n_children: Int64(children.count), buffers: list(buffers),
            children: list(children.map { Optional(pointer($0.array)) }),
            dictionary: dictionary.map { pointer($0.array) }, release: { $0?.pointee.release = nil }, private_data: nil)
    }

    static func bytes<T: BitwiseCopyable>(_ values: [T]) -> UnsafeRawPointer {
        let raw = UnsafeMutableRawPointer.allocate(
            byteCount: max(64, values.count * MemoryLayout<T>.stride), alignment: 16)
        for (index, value) in values.enumerated() {
            raw.storeBytes(of: value, toByteOffset: index * MemoryLayout<T>.stride, as: T.self)
        }
        return UnsafeRawPointer(raw)
    }

    func column(start: Int = 0, count: Int? = nil) throws -> Column {
        let field = try ArrowField(schema, column: "c")
        let builder = ColumnBuilder(field.columnType)
        try ArrowDecoder(column: "c").append(array, field, start: start, count: count ?? Int(array.length), to: builder)
        return builder.finish()
    }

    func values(start: Int = 0, count: Int? = nil) throws -> [Value] {
        let column = try column(start: start, count: count)
        return (0..<column.count).map { column[$0] }
    }
}

@Suite struct ArrowDecoderTests {
    private let someNulls = Handmade.bytes([UInt8(0b101)])

    @Test func readsIntegersOfEveryWidth() throws {
        func check<T: FixedWidthInteger & BitwiseCopyable>(_ format: String, _ type: T.Type) throws {
            let array = Handmade(
                format, length: 3, nulls: 1, buffers: [someNulls, Handmade.bytes([T.min, T(0), T.max])])
            let column = try array.column()
            #expect(column.text(0) == String(T.min))
            #expect(column[1] == .null)
            #expect(column.text(2) == String(T.max))
        }
        try check("c", Int8.self)
        try check("C", UInt8.self)
        try check("s", Int16.self)
        try check("S", UInt16.self)
        try check("i", Int32.self)
        try check("I", UInt32.self)
        try check("l", Int64.self)
        try check("L", UInt64.self)
    }

    @Test func widensUnsignedIntegersThatDoNotFit() throws {
        let array = Handmade("L", length: 2, buffers: [nil, Handmade.bytes([UInt64(7), UInt64.max])])
        #expect(try array.values() == [.integer(7), .number(0x1p64)])
    }

    @Test func readsFloats() throws {
        #expect(try Handmade("f", length: 1, buffers: [nil, Handmade.bytes([Float(0.5)])]).values() == [.number(0.5)])
        #expect(try Handmade("g", length: 1, buffers: [nil, Handmade.bytes([0.1])]).values() == [.number(0.1)])
        let halves = Handmade(
            "e", length: 4, buffers: [nil, Handmade.bytes([UInt16(0x3c00), 0xc000, 0x0001, 0x7c00])])
        #expect(try halves.values() == [.number(1), .number(-2), .number(0x1p-24), .number(.infinity)])
    }

    @Test func readsBooleansAtAnOffset() throws {
        let array = Handmade("b", length: 3, offset: 7, buffers: [nil, Handmade.bytes([UInt8(0x80), 0b10])])
        #expect(try array.values() == [.bool(true), .bool(false), .bool(true)])
    }

    @Test func readsTextsOfAllThreeLayouts() throws {
        let data = Handmade.bytes(Array("书a\0b longer than twelve".utf8))
        let small = Handmade(
            "u", length: 3, nulls: 1, buffers: [someNulls, Handmade.bytes([Int32(0), 3, 3, 6]), data])
        #expect(try small.values() == [.text("书"), .null, .text("a\0b")])
        let large = Handmade("U", length: 2, offset: 1, buffers: [nil, Handmade.bytes([Int64(0), 3, 6, 6]), data])
        #expect(try large.values() == [.text("a\0b"), .text("")])
        var views: [UInt8] = [3, 0, 0, 0] + Array("书".utf8) + [UInt8](repeating: 0, count: 9)
        views += [17, 0, 0, 0] + Array(" lon".utf8) + [0, 0, 0, 0] + [6, 0, 0, 0]
        let view = Handmade("vu", length: 2, buffers: [nil, Handmade.bytes(views), data, Handmade.bytes([Int64(23)])])
        #expect(try view.values() == [.text("书"), .text(" longer than twel")])
    }

    @Test func readsAColumnOfEmptyTextsWithoutBytes() throws {
        let array = Handmade("u", length: 2, buffers: [nil, Handmade.bytes([Int32(0), 0, 0]), nil])
        #expect(try array.values() == [.text(""), .text("")])
    }

    @Test func readsBinary() throws {
        let array = Handmade(
            "z", length: 1, buffers: [nil, Handmade.bytes([Int32(0), 2]), Handmade.bytes([UInt8(0xff), 0])])
        #expect(try array.values() == [.bytes([0xff, 0])])
        let fixed = Handmade("w:2", length: 2, buffers: [nil, Handmade.bytes([UInt8(1), 2, 3, 4])])
        #expect(try fixed.values() == [.bytes([1, 2]), .bytes([3, 4])])
    }

    @Test func readsDecimals() throws {
        let values: [Int128] = [1_250, -300, Int128(Int64.max) * 1_000]
        let array = Handmade("d:38,2", length: 3, buffers: [nil, Handmade.bytes(values)])
        #expect(try array.values() == [.number(12.5), .integer(-3), .number(92_233_720_368_547_758_080)])
        #expect(try array.column().text(0) == "12.50")
        #expect(try array.column().text(1) == "-3.00")
        #expect(
            try Handmade("d:9,3,32", length: 1, buffers: [nil, Handmade.bytes([Int32(-5)])]).column().text(0)
                == "-0.005")
        #expect(
            try Handmade("d:18,0,64", length: 1, buffers: [nil, Handmade.bytes([Int64(5)])]).values() == [.integer(5)])
        #expect(
            try Handmade("d:40,1,256", length: 1, buffers: [nil, Handmade.bytes([Int128(15), 0])]).values() == [
                .number(1.5)
            ])
        #expect(throws: Failure.self) {
            try Handmade("d:76,0,256", length: 1, buffers: [nil, Handmade.bytes([Int128(15), 1])]).values()
        }
    }

    @Test func readsDatesAndTimes() throws {
        func text<T: BitwiseCopyable>(_ format: String, _ value: T) throws -> Value {
            try Handmade(format, length: 1, buffers: [nil, Handmade.bytes([value])]).values()[0]
        }
        #expect(try text("tdD", Int32(19_782)) == .text("2024-02-29"))
        #expect(try text("tdD", Int32(-1)) == .text("1969-12-31"))
        #expect(try text("tdm", Int64(-1)) == .text("1969-12-31"))
        #expect(try text("tts", Int32(3_661)) == .text("01:01:01"))
        #expect(try text("ttm", Int32(3_661_250)) == .text("01:01:01.25"))
        #expect(try text("ttu", Int64(1)) == .text("00:00:00.000001"))
        #expect(try text("ttn", Int64(1)) == .text("00:00:00.000000001"))
        #expect(try text("tss:", Int64(-1)) == .text("1969-12-31T23:59:59"))
        #expect(try text("tsm:UTC", Int64(1_500)) == .text("1970-01-01T00:00:01.5Z"))
        #expect(try text("tsu:+08:00", Int64(0)) == .text("1970-01-01T08:00:00+08:00"))
        #expect(try text("tsn:-05:30", Int64(0)) == .text("1969-12-31T18:30:00-05:30"))
        #expect(try text("tsu:Asia/Shanghai", Int64(0)) == .text("1970-01-01T00:00:00Z"))
        #expect(try text("tiM", Int32(14)) == .text("1 year 2 months"))
        #expect(try text("tDs", Int64(-90)) == .text("-00:01:30"))
    }

    @Test func readsIntervals() throws {
        var bytes: [UInt8] = []
        withUnsafeBytes(of: Int32(1)) { bytes += $0 }
        withUnsafeBytes(of: Int32(2)) { bytes += $0 }
        withUnsafeBytes(of: Int64(3_000_000_000)) { bytes += $0 }
        #expect(
            try Handmade("tin", length: 1, buffers: [nil, Handmade.bytes(bytes)]).values() == [
                .text("1 month 2 days 00:00:03")
            ])
    }

    @Test func readsNullsAndLists() throws {
        #expect(try Handmade("n", length: 2, nulls: 2, buffers: []).values() == [.null, .null])
        let numbers = Handmade(
            "i", length: 5, nulls: 1,
            buffers: [Handmade.bytes([UInt8(0b11101)]), Handmade.bytes([Int32(1), 2, 3, 4, 5])])
        let list = Handmade(
            "+l", length: 3, nulls: 1, buffers: [someNulls, Handmade.bytes([Int32(0), 2, 2, 5])], children: [numbers])
        #expect(
            try list.values() == [.list([.integer(1), .null]), .null, .list([.integer(3), .integer(4), .integer(5)])])
        let large = Handmade(
            "+L", length: 1, offset: 1, buffers: [nil, Handmade.bytes([Int64(0), 2, 4])], children: [numbers])
        #expect(try large.values() == [.list([.integer(3), .integer(4)])])
        let fixed = Handmade("+w:2", length: 2, nulls: 1, buffers: [Handmade.bytes([UInt8(0b10)])], children: [numbers])
        #expect(try fixed.values() == [.null, .list([.integer(3), .integer(4)])])
        let view = Handmade(
            "+vl", length: 2, buffers: [nil, Handmade.bytes([Int32(3), 0]), Handmade.bytes([Int32(2), 1])],
            children: [numbers])
        #expect(try view.values() == [.list([.integer(4), .integer(5)]), .list([.integer(1)])])
    }

    @Test func readsRecordsAndDictionaries() throws {
        let numbers = Handmade("i", length: 3, buffers: [nil, Handmade.bytes([Int32(1), 2, 3])], name: "n")
        let texts = Handmade(
            "u", length: 3, nulls: 1,
            buffers: [someNulls, Handmade.bytes([Int32(0), 1, 1, 2]), Handmade.bytes(Array("ab".utf8))], name: "t")
        let record = Handmade("+s", length: 2, offset: 1, buffers: [nil], children: [numbers, texts])
        #expect(
            try record.values() == [
                .record([.init("n", .integer(2)), .init("t", .null)]),
                .record([.init("n", .integer(3)), .init("t", .text("b"))]),
            ])
        let dictionary = Handmade(
            "c", length: 3, nulls: 1, buffers: [someNulls, Handmade.bytes([Int8(2), 9, 0])], dictionary: texts)
        #expect(try dictionary.values() == [.text("b"), .null, .text("a")])
    }

    @Test func refusesDamagedArrays() throws {
        #expect(throws: Failure.self) { try Handmade("i", length: 3, buffers: [nil]).values() }
        #expect(throws: Failure.self) {
            try Handmade("u", length: 1, buffers: [nil, Handmade.bytes([Int32(5), 2]), Handmade.bytes([UInt8(1)])])
                .values()
        }
        #expect(throws: Failure.self) {
            let texts = Handmade(
                "u", length: 1, buffers: [nil, Handmade.bytes([Int32(0), 1]), Handmade.bytes([UInt8(65)])])
            _ = try Handmade("c", length: 1, buffers: [nil, Handmade.bytes([Int8(4)])], dictionary: texts).values()
        }
        #expect(throws: Failure.self) {
            try Handmade("+l", length: 1, buffers: [nil, Handmade.bytes([Int32(0), 1])]).values()
        }
        #expect(throws: Failure.self) { try Handmade("+us:0", length: 0, buffers: []).values() }
    }
}
