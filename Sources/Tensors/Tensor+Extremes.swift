import Support

/// Least or greatest.
public enum Extreme: String, Sendable {
    case min, max
}

extension Tensor {
    /// The least or greatest element. A NaN anywhere is the result. Refused for a tensor without elements.
    public func extreme(_ which: Extreme, work: Work = Work()) throws(Failure) -> Scalar {
        try extremes(which, nil, keepdim: false, work).values.item()
    }

    /// The position of the least or greatest element in row-major order, the first of several; of the first NaN if there is one.
    public func extremePosition(_ which: Extreme, work: Work = Work()) throws(Failure) -> Int {
        Int(try extremes(which, nil, keepdim: false, work, "arg\(which.rawValue)").positions.item().double)
    }

    /// The least or greatest elements along `dim`, and int64 positions where they lie; see `extreme` and `extremePosition`.
    public func extremes(
        _ which: Extreme, dim: Int, keepdim: Bool = false, work: Work = Work()
    ) throws(Failure) -> (values: Tensor, positions: Tensor) {
        try checkDimension(dim)
        return try extremes(which, dim, keepdim: keepdim, work)
    }

    private func extremes(
        _ which: Extreme, _ dim: Int?, keepdim: Bool, _ work: Work, _ name: String? = nil
    ) throws(Failure) -> (values: Tensor, positions: Tensor) {
        switch dtype {
        case .float32: return try extremes(which, Float.self, dim, keepdim, work, name)
        case .float64: return try extremes(which, Double.self, dim, keepdim, work, name)
        case .int32: return try extremes(which, Int32.self, dim, keepdim, work, name)
        case .int64: return try extremes(which, Int64.self, dim, keepdim, work, name)
        case .bool:
            let (values, positions) = try to(.int32, work: work).extremes(which, dim, keepdim: keepdim, work, name)
            return (try values.to(.bool), positions)
        }
    }

    private func extremes<T: NumericElement>(
        _ which: Extreme, _ type: T.Type, _ dim: Int?, _ keepdim: Bool, _ work: Work, _ name: String?
    ) throws(Failure) -> (values: Tensor, positions: Tensor) {
        let layout = ReductionLayout(shape, dim)
        let (length, inner) = (layout.length, layout.inner)
        let target = ReductionLayout.shape(shape, dim, keepdim: keepdim)
        let values = try Tensor.zeros(target, dtype: dtype)
        let positions = try Tensor.zeros(target, dtype: .int64)
        guard values.count > 0 else { return (values, positions) }
        guard length > 0 else {
            throw .operation("\(name ?? which.rawValue) of no elements does not exist, the tensor has shape \(shape)")
        }
        let source = try contiguous(work: work)
        let chunk = 1024
        let chunks = (inner + chunk - 1) / chunk
        let groupsPerBlock = max(1, (1 << 16) / (length * min(inner, chunk)))
        let groups = layout.outer * chunks
        try work.forEach((groups + groupsPerBlock - 1) / groupsPerBlock) { (block, _) throws(Failure) in
            for index in block * groupsPerBlock..<min(groups, (block + 1) * groupsPerBlock) {
                let (group, columns) = (index / chunks, index % chunks * chunk)
                let elements = source.pointer(T.self) + group * length * inner + columns
                let best = values.pointer(T.self) + group * inner + columns
                let places = positions.pointer(Int64.self) + group * inner + columns
                let width = min(chunk, inner - columns)
                for j in 0..<width { best[j] = elements[j] }
                for row in 1..<max(1, length) {
                    let line = elements + row * inner
                    for j in 0..<width {
                        let x = line[j]
                        let better = which == .max ? x > best[j] : x < best[j]
                        if better && !best[j].isNotANumber || x.isNotANumber && !best[j].isNotANumber {
                            best[j] = x
                            places[j] = Int64(row)
                        }
                    }
                    if row & 0xffff == 0xffff { try work.cancellation.check() }
                }
            }
        }
        return (values, positions)
    }
}
