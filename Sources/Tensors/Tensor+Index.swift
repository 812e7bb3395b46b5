import Glibc
import Support

extension Tensor {
    /// A view of what lies at `index` along `dim`, without that dimension.
    public func select(_ dim: Int, _ index: Int) throws(Failure) -> Tensor {
        try checkDimension(dim)
        guard index >= 0, index < shape[dim] else {
            throw .argument("i", expected: Tensor.positionWords(shape[dim]), got: "\(index + 1)")
        }
        var (sizes, steps) = (shape, strides)
        sizes.remove(at: dim)
        steps.remove(at: dim)
        return Tensor(
            storage: storage, dtype: dtype, shape: sizes, strides: steps, offset: offset + index * strides[dim])
    }

    /// A view of a range along `dim`.
    public func slice(_ dim: Int, _ range: Range<Int>) throws(Failure) -> Tensor {
        try checkDimension(dim)
        guard range.lowerBound >= 0, range.upperBound <= shape[dim] else {
            throw .argument(
                range.lowerBound < 0 ? "from" : "to", expected: Tensor.positionWords(shape[dim]),
                got: "\(range.lowerBound < 0 ? range.lowerBound + 1 : range.upperBound)")
        }
        var sizes = shape
        sizes[dim] = range.count
        return Tensor(
            storage: storage, dtype: dtype, shape: sizes, strides: strides,
            offset: range.isEmpty ? offset : offset + range.lowerBound * strides[dim])
    }

    /// A copy of the given rows (positions along the first dimension), in the given order; a row may come several times.
    public func rows(_ indices: [Int], work: Work = Work()) throws(Failure) -> Tensor {
        try checkDimension(0)
        try checkPositions(indices, dim: 0, work)
        let source = try contiguous(work: work)
        let result = try Tensor.uninitialized([indices.count] + shape.dropFirst(), dtype: dtype)
        guard result.count > 0 else { return result }
        let rowBytes = shape.dropFirst().reduce(1, *) * dtype.byteCount
        let perBlock = max(1, (1 << 19) / rowBytes)
        try work.forEach((indices.count + perBlock - 1) / perBlock) { block, _ in
            let from = source.storage.start + source.offset * source.dtype.byteCount
            for position in block * perBlock..<min(indices.count, (block + 1) * perBlock) {
                memcpy(result.storage.start + position * rowBytes, from + indices[position] * rowBytes, rowBytes)
            }
        }
        return result
    }

    /// A copy of what `mask` marks. The mask's shape must be that of this tensor or of its first dimensions: a mask over rows
    /// picks whole rows, a mask of the full shape picks single elements into a tensor of one dimension.
    public func masked(_ mask: Tensor, work: Work = Work()) throws(Failure) -> Tensor {
        let picked = try maskPositions(mask)
        let flat = try reshape([mask.count] + shape.dropFirst(mask.rank))
        return try flat.rows(picked, work: work)
    }

    /// Positions that `mask` marks, in row-major order of its shape.
    func maskPositions(_ mask: Tensor) throws(Failure) -> [Int] {
        guard mask.dtype == .bool else {
            throw .argument(
                "mask", expected: "bool tensor", got: "\(mask.dtype.rawValue) tensor",
                hint: "compare first, as in t:gt(0)")
        }
        guard mask.rank > 0, mask.rank <= rank, Array(shape.prefix(mask.rank)) == mask.shape else {
            throw .argument("mask", expected: "shape \(shape) or its first sizes", got: "shape \(mask.shape)")
        }
        return try mask.withElements(as: Bool.self) { (marks) throws(Failure) in
            try Work().indices(below: marks.count) { marks[$0] }
        }
    }

    /// Refuses positions that are not along `dim`.
    func checkPositions(_ positions: [Int], dim: Int, _ work: Work) throws(Failure) {
        let size = shape[dim]
        guard
            let bad = try work.firstIndex(
                below: positions.count, where: { positions[$0] < 0 || positions[$0] >= size })
        else { return }
        throw .argument("rows", expected: "positions from 1 to \(size)", got: "\(positions[bad] + 1)")
    }

    /// The only element.
    public func item() throws(Failure) -> Scalar {
        guard count == 1 else {
            throw .operation("item() needs a tensor of one element, this one has shape \(shape)")
        }
        return element(at: 0)
    }

    /// The element at `index` of a tensor of one dimension.
    public func element(_ index: Int) throws(Failure) -> Scalar {
        guard rank == 1, index >= 0, index < shape[0] else {
            throw .argument("i", expected: Tensor.positionWords(shape.first ?? 0), got: "\(index + 1)")
        }
        return element(at: index * strides[0])
    }

    private func element(at position: Int) -> Scalar {
        switch dtype {
        case .float32: pointer(Float.self)[position].scalar
        case .float64: pointer(Double.self)[position].scalar
        case .int32: pointer(Int32.self)[position].scalar
        case .int64: pointer(Int64.self)[position].scalar
        case .bool: .truth(pointer(Bool.self)[position])
        }
    }

    /// "integer from 1 to 5", or what to say of nothing.
    static func positionWords(_ count: Int) -> String {
        count == 0 ? "a tensor that is not empty" : "integer from 1 to \(count) or -\(count) to -1"
    }
}
