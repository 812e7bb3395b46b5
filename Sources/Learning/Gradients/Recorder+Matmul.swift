import Support
import Tensors

extension Recorder {
    /// The matrix product (see `Tensor.matmul`). With c = a b, the gradients are g b' and a' g, summed over broadcast batches.
    public func matmul(_ a: Tensor, _ b: Tensor) throws(Failure) -> Tensor {
        let (x, y) = (a.detached, b.detached)
        let result = try x.matmul(y, work: work)
        guard records(a, b) else { return result }
        guard a.rank >= 2, b.rank >= 2 else { return try vectorProduct(a, b, result.shape) }
        return record("matmul", result, from: a, b, keeping: [x, y]) { (g, work) throws(Failure) in
            try g.matmul(y.transpose(y.rank - 2, y.rank - 1), work: work)
        } b: { (g, work) throws(Failure) in
            if y.rank == 2, x.rank > 2 {
                // One right side for all batches: they are rows of one product.
                let (k, n) = (x.shape[x.rank - 1], y.shape[1])
                let rows = x.shape.dropLast().reduce(1, *)
                return try x.reshape([rows, k]).transposed().matmul(g.reshape([rows, n]), work: work)
            }
            return try x.transpose(x.rank - 2, x.rank - 1).matmul(g, work: work)
        }
    }

    // A vector counts as one row on the left and one column on the right.
    private func vectorProduct(_ a: Tensor, _ b: Tensor, _ shape: [Int]) throws(Failure) -> Tensor {
        let left = a.rank == 1 ? try reshape(a, [1, a.shape[0]]) : a
        let right = b.rank == 1 ? try reshape(b, [b.shape[0], 1]) : b
        return try reshape(matmul(left, right), shape)
    }
}
