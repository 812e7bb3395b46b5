import Glibc
import Support

extension Tensor {
    /// Zeros; false for bool. `work` writes them, or this thread alone.
    public static func zeros(
        _ shape: [Int], dtype: DType = .float32, work: Work? = nil
    ) throws(Failure) -> Tensor {
        try allocated(shape, dtype: dtype) { (count) throws(Failure) in try Storage(byteCount: count, work: work) }
    }

    /// Memory of its own whose content the caller writes whole.
    public static func uninitialized(_ shape: [Int], dtype: DType) throws(Failure) -> Tensor {
        try allocated(shape, dtype: dtype) { (count) throws(Failure) in try Storage(byteCount: count, zeroed: false) }
    }

    /// All of a storage that `allocate` gives for so many bytes.
    static func allocated(
        _ shape: [Int], dtype: DType, _ allocate: (_ byteCount: Int) throws(Failure) -> Storage
    ) throws(Failure) -> Tensor {
        let count = try elementCount(shape)
        return Tensor(
            storage: try allocate(count * dtype.byteCount), dtype: dtype, shape: shape,
            strides: contiguousStrides(shape), offset: 0)
    }

    /// The given values in row-major order.
    public init<T: TensorElement>(_ values: [T], shape: [Int]) throws(Failure) {
        guard try Tensor.elementCount(shape) == values.count else {
            throw .argument("shape", expected: "a shape of \(values.count) elements", got: "\(shape)")
        }
        self = try Tensor.uninitialized(shape, dtype: T.dtype)
        let start = storage.start
        try values.withUnsafeBufferPointer { (elements) throws(Failure) in
            try Storage.copy(UnsafeRawBufferPointer(elements), to: start)
        }
    }

    /// A contiguous tensor over memory that belongs to `owner` and is not copied. `bytes` must hold exactly the elements of
    /// `shape`; memory that is not aligned for `dtype` is copied after all. Truth values must be bytes of 0 or 1.
    public init(borrowing bytes: UnsafeRawBufferPointer, from owner: AnyObject, dtype: DType, shape: [Int])
        throws(Failure)
    {
        let (needed, overflow) = try Tensor.elementCount(shape).multipliedReportingOverflow(by: dtype.byteCount)
        guard !overflow, needed == bytes.count else {
            throw .argument("shape", expected: "a shape of \(bytes.count / dtype.byteCount) elements", got: "\(shape)")
        }
        if dtype == .bool, try Work().firstIndex(below: bytes.count, where: { bytes[$0] > 1 }) != nil {
            throw .argument("dtype", expected: "bool memory of bytes 0 and 1", got: "another byte")
        }
        guard Int(bitPattern: bytes.baseAddress) % dtype.byteCount == 0 else {
            self = try Tensor.uninitialized(shape, dtype: dtype)
            try Storage.copy(bytes, to: storage.start)
            return
        }
        self.init(
            storage: Storage(borrowing: bytes, from: owner), dtype: dtype, shape: shape,
            strides: Tensor.contiguousStrides(shape), offset: 0)
    }

    /// Makes a contiguous tensor of `shape` whose elements `fill` writes; they are zero before.
    public static func build<T: TensorElement>(
        _ shape: [Int], of type: T.Type, _ fill: (UnsafeMutableBufferPointer<T>) throws(Failure) -> Void
    ) throws(Failure) -> Tensor {
        let tensor = try zeros(shape, dtype: T.dtype)
        try fill(UnsafeMutableBufferPointer(start: tensor.pointer(T.self), count: tensor.count))
        return tensor
    }

    /// The tensor of `shape` that has `element(position)` at every position in row-major order.
    static func generated<T: TensorElement>(
        _ shape: [Int], of type: T.Type, work: Work = Work(), _ element: @Sendable (Int) -> T
    ) throws(Failure) -> Tensor {
        let result = try uninitialized(shape, dtype: T.dtype)
        let (count, block) = (result.count, StridedWalk.blockElements)
        try work.forEach((count + block - 1) / block) { index, _ in
            let target = result.pointer(T.self)
            for i in index * block..<min(count, (index + 1) * block) { target[i] = element(i) }
        }
        return result
    }

