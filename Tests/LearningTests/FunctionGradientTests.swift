import Support
import Tensors
import Testing

@testable import Learning

/// The operations of Recorder+Functions against central differences.
@Suite struct FunctionGradientTests {
    @Test(arguments: SmoothFunction.allCases)
    func smooth(_ function: SmoothFunction) throws {
        for shape in [[3, 4], [1], [], [0, 2]] {
            try checkGradients("\(function) \(shape)", [random(shape, 4, positive: true)]) {
                (recorder, x) throws(Failure) in try recorder.apply(function, x[0])
            }
        }
        guard ![.log1p, .log2, .log10, .rsqrt, .tan].contains(function) else { return }
        try checkGradients("\(function) of both signs", [random([7], 5)]) { (recorder, x) throws(Failure) in
            try recorder.apply(function, x[0])
        }
    }

    @Test func pairs() throws {
        for which in [Extreme.max, .min] {
            try checkGradients("\(which)", [random([2, 3], 1), random([3], 2)]) { (recorder, x) throws(Failure) in
                try recorder.extreme(which, of: .tensor(x[0]), .tensor(x[1]))
            }
            try checkGradients("\(which) with a number", [random([2, 3], 1)]) { (recorder, x) throws(Failure) in
                try recorder.extreme(which, of: .tensor(x[0]), .scalar(.real(0.1)))
            }
        }
    }

    @Test func rearranging() throws {
        let x = try random([2, 3, 4], 1)
        try checkGradients("permute", [x]) { (recorder, x) throws(Failure) in try recorder.permuted(x[0], [2, 0, 1]) }
        try checkGradients("unsqueeze", [x]) { (recorder, x) throws(Failure) in try recorder.unsqueezed(x[0], 1) }
        try checkGradients("squeeze", [random([2, 1, 3, 1], 2)]) { (recorder, x) throws(Failure) in
            try recorder.squeezed(x[0])
        }
        try checkGradients("flip", [x]) { (recorder, x) throws(Failure) in try recorder.flipped(x[0], [0, 2]) }
        try checkGradients("pad", [x]) { (recorder, x) throws(Failure) in
            try recorder.padded(x[0], [(1, 0), (0, 2), (1, 1)], value: .real(3))
        }
        try checkGradients("tril", [x]) { (recorder, x) throws(Failure) in
            try recorder.triangle(x[0], upper: false, diagonal: 1)
        }
    }

    @Test func positions() throws {
        let index = try Tensor([0, 0, 2, 1] as [Int64], shape: [2, 2])
        for dim in [0, 1] {
            try checkGradients("gather \(dim)", [random([3, 3], 1)]) { (recorder, x) throws(Failure) in
                try recorder.gather(x[0], dim, index)
            }
            try checkGradients("scatter_add \(dim)", [random([3, 3], 1), random([2, 3], 2)]) {
                (recorder, x) throws(Failure) in try recorder.scatterAdd(x[0], dim, index, x[1])
            }
        }
        try checkGradients("logsumexp", [random([3, 4], 3)]) { (recorder, x) throws(Failure) in
            try recorder.logSumExp(x[0], dim: 0)
        }
        try checkGradients("logsumexp kept", [random([3, 4], 3)]) { (recorder, x) throws(Failure) in
            try recorder.logSumExp(x[0], dim: 1, keepdim: true)
        }
    }

    @Test(arguments: ["ij,jk->ik", "ij->", "ij->j", "i,j->ij", "bij,bjk->bik", "ij,jk,kl->il", "ij,k->", "ij,ij->"])
    func einsum(_ subscripts: String) throws {
        let sizes: [Character: Int] = ["b": 2, "i": 3, "j": 2, "k": 4, "l": 2]
        let parts = subscripts.prefix { $0 != "-" }.split(separator: ",")
        let inputs = try parts.enumerated().map { try random($1.map { sizes[$0] ?? 1 }, UInt64($0)) }
        try checkGradients(subscripts, inputs) { (recorder, x) throws(Failure) in try recorder.einsum(subscripts, x) }
    }

