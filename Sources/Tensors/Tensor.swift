import Support

/// An n-dimensional array: a shape and strides over a shared storage. A view (slice, transpose, reshape of contiguous data)
/// shares its storage with the tensor it was made from, so a write through one shows in the other.
///
/// Dimensions and positions count from 0 in this interface. Failures are worded for the Lua face, where they count from 1.
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
    /// How the elements came about, where somebody keeps note of it (see `Learning`). Nothing here reads it, and what is computed from a
    /// tensor has none.
    public var provenance: (any AnyObject & Sendable)?

    /// A view from its parts; the caller has checked that every element lies inside `storage`.
    init(storage: Storage, dtype: DType, shape: [Int], strides: [Int], offset: Int) {
        self.storage = storage
        self.dtype = dtype
        self.shape = shape
        self.strides = strides
        self.offset = offset
    }

    /// The same view of the same memory without its provenance.
    public var detached: Tensor {
        guard provenance != nil else { return self }
        return Tensor(storage: storage, dtype: dtype, shape: shape, strides: strides, offset: offset)
    }

    /// Number of elements.
    public var count: Int { shape.reduce(1, *) }

    /// Number of dimensions.
    public var rank: Int { shape.count }

    /// Whether the elements lie in row-major order without gaps.
    public var isContiguous: Bool {
        var expected = 1
        for dim in shape.indices.reversed() where shape[dim] != 1 {
            if strides[dim] != expected { return false }
            expected *= shape[dim]
        }
        return true
    }

    /// The first element. Valid as long as the storage lives.
    @inline(__always)
    func pointer<T: TensorElement>(_ type: T.Type) -> UnsafeMutablePointer<T> {
        storage.start.assumingMemoryBound(to: T.self) + offset
    }

    /// Row-major strides of a shape.
    static func contiguousStrides(_ shape: [Int]) -> [Int] {
        var strides = [Int](repeating: 1, count: shape.count)
        for dim in Swift.stride(from: shape.count - 2, through: 0, by: -1) {
            strides[dim] = strides[dim + 1] * max(shape[dim + 1], 1)
        }
        return strides
    }

    /// Elements of a shape, refusing sizes below zero and products beyond what memory can address.
    public static func elementCount(_ shape: [Int], parameter: String = "shape") throws(Failure) -> Int {
        var count = 1
        // Sizes of zero are skipped: the row-major strides of the other dimensions must fit as well.
        for size in shape where size != 0 {
            let (product, overflow) = count.multipliedReportingOverflow(by: size)
            guard size > 0, !overflow, product <= Int.max / 16 else {
                throw .argument(parameter, expected: "sizes from 0 up whose product fits in memory", got: "\(shape)")
            }
            count = product
        }
        return shape.contains(0) ? 0 : count
    }

    /// Calls `body` with the elements in row-major order as `T`. Contiguous tensors of that type are not copied; others are
    /// converted (see `to(_:)`) first.
    public func withElements<T: TensorElement, R>(
        as type: T.Type, _ body: (UnsafeBufferPointer<T>) throws(Failure) -> R
    ) throws(Failure) -> R {
        let source = try self.to(T.dtype).contiguous()
        let result = try body(UnsafeBufferPointer(start: source.pointer(T.self), count: source.count))
        withExtendedLifetime(source.storage) {}
        return result
    }

    /// Calls `body` with the elements of a contiguous tensor of dtype `T` to be changed in place; every tensor that shares them sees it.
    public func updateElements<T: TensorElement, R>(
        of type: T.Type, _ body: (UnsafeMutableBufferPointer<T>) throws(Failure) -> R
    ) throws(Failure) -> R {
        guard dtype == T.dtype, isContiguous else {
            throw .operation("elements in order of type \(T.dtype.rawValue) are needed to be changed in place")
        }
        try storage.makeWritable()
        let result = try body(UnsafeMutableBufferPointer(start: pointer(T.self), count: count))
        withExtendedLifetime(storage) {}
        return result
    }

    /// The elements in row-major order, converted to `T`.
    public func values<T: TensorElement>(as type: T.Type) throws(Failure) -> [T] {
        try withElements(as: type) { (elements) throws(Failure) in try Work().array(elements) }
    }

    /// What `transform` makes of the elements in row-major order, converted to `T`.
    @inlinable
    public func map<T: TensorElement, Element: BitwiseCopyable>(
        _ type: T.Type, _ transform: (T) throws(Failure) -> Element
    ) throws(Failure) -> [Element] {
        try withElements(as: type) { (elements) throws(Failure) in
            try Work().array(elements.count) { (index) throws(Failure) in try transform(elements[index]) }
        }
    }
}
