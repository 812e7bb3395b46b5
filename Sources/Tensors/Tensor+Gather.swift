import Support

/// Reading and writing at positions that a tensor of whole numbers names along one dimension. Positions count from 0 here.
extension Tensor {
    /// For every element of `index` the element of this tensor at that position along `dim`, elsewhere at the element's own place: of a
    /// matrix along dimension 0, result[i][j] = self[index[i][j]][j]. The result has the index's shape, which may be smaller than this
    /// one's in other dimensions.
    public func gather(_ dim: Int, _ index: Tensor, work: Work = Work()) throws(Failure) -> Tensor {
        let source = try part(of: index, dim).contiguous(work: work)
        let places = try source.places(index, dim)
        let result = try Tensor.uninitialized(index.shape, dtype: dtype)
        switch dtype {
        case .float32, .int32: try source.gather(Int32.self, dim, places, into: result, work)
        case .float64, .int64: try source.gather(Int64.self, dim, places, into: result, work)
        case .bool: try source.gather(Bool.self, dim, places, into: result, work)
        }
        return result
    }

    /// A copy of this tensor with the elements of `source` written to where `index` says along `dim`; of several for one place the last in
    /// order stays.
    public func scatter(_ dim: Int, _ index: Tensor, _ source: Operand, work: Work = Work()) throws(Failure) -> Tensor {
        try scattered(dim, index, source, adds: false, work)
    }

    /// A copy of this tensor with the elements of `source` added to where `index` says along `dim`, in order. float32 is summed in float64
    /// and rounded once; whole numbers wrap around at their ends.
    public func scatterAdd(
        _ dim: Int, _ index: Tensor, _ source: Operand, work: Work = Work()
    ) throws(Failure) -> Tensor {
        guard dtype != .bool else { throw .operation("scatter_add needs numbers, this tensor is bool") }
        return try scattered(dim, index, source, adds: true, work)
    }

    /// A copy of this tensor with slices of `source` added to those at `positions` along `dim`: `source` has this tensor's shape but for
    /// `dim`, where it has as many as there are positions.
    public func indexAdd(
        _ dim: Int, _ positions: [Int], _ source: Tensor, work: Work = Work()
    ) throws(Failure) -> Tensor {
        try checkDimension(dim)
        var expected = shape
        expected[dim] = positions.count
        guard source.shape == expected else {
            throw .argument("source", expected: "shape \(expected)", got: "shape \(source.shape)")
        }
        var sizes = [Int](repeating: 1, count: rank)
        sizes[dim] = positions.count
        let index = try Tensor(positions.map { Int64($0) }, shape: sizes).broadcast(to: expected)
        return try scatterAdd(dim, index, .tensor(source), work: work)
    }

    /// This tensor cut to the sizes of `index` but along `dim`.
    private func part(of index: Tensor, _ dim: Int) throws(Failure) -> Tensor {
        try checkDimension(dim)
        let fits = index.rank == rank && shape.indices.allSatisfy { $0 == dim || index.shape[$0] <= shape[$0] }
        guard fits else {
            throw .argument(
                "index", expected: "sizes of at most \(shape) but along dim \(dim + 1)", got: "shape \(index.shape)")
        }
        var result = self
        for other in shape.indices where other != dim { result = try result.slice(other, 0..<index.shape[other]) }
        return result
    }

    /// The positions of `index`, contiguous int64, each checked to lie in this tensor along `dim`.
    private func places(_ index: Tensor, _ dim: Int) throws(Failure) -> Tensor {
        guard index.dtype.isInteger || index.count == 0 else {
            throw .argument("index", expected: "whole numbers", got: "\(index.dtype.rawValue) values")
        }
        let places = try index.to(.int64).contiguous()
        let size = Int64(shape[dim])
        try places.withElements(as: Int64.self) { (elements) throws(Failure) in
            let bad = try Work().firstIndex(below: elements.count) { elements[$0] < 0 || elements[$0] >= size }
            guard let bad else { return }
            throw .argument(
                "index", expected: "positions from 1 to \(size) (the size of dim \(dim + 1))",
                got: "\(elements[bad] + 1)")
        }
        return places
    }

