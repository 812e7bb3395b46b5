import Support
import Tensors

/// Gradients of factorisations (Giles 2008, "Collected matrix derivative results"; Murray 2016, "Differentiation of the Cholesky
/// decomposition"). Each matrix of a batch has its own. Where only symmetric matrices are factorised, the gradient is symmetric too.
extension Recorder {
    /// The lower triangular L with L L' = `a`. With h the gradient by L and P the lower triangle of L' h, its diagonal halved, that by `a` is the
    /// symmetric part of L'⁻¹ P L⁻¹.
    public func cholesky(_ a: Tensor) throws(Failure) -> Tensor {
        let result = try a.detached.cholesky(work: work)
        return record("cholesky", result, from: a, keeping: [result]) { (g, work) throws(Failure) in
            let product = try result.turned.matmul(g, work: work)
            let half = try Tensor.combine(
                .multiply,
                .tensor(
                    Tensor.combine(
                        .add, .tensor(product.triangle(upper: false, work: work)),
                        .tensor(product.triangle(upper: false, diagonal: -1, work: work)), work: work)),
                .scalar(.real(0.5)), work: work)
            let inverse = try result.inverse(work: work)
            return try inverse.turned.matmul(half, work: work).matmul(inverse, work: work).symmetric(work: work)
        }
    }

    /// Eigenvalues w and eigenvectors V of a symmetric matrix. With h the gradient by w, that by the matrix is V diag(h) V'; with h that by V it is
    /// V (F ∘ V' h) V', where F holds 1 / (w_j - w_i) off the diagonal, and its symmetric part is taken. Equal eigenvalues have no
    /// eigenvectors of their own, so that the gradient by the vectors is not finite there.
    public func eigh(_ a: Tensor) throws(Failure) -> (values: Tensor, vectors: Tensor) {
        let (values, vectors) = try a.detached.eigh(work: work)
        let first = record("eigh", values, from: a, keeping: [vectors]) { (g, work) throws(Failure) in
            let scaled = try Tensor.combine(.multiply, .tensor(vectors), .tensor(g.unsqueezed(g.rank - 1)), work: work)
            return try scaled.matmul(vectors.turned, work: work)
        }
        let second = record("eigh", vectors, from: a, keeping: [values, vectors]) { (g, work) throws(Failure) in
            let gaps = try Tensor.combine(
                .subtract, .tensor(values.unsqueezed(values.rank - 1)), .tensor(values.unsqueezed(values.rank)),
                work: work)
            let product = try vectors.turned.matmul(g, work: work)
            let shares = try Tensor.combine(.divide, .tensor(product), .tensor(gaps), work: work)
            // The diagonal, where the gap is zero by nature, has no part in it.
            let apart = try Tensor.combine(
                .add, .tensor(shares.triangle(upper: true, diagonal: 1, work: work)),
                .tensor(shares.triangle(upper: false, diagonal: -1, work: work)), work: work)
            return try vectors.matmul(apart, work: work).matmul(vectors.turned, work: work).symmetric(work: work)
        }
        return (first, second)
    }
}

extension Tensor {
    /// Every matrix transposed.
    fileprivate var turned: Tensor {
        get throws(Failure) { try transpose(rank - 2, rank - 1) }
    }

    /// The symmetric part of every matrix.
    fileprivate func symmetric(work: Work) throws(Failure) -> Tensor {
        let sum = try Tensor.combine(.add, .tensor(self), .tensor(turned), work: work)
        return try Tensor.combine(.multiply, .tensor(sum), .scalar(.real(0.5)), work: work)
    }
}
