import Support
import Tensors

extension Recorder {
    /// The rows at `indices`, in that order.
    public func rows(_ x: Tensor, _ indices: [Int]) throws(Failure) -> Tensor {
        let result = try x.detached.rows(indices, work: work)
        guard records(x), let zeros = x.gradNode?.zeros else { return result }
        return record("index", result, from: x) { (g, work) throws(Failure) in
            let sum = try zeros.next(work)
            try sum.addRows(g, at: indices, work)
            return sum
        }
    }

    /// What `mask` marks (see `Tensor.masked`).
    public func masked(_ x: Tensor, _ mask: Tensor) throws(Failure) -> Tensor {
        let result = try x.detached.masked(mask, work: work)
        guard records(x) else { return result }
        let (shape, dtype) = (x.shape, x.dtype)
        return record("index", result, from: x, keeping: [mask]) { (g, work) throws(Failure) in
            let whole = try Tensor.zeros(shape, dtype: dtype)
            try whole.assign(.tensor(g), where: mask, work: work)
            return whole
        }
    }

    /// The elements along `dim` in order, and the positions they came from.
    public func sorted(
        _ x: Tensor, dim: Int, descending: Bool = false
    ) throws(Failure) -> (values: Tensor, positions: Tensor) {
        let (values, positions) = try x.detached.sorted(dim: dim, descending: descending, work: work)
        return (placing("sort", values, positions, x, dim), positions)
    }

    /// The `k` greatest or least elements along `dim`, and the positions they came from.
    public func top(
        _ x: Tensor, _ k: Int, dim: Int, largest: Bool = true
    ) throws(Failure) -> (values: Tensor, positions: Tensor) {
        let (values, positions) = try x.detached.top(k, dim: dim, largest: largest, work: work)
        return (placing("topk", values, positions, x, dim), positions)
    }

    private func placing(
        _ name: String, _ values: Tensor, _ positions: Tensor, _ x: Tensor, _ dim: Int
    ) -> Tensor {
        let shape = x.shape
        return record(name, values, from: x, keeping: [positions]) { (g, work) throws(Failure) in
            try g.placed(positions, dim: dim, into: shape, work)
        }
    }
}

extension Tensor {
    /// Adds each row at its index, in order: what gathering rows becomes on the way back.
    func addRows(_ rows: Tensor, at indices: [Int], _ work: Work) throws(Failure) {
        if dtype == .float32 {
            try addRows(Float.self, rows, indices, work)
        } else {
            try addRows(Double.self, rows, indices, work)
        }
    }

    private func addRows<T: TensorElement & BinaryFloatingPoint>(
        _ type: T.Type, _ rows: Tensor, _ indices: [Int], _ work: Work
    ) throws(Failure) {
        let width = shape.dropFirst().reduce(1, *)
        try rows.withElements(as: T.self) { (rows) throws(Failure) in
            try updateElements(of: T.self) { (target) throws(Failure) in
                for (position, index) in indices.enumerated() {
                    if position & 0xfff == 0 { try work.cancellation.check() }
                    for j in 0..<width { target[index &* width &+ j] += rows[position &* width &+ j] }
                }
            }
        }
    }

    /// Zeros of `shape` to which each element is added at its position along `dim`.
    func placed(_ positions: Tensor, dim: Int, into shape: [Int], _ work: Work) throws(Failure) -> Tensor {
        dtype == .float32
            ? try placed(Float.self, positions, dim, shape, work) : try placed(Double.self, positions, dim, shape, work)
    }

    private func placed<T: TensorElement & BinaryFloatingPoint>(
        _ type: T.Type, _ positions: Tensor, _ dim: Int, _ shape: [Int], _ work: Work
    ) throws(Failure) -> Tensor {
        let (length, here) = (shape[dim], self.shape[dim])
        let inner = shape[(dim + 1)...].reduce(1, *)
        let outer = shape[..<dim].reduce(1, *)
        return try withElements(as: T.self) { (elements) throws(Failure) in
            try positions.withElements(as: Int64.self) { (places) throws(Failure) in
                try Tensor.build(shape, of: T.self) { (target) throws(Failure) in
                    for group in 0..<outer {
                        try work.cancellation.check()
                        for line in group * here..<(group + 1) * here {
                            for column in 0..<inner {
                                let place = group * length + Int(places[line * inner + column])
                                target[place * inner + column] += elements[line * inner + column]
                            }
                        }
                    }
                }
            }
        }
    }
}