    private func gather<T: TensorElement>(
        _ type: T.Type, _ dim: Int, _ places: Tensor, into result: Tensor, _ work: Work
    ) throws(Failure) {
        let layout = ReductionLayout(places.shape, dim)
        let (inner, length) = (layout.inner, shape[dim])
        let (count, block) = (places.count, StridedWalk.blockElements)
        try work.forEach((count + block - 1) / block) { index, _ in
            let (to, place) = (result.pointer(T.self), places.pointer(Int64.self))
            var start = index * block
            let end = min(count, start + block)
            while start < end {
                // What of one line lies in this block.
                let line = start / inner
                let from = pointer(T.self) + line / layout.length * length * inner - line * inner
                let stop = min(end, (line + 1) * inner)
                for j in start..<stop { to[j] = from[Int(place[j]) * inner + j] }
                start = stop
            }
        }
    }

    private func scattered(
        _ dim: Int, _ index: Tensor, _ source: Operand, adds: Bool, _ work: Work
    ) throws(Failure) -> Tensor {
        let part = try part(of: index, dim)
        let places = try part.places(index, dim)
        var values: Tensor
        switch source {
        case .scalar(let number):
            values = try Tensor.scalar(number, dtype: dtype, parameter: "source").broadcast(to: index.shape)
        case .tensor(let tensor):
            values = tensor
            guard tensor.rank == rank, zip(tensor.shape, index.shape).allSatisfy({ $0 >= $1 }) else {
                throw .argument(
                    "source", expected: "sizes of at least \(index.shape), those of index", got: "shape \(tensor.shape)"
                )
            }
            for other in 0..<rank { values = try values.slice(other, 0..<index.shape[other]) }
        }
        values = try values.to(dtype, work: work)
        let wide: DType = adds && dtype == .float32 ? .float64 : dtype
        let target = try part.to(wide, work: work).clone(work: work)
        let moved = try values.to(wide, work: work).contiguous(work: work)
        switch (wide, adds) {
        case (.float64, true): try target.scatter(Double.self, dim, places, moved, work) { $0 + $1 }
        case (.int32, true): try target.scatter(Int32.self, dim, places, moved, work) { $0 &+ $1 }
        case (.int64, true): try target.scatter(Int64.self, dim, places, moved, work) { $0 &+ $1 }
        case (.float32, _), (.int32, false): try target.scatter(Int32.self, dim, places, moved, work) { $1 }
        case (.float64, false), (.int64, false): try target.scatter(Int64.self, dim, places, moved, work) { $1 }
        case (.bool, _): try target.scatter(Bool.self, dim, places, moved, work) { $1 }
        }
        let written = try target.to(dtype, work: work)
        if part.shape == shape { return written }
        let result = try clone(work: work)
        try result.part(of: index, dim).write(written, work: work)
        return result
    }

    // Groups before `dim` are written by different threads; within one, in order.
    private func scatter<T: TensorElement>(
        _ type: T.Type, _ dim: Int, _ places: Tensor, _ values: Tensor, _ work: Work,
        _ combine: @Sendable (T, T) -> T
    ) throws(Failure) {
        let layout = ReductionLayout(places.shape, dim)
        let (inner, length) = (layout.inner, shape[dim])
        try work.forEach(layout.outer) { (group, _) throws(Failure) in
            let to = pointer(T.self) + group * length * inner
            try work.inBlocks(rows: layout.length, width: inner) { row, columns in
                let base = (group * layout.length + row) * inner
                let (place, from) = (places.pointer(Int64.self) + base, values.pointer(T.self) + base)
                for j in columns {
                    let target = to + Int(place[j]) * inner + j
                    target.pointee = combine(target.pointee, from[j])
                }
            }
        }
    }
}
