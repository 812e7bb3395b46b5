import Learning
import LuaKit
import Support
import Tensors

extension TensorMethods {
    /// Factorisations and linear systems.
    static let linearAlgebra = [svd, eigh, qr, cholesky, solve, lstsq, inv, pinv, det, matrixRank, pca]

    private static let side = Parameter.required(
        "b", .tensorLike, "a vector [n] or columns [n, r]; before them the same batches as here, or none")

    private static let svd = Signature(
        "tensor:svd",
        """
        The thin singular value decomposition: u [m, k] * s [k], times v [n, k] transposed, is this matrix, k the lesser side, s falling. In \
        every column of v the element of largest magnitude is positive. Computed in float64; leading dimensions are batches.
        """,
        returns: [
            .init("tensor", "u, the left singular vectors, a column each"),
            .init("tensor", "s, the singular values"),
            .init("tensor", "v, the right singular vectors, a column each"),
        ],
        example: .init(
            "local u, s, v = tensor{{3, 0}, {0, -4}}:svd() return s, (u * s):matmul(v:t())",
            output: "tensor [2] float32\n  4  3\ntensor [2, 2] float32\n   3   0\n   0  -4"),
        related: ["tensor:pca", "tensor:eigh", "tensor:pinv"]
    ) { call throws(Failure) in
        let (u, s, v) = try call.tensor().svd(work: call.work)
        return .values([.object(u), .object(s), .object(v)])
    }

    private static let eigh = Signature(
        "tensor:eigh",
        """
        Eigenvalues of a symmetric matrix, rising, and its eigenvectors of length 1, a column each, the element of largest magnitude \
        positive. Computed in float64; leading dimensions are batches.
        """,
        returns: [.init("tensor", "the eigenvalues"), .init("tensor", "the eigenvectors, a column each")],
        example: .init(
            "return tensor{{2, 1}, {1, 2}}:eigh()",
            output:
                "tensor [2] float32\n  1  3\ntensor [2, 2] float32\n   0.7071   0.7071\n  -0.7071   0.7071"),
        related: ["tensor:svd", "tensor:cholesky"]
    ) { call throws(Failure) in
        let (values, vectors) = try call.recorder.eigh(call.tracked())
        return .values([.object(values), .object(vectors)])
    }

    private static let qr = Signature(
        "tensor:qr",
        """
        The thin QR decomposition: q [m, k] with orthogonal columns of length 1 times r [k, n], upper triangular, is this matrix. The \
        diagonal of r is not negative. Computed in float64; leading dimensions are batches.
        """,
        returns: [.init("tensor", "q"), .init("tensor", "r")],
        example: .init(
            "local q, r = tensor{{3, 1}, {4, 2}}:qr() return r",
            output: "tensor [2, 2] float32\n  5.0  2.2\n  0.0  0.4"),
        related: ["tensor:svd", "tensor:lstsq"]
    ) { call throws(Failure) in
        let (q, r) = try call.tensor().qr(work: call.work)
        return .values([.object(q), .object(r)])
    }

    private static let cholesky = Signature(
        "tensor:cholesky",
        "The lower triangular matrix that, times its transpose, is this symmetric positive definite matrix.",
        returns: result,
        example: .init(
            "return tensor{{4, 2}, {2, 5}}:cholesky()", output: "tensor [2, 2] float32\n  2  0\n  1  2"),
        related: ["tensor:solve", "tensor:eigh"]
    ) { call throws(Failure) in .object(try call.recorder.cholesky(call.tracked())) }

    private static let solve = Signature(
        "tensor:solve",
        "The x for which this square matrix times x is b. A matrix that is singular to rounding is an error.",
        parameters: [side], returns: result,
        example: .init("return tensor{{2, 1}, {1, 3}}:solve{3, 5}", output: "tensor [2] float32\n  0.8  1.4"),
        related: ["tensor:lstsq", "tensor:inv"]
    ) { call throws(Failure) in
        let tensor = try call.tracked()
        return .object(try call.recorder.solve(tensor, narrowed(call, "b", beside: tensor)))
    }

