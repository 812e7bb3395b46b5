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

    @Test func aDiagonalIsRefused() throws {
        let x = try random([2, 2], 1).requiringGradient()
        let failure = #expect(throws: Failure.self) { try Recorder().einsum("ii->", [x]) }
        #expect(failure?.description.contains("a letter twice ('ii')") == true)
    }
}
