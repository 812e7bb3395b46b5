/// A contiguous tensor seen as `outer` x `length` x `inner`, the middle being what is reduced.
struct ReductionLayout: Sendable {
    let outer: Int
    let length: Int
    let inner: Int

    /// The layout for reducing along `dim`, or over everything where `dim` is nil.
    init(_ shape: [Int], _ dim: Int?) {
        guard let dim else {
            (outer, length, inner) = (1, shape.reduce(1, *), 1)
            return
        }
        outer = shape[..<dim].reduce(1, *)
        length = shape[dim]
        inner = shape[(dim + 1)...].reduce(1, *)
    }

    /// The result's shape.
    static func shape(_ shape: [Int], _ dim: Int?, keepdim: Bool) -> [Int] {
        var result = shape
        if let dim {
            if keepdim { result[dim] = 1 } else { result.remove(at: dim) }
            return result
        }
        return keepdim ? shape.map { _ in 1 } : []
    }
}