    private static let lstsq = Signature(
        "tensor:lstsq",
        "The x for which this matrix times x is nearest to b (least squares); of several, the shortest.",
        parameters: [side], returns: result,
        example: .init(
            "return tensor{{1, 0}, {1, 1}, {1, 2}}:lstsq{1, 3, 5}", output: "tensor [2] float32\n  1  2"),
        related: ["tensor:solve", "tensor:pinv"]
    ) { call throws(Failure) in
        let tensor = try call.tensor()
        return .object(try tensor.leastSquares(narrowed(call, "b", beside: tensor), work: call.work))
    }

    private static let inv = Signature(
        "tensor:inv", "The inverse of a square matrix; solve(b) is faster and more exact where b is known.",
        returns: result,
        example: .init(
            "return tensor{{2, 0}, {0, 4}}:inv()", output: "tensor [2, 2] float32\n  0.50  0.00\n  0.00  0.25"),
        related: ["tensor:solve", "tensor:pinv"]
    ) { call throws(Failure) in .object(try call.recorder.inverse(call.tracked())) }

    private static let pinv = Signature(
        "tensor:pinv", "The pseudo-inverse [n, m] of any matrix [m, n].", returns: result,
        example: .init("return tensor{{2, 0}, {0, 0}}:pinv()", output: "tensor [2, 2] float32\n  0.5  0.0\n  0.0  0.0"),
        related: ["tensor:inv", "tensor:lstsq"]
    ) { call throws(Failure) in .object(try call.tensor().pseudoInverse(work: call.work)) }

    private static let det = Signature(
        "tensor:det", "The determinant of a square matrix.",
        returns: [.init("number or tensor", "a number, or one for each matrix of a batch")],
        example: .init("return tensor{{1, 2}, {3, 5}}:det()", output: "-1.0"),
        related: ["tensor:matrix_rank"]
    ) { call throws(Failure) in number(try call.recorder.determinant(call.tracked())) }

    private static let matrixRank = Signature(
        "tensor:matrix_rank", "How many columns are independent of each other, to the rounding of the dtype.",
        returns: [.init("number or tensor", "a number, or one for each matrix of a batch")],
        example: .init("return tensor{{1, 2}, {2, 4}}:matrix_rank()", output: "1"),
        related: ["tensor:svd"]
    ) { call throws(Failure) in number(try call.tensor().matrixRank(work: call.work)) }

    private static let pca = Signature(
        "tensor:pca",
        """
        The k principal components of rows [n, d]: the directions in which the rows, less their mean, vary most. New rows are measured by \
        (rows - fit.mean):matmul(fit.components:t()). The element of largest magnitude of each component is positive.
        """,
        parameters: [.required("k", .integer(1...), "how many, at most the lesser of n and d")],
        returns: [
            .init("tensor", "the scores: the rows in the new coordinates, [n, k]"),
            .init(
                "record",
                "components [k, d], a row each; explained_variance [k], with n - 1; explained_variance_ratio [k]; mean [d]"
            ),
        ],
        example: .init(
            "local scores, fit = tensor{{1, 1}, {2, 2}, {3, 3}}:pca(1) return scores:t(), fit.components",
            output:
                "tensor [1, 3] float32\n  -1.4142   0.0000   1.4142\ntensor [1, 2] float32\n  0.7071  0.7071"),
        related: ["tensor:svd"]
    ) { call throws(Failure) in
        let fit = try call.tensor().principalComponents(call.integer("k"), work: call.work)
        return .values([
            .object(fit.scores),
            .record([
                ("components", .object(fit.components)),
                ("explained_variance", .object(fit.variances)),
                ("explained_variance_ratio", .object(fit.ratios)),
                ("mean", .object(fit.mean)),
            ]),
        ])
    }
}
