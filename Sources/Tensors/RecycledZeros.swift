import Support

/// Zeros of one shape for step after step: once nobody holds those given last, their memory is cleared and given again. Memory that comes fresh from the
/// system has to be cleared by it, page by page. Where a memory limit is set nothing is kept.
public final class RecycledZeros {
    private let shape: [Int]
    private let dtype: DType
    private var last: Storage?

    /// Of a shape and type; takes no memory yet.
    public init(_ shape: [Int], dtype: DType) { (self.shape, self.dtype) = (shape, dtype) }

    /// A tensor that shares its memory with no other.
    public func next(_ work: Work) throws(Failure) -> Tensor {
        let result = try Tensor.allocated(shape, dtype: dtype) { (byteCount) throws(Failure) in
            guard isKnownUniquelyReferenced(&last), let last else {
                return try Storage(byteCount: byteCount, work: work)
            }
            try last.clear(work)
            return last
        }
        last = NativeMemory.limit == nil ? result.storage : nil
        return result
    }
}
