import Glibc
import Support

extension Tensor {
    /// A view with its dimensions in another order: dimension i of the result is dimension `order[i]` of this.
    public func permuted(_ order: [Int]) throws(Failure) -> Tensor {
        guard order.sorted() == Array(0..<rank) else {
            throw .argument(
                "dims", expected: "each of the \(rank) dimensions of shape \(shape) once",
                got: "\(order.map { $0 + 1 })")
        }
        return Tensor(
            storage: storage, dtype: dtype, shape: order.map { shape[$0] }, strides: order.map { strides[$0] },
            offset: offset)
    }

    /// A view with a dimension of size 1 before `dim`, which may be one past the last.
    public func unsqueezed(_ dim: Int) throws(Failure) -> Tensor {
        guard dim >= 0, dim <= rank else {
            throw .argument("dim", expected: "integer from 1 to \(rank + 1), for shape \(shape)", got: "\(dim + 1)")
        }
        var (sizes, steps) = (shape, strides)
        sizes.insert(1, at: dim)
        steps.insert(0, at: dim)
        return Tensor(storage: storage, dtype: dtype, shape: sizes, strides: steps, offset: offset)
    }

    /// A view without the dimension `dim` if its size is 1, or without all of size 1 if nil.
    public func squeezed(_ dim: Int? = nil) throws(Failure) -> Tensor {
        if let dim { try checkDimension(dim) }
        let kept = shape.indices.filter { shape[$0] != 1 || dim != nil && dim != $0 }
        return Tensor(
            storage: storage, dtype: dtype, shape: kept.map { shape[$0] }, strides: kept.map { strides[$0] },
            offset: offset)
    }

    /// A copy of what lies at the given positions along `dim`, in their order; a position may come several times.
    public func positions(_ positions: [Int], dim: Int, work: Work = Work()) throws(Failure) -> Tensor {
        try checkDimension(dim)
        try checkPositions(positions, dim: dim, work)
        var target = shape
        target[dim] = positions.count
        let result = try Tensor.uninitialized(target, dtype: dtype)
        guard result.count > 0 else { return result }
        let source = try contiguous(work: work)
        let layout = ReductionLayout(shape, dim)
        let bytes = layout.inner * dtype.byteCount
        let perBlock = max(1, (1 << 19) / bytes)
        let lines = layout.outer * positions.count
        try work.forEach((lines + perBlock - 1) / perBlock) { block, _ in
            let from = source.storage.start + source.offset * dtype.byteCount
            for line in block * perBlock..<min(lines, (block + 1) * perBlock) {
                let (group, place) = (line / positions.count, line % positions.count)
                memcpy(
                    result.storage.start + line * bytes,
                    from + (group * layout.length + positions[place]) * bytes, bytes)
            }
        }
        return result
    }

    /// A copy with the elements along the given dimensions in reverse order.
    public func flipped(_ dims: [Int], work: Work = Work()) throws(Failure) -> Tensor {
        var result = self
        for dim in dims {
            try checkDimension(dim)
            let size = shape[dim]
            result = try result.positions(try work.array(size) { size - 1 - $0 }, dim: dim, work: work)
        }
        return dims.isEmpty ? try clone(work: work) : result
    }

    /// A copy with the elements moved `shift` places on along `dim`; those that leave at the end come back at the start.
    public func rolled(_ shift: Int, dim: Int, work: Work = Work()) throws(Failure) -> Tensor {
        try checkDimension(dim)
        let size = shape[dim]
        guard size > 0 else { return try clone(work: work) }
        let start = ((-(shift % size)) % size + size) % size
        return try positions(try work.array(size) { (start + $0) % size }, dim: dim, work: work)
    }

