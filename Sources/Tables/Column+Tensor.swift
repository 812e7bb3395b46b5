import Support
import Tensors

/// What becomes of a missing value where a number is needed.
public enum NullRule: Sendable {
    /// It is an error that names the column and the row.
    case refuse
    /// It becomes NaN, in a tensor of floating-point numbers.
    case nan
}

extension Column {
    /// The column as a tensor of shape [rows], or [rows, n] for fixed lists of n numbers.
    ///
    /// Columns without nulls whose type a tensor has (`float`, `double`, `int32`, `int64`) share their memory with it; others are
    /// converted: narrower integers to `int32`, wider ones and decimals to `double`.
    /// - Parameters:
    ///   - name: what to call the column in an error.
    ///   - dtype: the type of the elements, if not the nearest one.
    ///   - nullHint: what the caller offers against nulls.
    public func tensor(
        named name: String, dtype: DType? = nil, nulls: NullRule = .refuse,
        nullHint: String = "leave such rows out with t:sql, or ask for NaN with c:tensor{nulls = \"nan\"}"
    ) throws(Failure) -> Tensor {
        if case .fixedList(let size, let elements) = layout, nullCount == 0 {
            let flat = try elements.tensor(named: name, dtype: dtype, nulls: nulls)
            return try flat.withShape([count, size])
        }
        let kind = try nativeDType(name)
        if nullCount > 0, nulls == .refuse || dtype.map({ !$0.isFloatingPoint }) ?? false {
            let row = (0..<count).first { isNull($0) } ?? 0
            throw .argument(
                name, expected: "a column without nulls", got: "NULL in row \(row + 1)",
                hint: nullHint)
        }
        let native = nullCount > 0 ? (type == .float(bits: 32) ? DType.float32 : .float64) : kind
        if nullCount == 0, case .fixed(let buffer) = layout, sharesMemory(with: native) {
            return try Tensor(borrowing: buffer.bytes, from: buffer, dtype: native, shape: [count]).to(dtype ?? native)
        }
        let converted =
            switch native {
            case .bool:
                try Tensor.build([count], of: Bool.self) { t in
                    for row in 0..<count { t[row] = self[row] == .bool(true) }
                }
            case .int32:
                try Tensor.build([count], of: Int32.self) { t in for row in 0..<count { t[row] = Int32(number(row)) } }
            default: try Tensor.build([count], of: Double.self) { t in for row in 0..<count { t[row] = number(row) } }
            }
        return try converted.to(dtype ?? native)
    }

    private func sharesMemory(with dtype: DType) -> Bool {
        switch (type, dtype) {
        case (.float(32), .float32), (.float(64), .float64), (.integer(32, true), .int32), (.integer(64, true), .int64):
            true
        default: false
        }
    }

    private func nativeDType(_ name: String) throws(Failure) -> DType {
        switch type {
        case .bool: return .bool
        case .float(let bits): return bits == 32 ? .float32 : .float64
        case .integer(64, true): return .int64
        case .integer(8...16, _), .integer(32, true): return .int32
        case .integer, .decimal: return .float64
        case .null: return .float64
        default:
            throw .argument(
                name, expected: "a column of numbers or booleans", got: "one of type \(type.name)",
                hint: "turn it into numbers with t:sql, for example select cast(... as double)")
        }
    }

    /// Row `index` as a number; NaN for a null.
    func number(_ index: Int) -> Double {
        switch self[index] {
        case .integer(let value): Double(value)
        case .number(let value): value
        case .bool(let value): value ? 1 : 0
        default: .nan
        }
    }
}

extension Tensor {
    fileprivate func withShape(_ shape: [Int]) throws(Failure) -> Tensor {
        let source = try contiguous()
        let start = source.storage.start + source.offset * dtype.byteCount
        return try Tensor(
            borrowing: UnsafeRawBufferPointer(start: start, count: count * dtype.byteCount), from: source.storage,
            dtype: dtype, shape: shape)
    }
}

extension Table {
    /// The named columns side by side: a tensor of shape [rows, columns], `float32` unless said otherwise.
    public func tensor(
        _ names: [String], dtype: DType = .float32, nulls: NullRule = .refuse
    ) throws(Failure) -> Tensor {
        guard !names.isEmpty else {
            throw .argument("columns", expected: "the names of one or more columns", got: "none")
        }
        var columns: [Tensor] = []
        for name in names {
            let column = try column(name).tensor(named: name, nulls: nulls)
            guard column.rank == 1 else {
                throw .argument(
                    "columns", expected: "columns of single numbers",
                    got: "'\(name)' of type \(try self.column(name).type.name)")
            }
            columns.append(column)
        }
        // int64 would lose digits on the way through floating point.
        if dtype == .int64 { return try interleaved(columns, as: Int64.self) }
        return try interleaved(columns, as: Double.self).to(dtype)
    }

    private func interleaved<T: TensorElement>(_ columns: [Tensor], as type: T.Type) throws(Failure) -> Tensor {
        try Tensor.build([rowCount, columns.count], of: T.self) { (target) throws(Failure) in
            for (index, column) in columns.enumerated() {
                try column.withElements(as: T.self) { (values) throws(Failure) in
                    for row in 0..<rowCount { target[row * columns.count + index] = values[row] }
                }
            }
        }
    }
}

extension Column {
    /// A column of a tensor's elements; of its rows, as fixed lists, where it has two dimensions.
    public convenience init(_ tensor: Tensor) throws(Failure) {
        guard tensor.rank == 1 || tensor.rank == 2 else {
            throw .argument(
                "column", expected: "a tensor of one or two dimensions", got: "one of shape \(tensor.shape)")
        }
        let builder: ColumnBuilder
        switch tensor.dtype {
        case .float32: builder = try Column.builder(tensor, Float.self, .float(bits: 32))
        case .float64: builder = try Column.builder(tensor, Double.self, .double)
        case .int32: builder = try Column.builder(tensor, Int32.self, .integer(bits: 32, signed: true))
        case .int64: builder = try Column.builder(tensor, Int64.self, .int64)
        case .bool:
            builder = ColumnBuilder(.bool)
            for value in try tensor.values(as: Bool.self) { try builder.append(bool: value) }
        }
        let flat = builder.finish()
        if tensor.rank == 1 {
            self.init(type: flat.type, count: flat.count, nullCount: 0, validity: nil, layout: flat.layout)
        } else {
            let (rows, size) = (tensor.shape[0], tensor.shape[1])
            self.init(
                type: .fixedList(flat.type, count: size), count: rows, nullCount: 0, validity: nil,
                layout: .fixedList(size: size, elements: flat))
        }
    }

    private static func builder<T: TensorElement & BitwiseCopyable>(
        _ tensor: Tensor, _ element: T.Type, _ type: ColumnType
    ) throws(Failure) -> ColumnBuilder {
        let builder = ColumnBuilder(type)
        try tensor.withElements(as: T.self) { (values) throws(Failure) in
            try builder.append(fixed: UnsafeRawBufferPointer(values), rows: values.count, isValid: nil)
        }
        return builder
    }
}
