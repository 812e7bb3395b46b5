import Support

extension Tensor {
    /// The elements along `dim` in order, and the int64 positions they came from. Equal elements keep their order; NaN comes last,
    /// whichever the direction.
    public func sorted(
        dim: Int, descending: Bool = false, work: Work = Work()
    ) throws(Failure) -> (values: Tensor, positions: Tensor) {
        try checkDimension(dim)
        return try ordered(dim, shape[dim], descending, work)
    }

    /// The `k` greatest elements along `dim`, greatest first, or the least, least first, and the int64 positions they came from.
    /// Of equal elements the earlier comes first; NaN is taken only where nothing else is left.
    public func top(
        _ k: Int, dim: Int, largest: Bool = true, work: Work = Work()
    ) throws(Failure) -> (values: Tensor, positions: Tensor) {
        try checkDimension(dim)
        guard k >= 0, k <= shape[dim] else {
            throw .argument("k", expected: "integer from 0 to \(shape[dim]) (the size of dim \(dim + 1))", got: "\(k)")
        }
        return try ordered(dim, k, largest, work)
    }

    private func ordered(
        _ dim: Int, _ k: Int, _ descending: Bool, _ work: Work
    ) throws(Failure) -> (values: Tensor, positions: Tensor) {
        switch dtype {
        case .float32: return try ordered(Float.self, dim, k, descending, work)
        case .float64: return try ordered(Double.self, dim, k, descending, work)
        case .int32: return try ordered(Int32.self, dim, k, descending, work)
        case .int64: return try ordered(Int64.self, dim, k, descending, work)
        case .bool:
            let (values, positions) = try to(.int32, work: work).ordered(dim, k, descending, work)
            return (try values.to(.bool, work: work), positions)
        }
    }

    private func ordered<T: NumericElement>(
        _ type: T.Type, _ dim: Int, _ k: Int, _ descending: Bool, _ work: Work
    ) throws(Failure) -> (values: Tensor, positions: Tensor) {
        let layout = ReductionLayout(shape, dim)
        let (length, inner) = (layout.length, layout.inner)
        guard length < Int(Int32.max) else {
            throw Failure(.memory, "sorting \(length) elements needs more memory than allowed")
        }
        var target = shape
        target[dim] = k
        let source = try contiguous(work: work)
        let values = try Tensor.uninitialized(target, dtype: dtype)
        let positions = try Tensor.uninitialized(target, dtype: .int64)
        guard values.count > 0 else { return (values, positions) }
        let lines = layout.outer * inner
        let perBlock = max(1, (1 << 14) / length)
        try work.forEach((lines + perBlock - 1) / perBlock) { (block, _) throws(Failure) in
            var order = KeyOrder(work.cancellation)
            var clock = PollClock(work.cancellation)
            for line in block * perBlock..<min(lines, (block + 1) * perBlock) {
                let (group, column) = (line / inner, line % inner)
                let x = source.pointer(T.self) + group * length * inner + column
                let key = { (position: Int) -> UInt64 in
                    let element = x[position * inner]
                    return descending && !element.isNotANumber ? ~element.sortKey & T.keyMask : element.sortKey
                }
                // A heap pays while few are wanted of many.
                let chosen =
                    k < length / 8 ? try order.least(k, of: length, key: key) : try order.sorted(length, key: key)
                for rank in 0..<k {
                    try clock.check()
                    let place = group * k * inner + rank * inner + column
                    values.pointer(T.self)[place] = x[Int(chosen[rank]) * inner]
                    positions.pointer(Int64.self)[place] = Int64(chosen[rank])
                }
            }
        }
        return (values, positions)
    }
}

extension NumericElement {
    /// The bits a sort key can have.
    fileprivate static var keyMask: UInt64 { dtype == .float32 ? UInt64(UInt32.max) : UInt64.max }
}
