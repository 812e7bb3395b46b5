import Support
import Tensors
import Testing

@testable import Tables

@Suite struct ColumnTensorTests {
    private func column(_ type: ColumnType, _ fill: (ColumnBuilder) throws(Failure) -> Void) throws -> Column {
        try Samples.column(type, fill)
    }

    @Test func sharesMemoryWhereTypesAgree() throws {
        func check<T: TensorElement & BitwiseCopyable & Equatable>(_ type: ColumnType, _ values: [T]) throws {
            let column = try column(type) { (builder) throws(Failure) in
                for value in values { try builder.append(fixed: value) }
            }
            let tensor = try column.tensor(named: "c")
            #expect(tensor.dtype == T.dtype)
            #expect(try tensor.values(as: T.self) == values)
            guard case .fixed(let buffer) = column.layout else {
                Issue.record("\(type) is not laid out as a tensor is")
                return
            }
            #expect(tensor.storage.start == buffer.start)
            #expect(!tensor.storage.isWritable)
        }
        try check(.float(bits: 32), [Float(1.5), 2])
        try check(.double, [0.1, 0.2])
        try check(.integer(bits: 32, signed: true), [Int32.min, 7])
        try check(.int64, [Int64.max, -1])
    }

    @Test func keepsTheColumnAlive() throws {
        func make() throws -> Tensor {
            try column(.double) { (b) throws(Failure) in for n in 0..<10_000 { try b.append(fixed: Double(n)) } }
                .tensor(named: "c")
        }
        let tensor = try make()
        let others = try (0..<20).map { _ in try make() }
        #expect(try tensor.values(as: Double.self).last == 9_999)
        #expect(others.count == 20)
    }

    @Test func convertsWhatTensorsHaveNot() throws {
        let small = try column(.integer(bits: 8, signed: false)) { (b) throws(Failure) in
            try b.append(fixed: UInt8(200))
        }
        #expect(try small.tensor(named: "c").dtype == .int32)
        let decimal = try column(.decimal(precision: 5, scale: 2)) { (b) throws(Failure) in
            try b.append(fixed: Int128(125))
        }
        #expect(try decimal.tensor(named: "c").values(as: Double.self) == [1.25])
        let truth = try column(.bool) { (b) throws(Failure) in
            try b.append(bool: true)
            try b.append(bool: false)
        }
        #expect(try truth.tensor(named: "c").values(as: Bool.self) == [true, false])
        #expect(try truth.tensor(named: "c", dtype: .float32).values(as: Float.self) == [1, 0])
        let pairs = try column(.fixedList(.float(bits: 32), count: 2)) { (b) throws(Failure) in
            for n in 0..<3 {
                try b.children[0].append(fixed: Float(n))
                try b.children[0].append(fixed: Float(-n))
                try b.endNested()
            }
        }
        #expect(try pairs.tensor(named: "c").shape == [3, 2])
        #expect(try pairs.tensor(named: "c").values(as: Float.self) == [0, 0, 1, -1, 2, -2])
    }

    @Test func refusesNullsOrMakesThemNaN() throws {
        let column = try Column([.integer(1), .null, .integer(3)], name: "c")
        #expect(
            throws: Failure.argument(
                "price", expected: "a column without nulls", got: "NULL in row 2",
                hint: "leave such rows out with t:sql, or ask for NaN with c:tensor{nulls = \"nan\"}")
        ) { try column.tensor(named: "price") }
        let values = try column.tensor(named: "c", nulls: .nan).values(as: Double.self)
        #expect(values[0] == 1 && values[1].isNaN && values[2] == 3)
        #expect(throws: Failure.self) { try column.tensor(named: "c", dtype: .int32, nulls: .nan) }
        #expect(throws: Failure.self) { try Column([.text("x")], name: "c").tensor(named: "c") }
    }

    @Test func putsColumnsSideBySide() throws {
        let table = try Table(
            names: ["a", "b"],
            columns: [
                try Column([.integer(1), .integer(2)], name: "a"), try Column([.number(0.5), .number(1)], name: "b"),
            ])
        let tensor = try table.tensor(["b", "a"])
        #expect(tensor.shape == [2, 2])
        #expect(tensor.dtype == .float32)
        #expect(try tensor.values(as: Float.self) == [0.5, 1, 1, 2])
        #expect(try table.tensor(["a"], dtype: .int64).dtype == .int64)
        #expect(throws: Failure.self) { try table.tensor([]) }
        #expect(throws: Failure.self) { try table.tensor(["c"]) }
    }

    @Test func makesColumnsOfTensors() throws {
        for dtype in DType.allCases {
            let tensor = try Tensor([Int32(1), 0, 3], shape: [3]).to(dtype)
            let column = try Column(tensor)
            #expect(try column.tensor(named: "c").dtype == dtype)
            #expect(try column.tensor(named: "c").values(as: Double.self) == tensor.values(as: Double.self))
        }
        let rows = try Column(try Tensor([Float(1), 2, 3, 4, 5, 6], shape: [2, 3]))
        #expect(rows.count == 2)
        #expect(rows[1] == .list([.number(4), .number(5), .number(6)]))
        #expect(throws: Failure.self) { try Column(try Tensor.zeros([1, 1, 1])) }
    }
}
