import Support

/// An n-dimensional array: a shape and strides over a shared storage. A view (slice, transpose, reshape of contiguous data)
/// shares its storage with the tensor it was made from, so a write through one shows in the other.
public struct Tensor: Sendable {
    /// The memory looked at.
    public let storage: Storage
    /// Type of the elements.
    public let dtype: DType
    /// Size along each dimension; empty for a single value.
    public let shape: [Int]
    /// Elements to step along each dimension, 0 where broadcast.
    public let strides: [Int]
    /// Elements from the storage's start to the first element.
    public let offset: Int

    /// A view from its parts; the caller has checked that every element lies inside `storage`.
    init(storage: Storage, dtype: DType, shape: [Int], strides: [Int], offset: Int) {
        self.storage = storage
        self.dtype = dtype
        self.shape = shape
        self.strides = strides
        self.offset = offset
    }

    /// Number of elements.
    public var count: Int { shape.reduce(1, *) }

    /// Number of dimensions.
    public var rank: Int { shape.count }

    /// Whether the elements lie in row-major order without gaps.
    public var isContiguous: Bool {
        var expected = 1
        for (size, stride) in zip(shape, strides).reversed() where size != 1 {
            if stride != expected { return false }
            expected *= size
        }
        return true
    }

    /// Row-major strides of a shape.
    static func contiguousStrides(_ shape: [Int]) -> [Int] {
        var strides = [Int](repeating: 1, count: shape.count)
        for dim in Swift.stride(from: shape.count - 2, through: 0, by: -1) { strides[dim] = strides[dim + 1] * max(shape[dim + 1], 1) }
        return strides
    }

    /// Elements of a shape, refusing sizes below zero and products beyond what memory can address.
    public static func elementCount(_ shape: [Int], parameter: String = "shape") throws(Failure) -> Int {
        var count = 1
        for size in shape {
            let (product, overflow) = count.multipliedReportingOverflow(by: size)
            guard size >= 0, !overflow, product <= Int.max / 16 else {
                throw .argument(parameter, expected: "sizes from 0 up whose product fits in memory", got: "\(shape)")
            }
            count = product
        }
        return count
    }

    /// Zeros.
    public static func zeros(_ shape: [Int], dtype: DType = .float32) throws(Failure) -> Tensor {
        let count = try elementCount(shape)
        return Tensor(
            storage: Storage(byteCount: count * dtype.byteCount), dtype: dtype, shape: shape,
            strides: contiguousStrides(shape), offset: 0)
    }

    /// The given values in row-major order.
    public init<T: TensorElement>(_ values: [T], shape: [Int]) throws(Failure) {
        guard try Tensor.elementCount(shape) == values.count else {
            throw .argument("shape", expected: "a shape of \(values.count) elements", got: "\(shape)")
        }
        self = try Tensor.zeros(shape, dtype: T.dtype)
        storage.start.withMemoryRebound(to: T.self, capacity: max(values.count, 1)) { target in
            for (index, value) in values.enumerated() { target[index] = value }
        }
    }

    /// A contiguous tensor over memory that belongs to `owner`. `bytes` must hold exactly the elements of `shape`, aligned for `dtype`.
    public init(borrowing bytes: UnsafeRawBufferPointer, from owner: AnyObject, dtype: DType, shape: [Int]) throws(Failure) {
        guard try Tensor.elementCount(shape) * dtype.byteCount == bytes.count else {
            throw .argument("shape", expected: "a shape of \(bytes.count / dtype.byteCount) elements", got: "\(shape)")
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
        try fill(UnsafeMutableBufferPointer(start: tensor.storage.start.assumingMemoryBound(to: T.self), count: tensor.count))
        return tensor
    }

    /// Calls `body` with the elements in row-major order as `T`. Contiguous tensors of that type are not copied; others are
    /// converted (see `to(_:)`) first.
    public func withElements<T: TensorElement, R>(
        as type: T.Type, _ body: (UnsafeBufferPointer<T>) throws(Failure) -> R
    ) throws(Failure) -> R {
        let source = try self.to(T.dtype).contiguous()
        let start = UnsafePointer(source.storage.start.assumingMemoryBound(to: T.self) + source.offset)
        let result = try body(UnsafeBufferPointer(start: start, count: source.count))
        withExtendedLifetime(source.storage) {}
        return result
    }

    /// The elements in row-major order, converted to `T`.
    public func values<T: TensorElement>(as type: T.Type) throws(Failure) -> [T] {
        try withElements(as: type) { (elements) throws(Failure) in Array(elements) }
    }
}
