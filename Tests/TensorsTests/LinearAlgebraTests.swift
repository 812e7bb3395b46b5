import Foundation
import Support
import Testing

@testable import Tensors

/// What numpy and scikit-learn give: scripts/goldens/linear_algebra.py.
@Suite struct LinearAlgebraGoldenTests {
    private struct Golden: Decodable {
        let cases: [Case]
    }

    private struct Case: Decodable {
        let op: String
        let inputs: [Packed]
        let outputs: [Packed]
        let k: Int?
    }

    private struct Packed: Decodable {
        let shape: [Int]
        let values: [Double]

        func tensor() throws -> Tensor { try Tensor(values, shape: shape) }
    }

    @Test func factorisationsAgree() throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let data = try Data(contentsOf: folder.appending(path: "Vectors/linear_algebra.json"))
        let cases = try JSONDecoder().decode(Golden.self, from: data).cases
        #expect(cases.count > 70)
        for entry in cases {
            let results = try evaluate(entry)
            try #require(results.count == entry.outputs.count)
            for (result, golden) in zip(results, entry.outputs) {
                #expect(result.shape == golden.shape, "\(entry.op) \(entry.inputs.map(\.shape))")
                let greatest = golden.values.reduce(0) { max($0, $1.magnitude) }
                for (ours, theirs) in zip(try result.values(as: Double.self), golden.values) {
                    #expect(
                        (ours - theirs).magnitude <= 1e-9 * greatest, "\(entry.op) \(entry.inputs): \(ours), \(theirs)")
                }
            }
        }
    }

    private func evaluate(_ entry: Case) throws -> [Tensor] {
        let x = try entry.inputs[0].tensor()
        switch entry.op {
        case "svd":
            let (u, s, v) = try x.svd()
            return [u, s, v]
        case "svd values": return [try x.svd().s]
        case "qr":
            let (q, r) = try x.qr()
            return [q, r]
        case "eigh":
            let (values, vectors) = try x.eigh()
            return [values, vectors]
        case "eigh values": return [try x.eigh().values]
        case "cholesky": return [try x.cholesky()]
        case "solve": return [try x.solve(entry.inputs[1].tensor())]
        case "lstsq": return [try x.leastSquares(entry.inputs[1].tensor())]
        case "inv": return [try x.inverse()]
        case "pinv": return [try x.pseudoInverse()]
        case "det": return [try x.determinant()]
        case "rank": return [try x.matrixRank()]
        case "pca":
            let fit = try x.principalComponents(try #require(entry.k))
            return [fit.scores, fit.components, fit.variances, fit.ratios, fit.mean]
        default: throw Failure.operation("no such case: \(entry.op)")
        }
    }
}

@Suite struct LinearAlgebraPropertyTests {
    /// The greatest distance of corresponding elements.
    private func distance(_ a: Tensor, _ b: Tensor) throws -> Double {
        guard a.count > 0 else { return a.shape == b.shape ? 0 : .infinity }
        return try Tensor.combine(.subtract, .tensor(a.to(.float64)), .tensor(b.to(.float64))).apply(.abs)
            .extreme(.max).double
    }

    private func expectOrthonormalColumns(_ x: Tensor, _ tolerance: Double = 1e-12) throws {
        let size = x.shape[1]
        let gram = try x.transposed().matmul(x)
        #expect(try distance(gram, Tensor.eye(size, size, dtype: .float64)) < tolerance, "\(x.shape)")
    }

    private func times(_ x: Tensor, _ y: Tensor) throws -> Tensor {
        try Tensor.combine(.multiply, .tensor(x), .tensor(y))
    }

    /// A matrix of `rank` with elements around `scale`.
    private func random(_ rows: Int, _ columns: Int, rank: Int? = nil, scale: Double = 1) throws -> Tensor {
        let seed = UInt64(rows * 1000 + columns)
        let x =
            if let rank {
                try Tensor.randn([rows, rank], seed: seed, dtype: .float64)
                    .matmul(Tensor.randn([rank, columns], seed: seed + 1, dtype: .float64))
            } else {
                try Tensor.randn([rows, columns], seed: seed, dtype: .float64)
            }
        return try Tensor.combine(.multiply, .tensor(x), .scalar(.real(scale)))
    }

