import Support

extension Tensor {
    /// The matrix product. [m, k] x [k, n] gives [m, n]; a vector on the left counts as one row, on the right as one column, and
    /// that dimension is absent from the result; leading dimensions are batches and broadcast. Dtypes meet as in arithmetic.
    ///
    /// float32 runs in float32 on the processor's widest vectors, products with a vector in float64; float64 and whole numbers in
    /// their own, summed in a fixed order. Every row of the result depends on its row of the left side only.
    public func matmul(_ other: Tensor, work: Work = Work()) throws(Failure) -> Tensor {
        // Made only where it is thrown: shapes as text cost more than a small product.
        func mismatch() -> Failure {
            .argument(
                "other",
                expected: rank == 0
                    ? "this tensor to have a dimension"
                    : "a tensor with \(self.shape[rank - 1]) rows, for shape \(self.shape)",
                got: "shape \(other.shape)")
        }
        guard rank > 0, other.rank > 0 else { throw mismatch() }
        let dtype = DType.promoted(self.dtype, other.dtype).arithmetic
        var left = try to(dtype, work: work)
        var right = try other.to(dtype, work: work)
        if rank == 1 { left = try left.reshape([1, shape[0]]) }
        if other.rank == 1 { right = try right.asColumn() }
        guard left.shape[left.rank - 1] == right.shape[right.rank - 2] else { throw mismatch() }
        let product = try left.batchedProduct(right, work)
        var shape = product.shape
        if other.rank == 1 { shape.removeLast() }
        if rank == 1 { shape.remove(at: shape.count - (other.rank == 1 ? 1 : 2)) }
        return try product.reshape(shape)
    }

    private func asColumn() throws(Failure) -> Tensor {
        Tensor(storage: storage, dtype: dtype, shape: [shape[0], 1], strides: [strides[0], 1], offset: offset)
    }

    /// The rows of this tensor, [..., k], through an affine map: x w' + b, for weights [n, k] and a bias [n]. Gives [..., n].
    ///
    /// float32 is computed as by `matmul`, the bias within the product.
    public func affine(_ weight: Tensor, _ bias: Tensor?, work: Work = Work()) throws(Failure) -> Tensor {
        let right = try weight.transposed()
        guard dtype == .float32, weight.dtype == .float32, bias?.dtype ?? .float32 == .float32, rank >= 2,
            weight.rank == 2,
            shape[rank - 1] == weight.shape[1], weight.shape[0] > 1, count > 0
        else {
            let product = try matmul(right, work: work)
            guard let bias else { return product }
            return try Tensor.combine(.add, .tensor(product), .tensor(bias), work: work)
        }
        let rows = try reshape([-1, shape[rank - 1]])
        let result = try Tensor.uninitialized([rows.shape[0], weight.shape[0]], dtype: .float32)
        try rows.packedProduct(right, bias: bias?.contiguous(work: work), into: result, .float32, work)
        return try result.reshape(shape.dropLast() + [weight.shape[0]])
    }

    private func batchedProduct(_ other: Tensor, _ work: Work) throws(Failure) -> Tensor {
        if other.rank == 2 {
            // One right side for all: the batches are just more rows.
            let rows =
                rank == 2 ? self : try reshape([-1, shape[rank - 1]], rowsWhenEmpty: shape.dropLast().reduce(1, *))
            return try rows.product(other, work).reshape(shape.dropLast() + [other.shape[1]])
        }
        let batch = try Tensor.broadcastShape(Array(shape.dropLast(2)), Array(other.shape.dropLast(2)))
        let (m, k, n) = (shape[rank - 2], shape[rank - 1], other.shape[other.rank - 1])
        let left = try broadcast(to: batch + [m, k])
        let right = try other.broadcast(to: batch + [k, n])
        let result = try Tensor.zeros(batch + [m, n], dtype: dtype)
        let count = batch.reduce(1, *)
        // Few batches share the threads inside, many are dealt out.
        var each = work
        if count >= 2 * work.threads { each.threads = 1 }
        let dealt = count >= 2 * work.threads ? work : Work(threads: 1, cancellation: work.cancellation)
        try dealt.forEach(count) { [each] (index, _) throws(Failure) in
            try left.matrix(index).product(right.matrix(index), into: result.matrix(index), each)
        }
        return result
    }