    @Test func linearSystems() throws {
        let a = try Tensor.combine(
            .add, .tensor(random([3, 3], 1)), .tensor(Tensor.eye(3, 3, dtype: .float64).apply(.exp)))
        for sides in [[3], [3, 2]] {
            try checkGradients("solve \(sides)", [a, random(sides, 2)]) { (recorder, x) throws(Failure) in
                try recorder.solve(x[0], x[1])
            }
        }
        let batch = try Tensor.stack([a, a.transposed()], dim: 0)
        try checkGradients("solve in batches", [batch, random([2, 3], 2)]) { (recorder, x) throws(Failure) in
            try recorder.solve(x[0], x[1])
        }
        for matrix in [a, batch] {
            try checkGradients("inv", [matrix]) { (recorder, x) throws(Failure) in try recorder.inverse(x[0]) }
            try checkGradients("det", [matrix]) { (recorder, x) throws(Failure) in try recorder.determinant(x[0]) }
        }
    }

    /// Of x x' + 1, which is symmetric and positive definite whatever x is.
    @Test(arguments: [[1, 1], [3, 3], [2, 4, 4]])
    func factorisations(shape: [Int]) throws {
        func definite(_ recorder: Recorder, _ x: Tensor) throws(Failure) -> Tensor {
            let product = try recorder.matmul(x, recorder.transpose(x, x.rank - 2, x.rank - 1))
            let one = try Tensor.eye(x.shape[x.rank - 1], x.shape[x.rank - 1], dtype: .float64)
            return try recorder.combine(.add, .tensor(product), .tensor(one))
        }
        let x = try random(shape, 4)
        try checkGradients("cholesky", [x]) { (recorder, x) throws(Failure) in
            try recorder.cholesky(definite(recorder, x[0]))
        }
        try checkGradients("eigenvalues", [x]) { (recorder, x) throws(Failure) in
            try recorder.eigh(definite(recorder, x[0])).values
        }
        try checkGradients("eigenvectors", [x]) { (recorder, x) throws(Failure) in
            try recorder.eigh(definite(recorder, x[0])).vectors
        }
    }

    @Test func copiesAndProducts() throws {
        for counts in [[2], [2, 1, 3], [1, 2]] {
            try checkGradients("tile \(counts)", [random([2, 3], 1)]) { (recorder, x) throws(Failure) in
                try recorder.tiled(x[0], counts)
            }
        }
        try checkGradients("roll", [random([3, 4], 1)]) { (recorder, x) throws(Failure) in
            try recorder.rolled(x[0], 3, dim: 1)
        }
        for diagonal in [-1, 0, 1, 2] {
            for shape in [[3], [3, 4], [4, 2]] {
                try checkGradients("diag \(diagonal) \(shape)", [random(shape, 1)]) { (recorder, x) throws(Failure) in
                    try recorder.diagonal(x[0], diagonal)
                }
            }
        }
        try checkGradients("index_add", [random([3, 2], 1), random([4, 2], 2)]) { (recorder, x) throws(Failure) in
            try recorder.indexAdd(x[0], 0, [2, 0, 2, 1], x[1])
        }
        let zeros = try Tensor([1.0, 0, 3, 2, 0, 0], shape: [2, 3])
        for x in [zeros, try random([3, 4], 3), try random([1, 2], 4)] {
            for dim in [0, 1] {
                try checkGradients("prod \(dim)", [x]) { (recorder, x) throws(Failure) in
                    try recorder.multiplied(x[0], dim: dim)
                }
            }
        }
    }

    @Test func aDiagonalIsRefused() throws {
        let x = try random([2, 2], 1).requiringGradient()
        let failure = #expect(throws: Failure.self) { try Recorder().einsum("ii->", [x]) }
        #expect(failure?.description.contains("a letter twice ('ii')") == true)
    }
}