    @Test(
        arguments: [
            (1, 1, nil), (6, 6, nil), (50, 20, nil), (20, 50, nil), (70, 70, nil), (12, 12, 3), (30, 8, 2), (8, 30, 2),
            (5, 4, 0), (1, 9, nil), (9, 1, nil), (0, 3, nil), (3, 0, nil),
        ] as [(Int, Int, Int?)])
    func svdRebuildsTheMatrix(_ rows: Int, _ columns: Int, _ rank: Int?) throws {
        for scale in [1, 1e-150, 1e150] {
            let x = try random(rows, columns, rank: rank, scale: scale)
            let (u, s, v) = try x.svd()
            #expect(u.shape == [rows, min(rows, columns)] && v.shape == [columns, min(rows, columns)])
            try expectOrthonormalColumns(u)
            try expectOrthonormalColumns(v)
            let values = try s.values(as: Double.self)
            #expect(values == values.sorted(by: >) && values.allSatisfy { $0 >= 0 })
            #expect(try distance(times(u, s).matmul(v.transposed()), x) <= 1e-13 * max(values.first ?? 0, 1e-300) * 10)
            if let rank { #expect(try x.matrixRank().item() == .integer(Int64(rank))) }
        }
    }

    @Test func singularValuesOfDiagonalsAreExact() throws {
        let x = try Tensor([3, 0, 0, 0, 1e-30, 0, 0, 0, 4e-200] as [Double], shape: [3, 3])
        #expect(try x.svd().s.values(as: Double.self) == [3, 1e-30, 4e-200])
        #expect(try x.eigh().values.values(as: Double.self) == [4e-200, 1e-30, 3])
    }

    @Test(arguments: [(1, 1), (40, 40), (90, 33), (33, 90), (0, 2), (2, 0)])
    func qrRebuildsTheMatrix(_ rows: Int, _ columns: Int) throws {
        for rank in [nil, min(rows, columns, 1)] {
            let x = try random(rows, columns, rank: rank)
            let (q, r) = try x.qr()
            try expectOrthonormalColumns(q)
            #expect(try distance(q.matmul(r), x) < 1e-12)
            for (row, line) in try (0..<r.shape[0]).map({ try r.select(0, $0).values(as: Double.self) }).enumerated() {
                #expect(line.prefix(row).allSatisfy { $0 == 0 })
                #expect(line[row] >= 0)
            }
        }
    }

    @Test(arguments: [1, 2, 17, 64])
    func eighRebuildsTheMatrix(_ size: Int) throws {
        for scale in [1, 1e-200, 1e200] {
            let x = try random(size, size, scale: scale)
            let symmetric = try Tensor.combine(.add, .tensor(x), .tensor(x.transposed()))
            let (values, vectors) = try symmetric.eigh()
            try expectOrthonormalColumns(vectors)
            let rebuilt = try times(vectors, values).matmul(vectors.transposed())
            #expect(try distance(rebuilt, symmetric) <= 1e-12 * scale * Double(size))
        }
    }

    @Test func equalEigenvaluesHaveOrthogonalVectors() throws {
        for x in [
            try Tensor.eye(7, 7, dtype: .float64), try Tensor.zeros([7, 7]),
            try Tensor.full([7, 7], .real(2), dtype: .float64),
        ] {
            try expectOrthonormalColumns(x.eigh().vectors.to(.float64))
            try expectOrthonormalColumns(x.svd().u.to(.float64))
        }
    }

    @Test func everyVectorsLargestElementIsPositive() throws {
        let (_, _, v) = try random(12, 7).svd()
        for vector in try (0..<7).map({ try v.select(1, $0).values(as: Double.self) }) {
            #expect(try #require(vector.max { $0.magnitude < $1.magnitude }) > 0)
        }
    }

    @Test func threadsDoNotMatter() throws {
        let x = try random(400, 170)
        let symmetric = try x.transposed().matmul(x)
        let (one, four) = (Work(threads: 1), Work(threads: 4))
        #expect(try x.svd(work: one).v.values(as: Double.self) == x.svd(work: four).v.values(as: Double.self))
        #expect(try x.qr(work: one).q.values(as: Double.self) == x.qr(work: four).q.values(as: Double.self))
        #expect(
            try symmetric.eigh(work: one).vectors.values(as: Double.self)
                == symmetric.eigh(work: four).vectors.values(as: Double.self))
    }