    /// The tensor `counts` times side by side along its dimensions. Where one list is longer, ones stand before the other.
    public func tiled(_ counts: [Int], work: Work = Work()) throws(Failure) -> Tensor {
        if let count = counts.first(where: { $0 < 0 }) {
            throw .argument("counts", expected: "counts from 0 up", got: "\(count)")
        }
        let depth = max(rank, counts.count)
        let sizes = [Int](repeating: 1, count: depth - rank) + shape
        let times = [Int](repeating: 1, count: depth - counts.count) + counts
        var (apart, spread, target): ([Int], [Int], [Int]) = ([], [], [])
        for (size, count) in zip(sizes, times) {
            let (product, overflow) = size.multipliedReportingOverflow(by: count)
            guard !overflow else { throw Failure(.memory, "a tensor of that size does not fit in memory") }
            apart += [1, size]
            spread += [count, size]
            target.append(product)
        }
        _ = try Tensor.elementCount(target)
        return try reshape(apart).broadcast(to: spread).clone(work: work).reshape(target)
    }

    /// The tensor with a border of `value`: `widths` tells for every dimension how many come before and after.
    public func padded(
        _ widths: [(before: Int, after: Int)], value: Scalar, work: Work = Work()
    ) throws(Failure) -> Tensor {
        guard widths.count == rank else {
            throw .argument(
                "widths", expected: "a pair of widths for each of the \(rank) dimensions", got: "\(widths.count)")
        }
        var target: [Int] = []
        for (size, width) in zip(shape, widths) {
            guard width.before >= 0, width.after >= 0 else {
                throw .argument("widths", expected: "widths from 0 up", got: "\(min(width.before, width.after))")
            }
            let (border, overflow) = width.before.addingReportingOverflow(width.after)
            let (sum, more) = size.addingReportingOverflow(border)
            guard !overflow, !more else { throw Failure(.memory, "a tensor of that size does not fit in memory") }
            target.append(sum)
        }
        _ = try Tensor.elementCount(target, parameter: "widths")
        let result = try Tensor.full(target, value, dtype: dtype)
        var middle = result
        for dim in 0..<rank { middle = try middle.slice(dim, widths[dim].before..<widths[dim].before + shape[dim]) }
        try middle.write(self, work: work)
        return result
    }

    /// Of a matrix, or of the last two dimensions, a copy with the elements below the diagonal set to 0 (`upper`), or those above it.
    /// `diagonal` moves it: up if positive, down if negative.
    public func triangle(upper: Bool, diagonal: Int = 0, work: Work = Work()) throws(Failure) -> Tensor {
        guard rank >= 2 else {
            throw .operation("\(upper ? "triu" : "tril") needs a matrix, this tensor has shape \(shape)")
        }
        let (rows, columns) = (shape[rank - 2], shape[rank - 1])
        let keep = try Tensor.build([rows, columns], of: Bool.self) { (marks) throws(Failure) in
            try work.inBlocks(rows: rows, width: columns) { row, part in
                for column in part {
                    marks[row * columns + column] = upper ? column - row >= diagonal : column - row <= diagonal
                }
            }
        }
        let zero: Scalar = dtype == .bool ? .truth(false) : .integer(0)
        return try keep.choose(.tensor(self), .scalar(zero), work: work)
    }

    /// Of a vector, the matrix that has it on a diagonal; of a matrix, a copy of that diagonal. `diagonal` counts up if positive, down if
    /// negative.
    public func diagonal(_ diagonal: Int = 0) throws(Failure) -> Tensor {
        if rank == 1 {
            let (size, overflow) = shape[0].addingReportingOverflow(Int(clamping: diagonal.magnitude))
            guard !overflow else { throw Failure(.memory, "a tensor of that size does not fit in memory") }
            _ = try Tensor.elementCount([size, size], parameter: "diagonal")
            let result = try Tensor.zeros([size, size], dtype: dtype)
            try result.diagonalView(diagonal).write(self, work: Work())
            return result
        }
        guard rank == 2 else { throw .operation("diag needs a vector or a matrix, this tensor has shape \(shape)") }
        return try diagonalView(diagonal).clone()
    }

    private func diagonalView(_ diagonal: Int) -> Tensor {
        let (row, column) = (max(0, -max(diagonal, -shape[0])), max(0, min(diagonal, shape[1])))
        let count = max(0, min(shape[0] - row, shape[1] - column))
        return Tensor(
            storage: storage, dtype: dtype, shape: [count], strides: [strides[0] + strides[1]],
            offset: count == 0 ? offset : offset + row * strides[0] + column * strides[1])
    }
}
