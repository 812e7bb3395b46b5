import Support
import Tensors

extension Recorder {
    /// The same elements under another shape.
    public func reshape(_ x: Tensor, _ sizes: [Int]) throws(Failure) -> Tensor {
        let shape = x.shape
        return record("reshape", try x.detached.reshape(sizes), from: x) { (g, _) throws(Failure) in
            try g.reshape(shape)
        }
    }

    /// Two dimensions exchanged.
    public func transpose(_ x: Tensor, _ a: Int, _ b: Int) throws(Failure) -> Tensor {
        record("transpose", try x.detached.transpose(a, b), from: x) { (g, _) throws(Failure) in
            try g.transpose(a, b)
        }
    }

    /// The transpose of a matrix.
    public func transposed(_ x: Tensor) throws(Failure) -> Tensor {
        x.rank < 2
            ? x
            : record("t", try x.detached.transposed(), from: x) { (g, _) throws(Failure) in
                try g.transposed()
            }
    }

    /// A copy with memory of its own.
    public func clone(_ x: Tensor) throws(Failure) -> Tensor {
        record("clone", try x.detached.clone(work: work), from: x) { (g, _) in g }
    }

    /// The tensor with its elements in order in memory.
    public func contiguous(_ x: Tensor) throws(Failure) -> Tensor { x.isContiguous ? x : try clone(x) }

    /// A range along `dim`.
    public func slice(_ x: Tensor, _ dim: Int, _ range: Range<Int>) throws(Failure) -> Tensor {
        let (shape, dtype) = (x.shape, x.dtype)
        return record("slice", try x.detached.slice(dim, range), from: x) { (g, work) throws(Failure) in
            let whole = try Tensor.zeros(shape, dtype: dtype)
            try whole.slice(dim, range).assign(.tensor(g), work: work)
            return whole
        }
    }

    /// What lies at `index` along `dim`, without that dimension.
    public func select(_ x: Tensor, _ dim: Int, _ index: Int) throws(Failure) -> Tensor {
        let (shape, dtype) = (x.shape, x.dtype)
        return record("index", try x.detached.select(dim, index), from: x) { (g, work) throws(Failure) in
            let whole = try Tensor.zeros(shape, dtype: dtype)
            try whole.select(dim, index).assign(.tensor(g), work: work)
            return whole
        }
    }

    /// Tensors one after the other along `dim`.
    public func concat(_ tensors: [Tensor], dim: Int) throws(Failure) -> Tensor {
        let result = try Tensor.concat(tensors.map(\.detached), dim: dim, work: work)
        guard work.recordsGradients, tensors.contains(where: \.isTracked) else { return result }
        let sizes = tensors.map { $0.isTracked ? ($0.shape[dim], true) : ($0.shape[dim], false) }
        return record("concat", result, from: tensors) { (g, _) throws(Failure) in
            var from = 0
            var parts: [Tensor?] = []
            for (size, isWanted) in sizes {
                parts.append(isWanted ? try g.slice(dim, from..<from + size) : nil)
                from += size
            }
            return parts
        }
    }

    /// Tensors of one shape side by side along a new dimension `dim`.
    public func stack(_ tensors: [Tensor], dim: Int) throws(Failure) -> Tensor {
        let result = try Tensor.stack(tensors.map(\.detached), dim: dim, work: work)
        guard work.recordsGradients, tensors.contains(where: \.isTracked) else { return result }
        let wanted = tensors.map(\.isTracked)
        return record("stack", result, from: tensors) { (g, _) throws(Failure) in
            var parts: [Tensor?] = []
            for (index, isWanted) in wanted.enumerated() { parts.append(isWanted ? try g.select(dim, index) : nil) }
            return parts
        }
    }
}