    @Test func bothWaysToPrincipalComponentsAgree() throws {
        // Above 2^18 elements the covariance matrix is used.
        let few = try random(2000, 6)
        let many = try Tensor.concat([Tensor](repeating: few, count: 24), dim: 0)
        let (a, b) = (try few.principalComponents(3), try many.principalComponents(3))
        #expect(try distance(a.components, b.components) < 1e-9)
        #expect(try distance(a.scores, b.scores.slice(0, 0..<2000)) < 1e-9)
        #expect(try distance(a.ratios, b.ratios) < 1e-12)
        #expect(try distance(many.principalComponents(3, work: Work(threads: 1)).scores, b.scores) == 0)
    }

    @Test func float32StaysFloat32AndWholeNumbersBecomeFloat64() throws {
        let x = try random(6, 4)
        for (dtype, expected) in [(DType.float32, DType.float32), (.int64, .float64)] {
            let y = try x.to(dtype)
            #expect(try y.svd().s.dtype == expected)
            #expect(try y.principalComponents(2).scores.dtype == expected)
        }
        #expect(try distance(x.to(.float32).svd().s, x.svd().s) < 1e-5)
    }

    @Test func nothingVariesWithoutNaN() throws {
        let fit = try Tensor.full([5, 3], .real(2), dtype: .float64).principalComponents(2)
        #expect(try fit.ratios.values(as: Double.self) == [0, 0])
        #expect(try fit.scores.values(as: Double.self).allSatisfy { $0.magnitude < 1e-12 })
    }

    @Test func viewsAreRead() throws {
        let x = try random(5, 9)
        #expect(try distance(x.transposed().svd().s, x.svd().s) < 1e-13)
        let strided = try x.slice(1, 2..<7)
        #expect(try distance(strided.solve(strided), Tensor.eye(5, 5)) < 1e-11)
    }

    @Test func errorsNameWhatIsWrong() throws {
        let wide = try random(2, 3)
        let cases: [(String, () throws -> Void)] = [
            ("cholesky needs a square matrix, this tensor has shape [2, 3]", { _ = try wide.cholesky() }),
            ("svd needs a matrix, this tensor has shape [4]", { _ = try Tensor.zeros([4]).svd() }),
            (
                "but pivot 2 is -3",
                { _ = try Tensor([1, 2, 2, 1] as [Double], shape: [2, 2]).cholesky() }
            ),
            (
                "pivot 2 in matrix [2] is 0",
                { _ = try Tensor([1, 0, 0, 1, 1, 1, 1, 1] as [Double], shape: [2, 2, 2]).cholesky() }
            ),
            (
                "eigh needs a symmetric matrix, but element [2, 1] is 3 and [1, 2] is 2",
                { _ = try Tensor([1, 2, 3, 4] as [Double], shape: [2, 2]).eigh() }
            ),
            (
                "column 3 depends on those before it",
                { _ = try Tensor([1, 2, 3, 4, 5, 6, 7, 8, 9] as [Double], shape: [3, 3]).solve(Tensor.zeros([3])) }
            ),
            ("it is singular", { _ = try Tensor.zeros([2, 2]).inverse() }),
            (
                "element [2, 1] is nan",
                { _ = try Tensor([1, 2, .nan, 4] as [Double], shape: [2, 2]).svd() }
            ),
            ("element [1, 2] is inf", { _ = try Tensor([1, .infinity] as [Float], shape: [1, 2]).qr() }),
            (
                "'b': a tensor of 2 rows, for shape [2, 2] expected, got shape [3]",
                { _ = try Tensor.eye(2, 2).solve(Tensor.zeros([3])) }
            ),
            ("integer from 1 to 2, for shape [2, 3] expected, got 3", { _ = try wide.principalComponents(3) }),
            ("at least 2 rows", { _ = try Tensor.zeros([1, 3]).principalComponents(1) }),
        ]
        for (words, body) in cases {
            let failure = #expect(throws: Failure.self, "\(words)") { try body() }
            #expect(failure?.description.contains(words) == true, "\(String(describing: failure))")
        }
    }

    @Test func solvingKeepsGradedSystems() throws {
        // Badly scaled is not singular.
        let x = try Tensor([1, 1, 0, 1e-20] as [Double], shape: [2, 2])
        #expect(try x.solve(Tensor([3, 1e-20] as [Double], shape: [2])).values(as: Double.self) == [2, 1])
    }

    @Test func workIsStopped() throws {
        let work = Work(threads: 1)
        work.cancellation.cancel()
        let x = try random(8, 8)
        #expect(throws: Failure.cancelled) { try x.svd(work: work) }
        #expect(throws: Failure.cancelled) { try x.solve(x, work: work) }
        #expect(throws: Failure.cancelled) { try x.principalComponents(2, work: work) }
    }
}