    // The matrix of a batch, of the last two dimensions.
    private func matrix(_ index: Int) -> Tensor {
        var (rest, place) = (index, offset)
        for dim in Swift.stride(from: rank - 3, through: 0, by: -1) {
            place += rest % shape[dim] * strides[dim]
            rest /= shape[dim]
        }
        return Tensor(
            storage: storage, dtype: dtype, shape: [shape[rank - 2], shape[rank - 1]],
            strides: [strides[rank - 2], strides[rank - 1]], offset: place)
    }

    private func reshape(_ sizes: [Int], rowsWhenEmpty: Int) throws(Failure) -> Tensor {
        try reshape(count == 0 ? [rowsWhenEmpty] + sizes.dropFirst() : sizes)
    }

    private func product(_ other: Tensor, _ work: Work) throws(Failure) -> Tensor {
        guard shape[1] > 0 else { return try Tensor.zeros([shape[0], other.shape[1]], dtype: dtype) }
        let result = try Tensor.uninitialized([shape[0], other.shape[1]], dtype: dtype)
        try product(other, into: result, work)
        return result
    }

    /// Writes the product of two matrices to `result`, whose elements lie in order; a product of nothing leaves it.
    private func product(_ other: Tensor, into result: Tensor, _ work: Work) throws(Failure) {
        guard result.count > 0, shape[1] > 0 else { return }
        switch dtype {
        case .float32: try product(other, into: result, .float32, work)
        case .float64: try product(other, into: result, .float64, work)
        case .int32: try plainProduct(Int32.self, other, into: result, work)
        case .int64, .bool: try plainProduct(Int64.self, other, into: result, work)
        }
    }

    private func product<T>(
        _ other: Tensor, into result: Tensor, _ kernels: ProductKernels<T>, _ work: Work
    ) throws(Failure) {
        if other.shape[1] == 1 {
            try vectorProduct(other, into: result, kernels, work)
        } else {
            try packedProduct(other, into: result, kernels, work)
        }
    }

    private func plainProduct<T: NumericElement>(
        _ type: T.Type, _ other: Tensor, into result: Tensor, _ work: Work
    ) throws(Failure) {
        let left = try contiguous(work: work)
        let right = try other.contiguous(work: work)
        let (m, k, n) = (shape[0], shape[1], other.shape[1])
        let rows = max(4, min(m, 2_000_000 / max(1, n * k) / 4 * 4))
        try work.forEach((m + rows - 1) / rows) { (block, _) throws(Failure) in
            for row in stride(from: block * rows, to: min(m, (block + 1) * rows), by: 4) {
                try work.cancellation.check()
                let height = min(4, m - row)
                try rowsProduct(
                    left.pointer(T.self) + row * k, right.pointer(T.self), result.pointer(T.self) + row * n, height, k,
                    n, work.cancellation)
            }
        }
    }
}

// Up to four rows at once, so that a line of the right side is read once for all; columns in blocks that stay in the cache.
private func rowsProduct<T: NumericElement>(
    _ a: UnsafePointer<T>, _ b: UnsafePointer<T>, _ c: UnsafeMutablePointer<T>, _ height: Int, _ k: Int, _ n: Int,
    _ cancellation: Cancellation
) throws(Failure) {
    for row in 0..<height { (c + row * n).update(repeating: T.zero, count: n) }
    let width = 512
    for from in stride(from: 0, to: n, by: width) {
        let count = min(width, n - from)
        try cancellation.check()
        for p in 0..<k {
            let line = b + p * n + from
            if height == 4 {
                let (x0, x1, x2, x3) = (a[p], a[k + p], a[2 * k + p], a[3 * k + p])
                let (c0, c1, c2, c3) = (c + from, c + n + from, c + 2 * n + from, c + 3 * n + from)
                for j in 0..<count {
                    c0[j] = T.sum(c0[j], T.product(x0, line[j]))
                    c1[j] = T.sum(c1[j], T.product(x1, line[j]))
                    c2[j] = T.sum(c2[j], T.product(x2, line[j]))
                    c3[j] = T.sum(c3[j], T.product(x3, line[j]))
                }
            } else {
                for row in 0..<height {
                    let x = a[row * k + p]
                    let target = c + row * n + from
                    for j in 0..<count { target[j] = T.sum(target[j], T.product(x, line[j])) }
                }
            }
        }
    }
}