    /// A single value, of rank 0. A value that `dtype` cannot hold is refused.
    public static func scalar(_ value: Scalar, dtype: DType, parameter: String = "value") throws(Failure) -> Tensor {
        let unfit: () -> Failure = {
            .argument(parameter, expected: "a value that fits \(dtype.rawValue)", got: value.words)
        }
        switch (dtype, value) {
        case (.float32, _): return try Tensor([Float(value.double)], shape: [])
        case (.float64, _): return try Tensor([value.double], shape: [])
        case (.bool, _): return try Tensor([value.double != 0], shape: [])
        case (.int32, .real(let real)):
            guard let exact = Int32(exactly: real.rounded(.towardZero)) else { throw unfit() }
            return try Tensor([exact], shape: [])
        case (.int32, .integer(let integer)):
            guard let exact = Int32(exactly: integer) else { throw unfit() }
            return try Tensor([exact], shape: [])
        case (.int64, .real(let real)):
            guard let exact = Int64(exactly: real.rounded(.towardZero)) else { throw unfit() }
            return try Tensor([exact], shape: [])
        case (.int64, .integer(let integer)): return try Tensor([integer], shape: [])
        case (.int32, .truth(let truth)): return try Tensor([truth ? 1 : 0] as [Int32], shape: [])
        case (.int64, .truth(let truth)): return try Tensor([truth ? 1 : 0] as [Int64], shape: [])
        }
    }

    /// One value everywhere.
    public static func full(_ shape: [Int], _ value: Scalar, dtype: DType = .float32) throws(Failure) -> Tensor {
        try scalar(value, dtype: dtype).broadcast(to: shape).clone()
    }

    /// `start`, `start + step`, … up to and including `end` where a step meets it. Whole numbers unless a part has a fraction.
    public static func arange(_ start: Scalar, _ end: Scalar, step: Scalar, dtype: DType? = nil) throws(Failure)
        -> Tensor
    {
        if case .integer(let start) = start, case .integer(let end) = end, case .integer(let step) = step {
            guard step != 0 else { throw .argument("step", expected: "a number other than 0", got: "0") }
            let span = step > 0 ? Int128(end) - Int128(start) : Int128(start) - Int128(end)
            let steps = span < 0 ? 0 : span / Int128(step.magnitude) + 1
            guard let count = Int(exactly: steps) else {
                throw .argument("to", expected: "an end within reach of memory", got: "\(end)")
            }
            let result = try generated([count], of: Int64.self) { start &+ Int64($0) &* step }
            return try result.to(dtype ?? .int64)
        }
        let (first, last, stride) = (start.double, end.double, step.double)
        guard stride != 0, stride.isFinite else {
            throw .argument("step", expected: "a finite number other than 0", got: step.words)
        }
        guard first.isFinite else { throw .argument("from", expected: "a finite number", got: start.words) }
        guard last.isFinite else { throw .argument("to", expected: "a finite number", got: end.words) }
        // A hair beyond the end still counts as the end, so that 0 to 1 by 0.1 has 11 values.
        let steps = ((last - first) / stride * (1 + 1e-12) + 1e-12).rounded(.down)
        guard steps < 0x1p59 else { throw .argument("to", expected: "an end within reach of memory", got: end.words) }
        let result = try generated([steps < 0 ? 0 : Int(steps) + 1], of: Double.self) { first + Double($0) * stride }
        return try result.to(dtype ?? .float32)
    }

    /// `count` numbers at equal distances, from `start` to `end`, both included.
    public static func linspace(_ start: Double, _ end: Double, count: Int, dtype: DType = .float32) throws(Failure)
        -> Tensor
    {
        guard count >= 0 else { throw .argument("count", expected: "integer from 0 up", got: "\(count)") }
        let result = try generated([count], of: Double.self) { i in
            let share = Double(i) / Double(max(1, count - 1))
            // Exact at both ends. The blend is for ends so far apart that their difference is infinite; it would not keep
            // equal ends equal.
            let between = (end - start).isFinite ? start + (end - start) * share : start * (1 - share) + end * share
            return i == count - 1 && i > 0 ? end : between
        }
        return try result.to(dtype)
    }

    /// The identity matrix: `rows` x `columns` zeros with ones on the diagonal.
    public static func eye(_ rows: Int, _ columns: Int, dtype: DType = .float32) throws(Failure) -> Tensor {
        _ = try elementCount([rows, columns], parameter: "rows")
        let diagonal = try build([rows, columns], of: Bool.self) { (target) throws(Failure) in
            try Work().inBlocks(min(rows, columns)) { for i in $0 { target[i * columns + i] = true } }
        }
        return try diagonal.to(dtype)
    }
}
