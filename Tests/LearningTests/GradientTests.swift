import Support
import Tensors
import Testing

@testable import Learning

/// Every operation against central differences, over shapes that are broadcast, empty, single or not in order in memory.
@Suite struct GradientTests {
    private static let pairs: [([Int], [Int])] = [
        ([2, 3], [2, 3]), ([2, 3], [3]), ([3], [2, 3]), ([2, 1], [1, 3]), ([], [2, 2]), ([2, 2], []), ([0, 3], [3]),
        ([1], [4]), ([2, 1, 3], [2, 1]), ([], []),
    ]
    private static let shapes: [[Int]] = [[3, 4], [5], [1], [], [0, 2], [2, 3, 2]]

    @Test(arguments: [ArithmeticOperation.add, .subtract, .multiply, .divide, .power, .modulo])
    func arithmetic(_ operation: ArithmeticOperation) throws {
        for (left, right) in Self.pairs {
            // Positive, and away from where the remainder jumps.
            let (a, b) = (try random(left, 1, positive: true), try random(right, 2, positive: true))
            try checkGradients("\(operation) \(left) \(right)", [a, b]) { (recorder, x) throws(Failure) in
                try recorder.combine(operation, .tensor(x[0]), .tensor(x[1]))
            }
        }
        let x = try random([3, 2], 3, positive: true)
        try checkGradients("\(operation) 1.5", [x]) { (recorder, x) throws(Failure) in
            try recorder.combine(operation, .tensor(x[0]), .scalar(.real(1.5)))
        }
        try checkGradients("2.5 \(operation)", [x]) { (recorder, x) throws(Failure) in
            try recorder.combine(operation, .scalar(.real(2.5)), .tensor(x[0]))
        }
        try checkGradients("\(operation) with itself", [x]) { (recorder, x) throws(Failure) in
            guard operation != .modulo else { return x[0] }
            return try recorder.combine(operation, .tensor(x[0]), .tensor(x[0]))
        }
        try checkGradients("\(operation) transposed", [x.clone().transposed(), x.transposed()]) {
            (recorder, x) throws(Failure) in
            guard operation != .modulo else { return try recorder.combine(.add, .tensor(x[0]), .tensor(x[1])) }
            return try recorder.combine(operation, .tensor(x[0]), .tensor(x[1]))
        }
    }

    @Test func powers() throws {
        let x = try Tensor([-2.0, -0.5, 0.5, 3], shape: [4])
        for exponent in [0.0, 1, 2, 3, -1] {
            try checkGradients("x ^ \(exponent)", [x]) { (recorder, x) throws(Failure) in
                try recorder.combine(.power, .tensor(x[0]), .scalar(.real(exponent)))
            }
        }
        // As PyTorch: no gradient out of 0 ^ 0 and 0 ^ 2 by the exponent, none by a base whose exponent is 0.
        let base = try Tensor([0.0, 0], shape: [2]).requiringGradient()
        let exponent = try Tensor([0.0, 2], shape: [2]).requiringGradient()
        let power = try Recorder().combine(.power, .tensor(base), .tensor(exponent))
        try power.backward(Tensor([1.0, 1], shape: [2]))
        #expect(try base.gradNode?.gradient?.values(as: Double.self) == [0, 0])
        #expect(try exponent.gradNode?.gradient?.values(as: Double.self) == [0, 0])
    }

    @Test(arguments: MathFunction.allCases)
    func functions(_ function: MathFunction) throws {
        for shape in Self.shapes {
            try checkGradients(
                "\(function) \(shape)", [random(shape, 4, positive: function == .log || function == .sqrt)]
            ) {
                (recorder, x) throws(Failure) in try recorder.apply(function, x[0])
            }
        }
        try checkGradients("\(function) transposed", [random([2, 3], 5, positive: true).transposed()]) {
            (recorder, x) throws(Failure) in try recorder.apply(function, x[0])
        }
    }

    @Test func choices() throws {
        let mask = try Tensor([true, false, true], shape: [3])
        try checkGradients("where", [random([2, 3], 1), random([3], 2)]) { (recorder, x) throws(Failure) in
            try recorder.choose(mask, .tensor(x[0]), .tensor(x[1]))
        }
        try checkGradients("where a number", [random([2, 3], 1)]) { (recorder, x) throws(Failure) in
            try recorder.choose(mask, .scalar(.integer(1)), .tensor(x[0]))
        }
        try checkGradients("clamp", [random([4, 3], 3)]) { (recorder, x) throws(Failure) in
            try recorder.clamp(x[0], .real(-0.5), .real(0.7))
        }
        try checkGradients("negated", [random([2, 2], 3)]) { (recorder, x) throws(Failure) in
            try recorder.negated(x[0])
        }
    }

    @Test(arguments: [nil, 0, 1, 2])
    func reductions(_ dim: Int?) throws {
        for (index, x) in [
            try random([3, 2, 4], 6), try random([4, 2, 3], 7).transpose(0, 2), try random([2, 3, 1], 8),
        ].enumerated() {
            for keepdim in [false, true] where dim != nil || !keepdim {
                let words = "case \(index), \(dim.map(String.init) ?? "all"), \(keepdim)"
                try checkGradients("sum \(words)", [x]) { (recorder, x) throws(Failure) in
                    try recorder.sum(x[0], dim: dim, keepdim: keepdim)
                }
                try checkGradients("mean \(words)", [x]) { (recorder, x) throws(Failure) in
                    try recorder.mean(x[0], dim: dim, keepdim: keepdim)
                }
                try checkGradients("norm \(words)", [x]) { (recorder, x) throws(Failure) in
                    try recorder.norm(x[0], dim: dim, keepdim: keepdim)
                }
                try checkGradients("max \(words)", [x]) { (recorder, x) throws(Failure) in
                    guard let dim else { return try recorder.extreme(.max, x[0]) }
                    return try recorder.extremes(.max, x[0], dim: dim, keepdim: keepdim).values
                }
                guard dim.map({ x.shape[$0] > 1 }) ?? true else { continue }
                try checkGradients("var \(words)", [x]) { (recorder, x) throws(Failure) in
                    try recorder.variance(x[0], dim: dim, ddof: 1, keepdim: keepdim)
                }
                try checkGradients("std \(words)", [x]) { (recorder, x) throws(Failure) in
                    try recorder.standardDeviation(x[0], dim: dim, ddof: 0, keepdim: keepdim)
                }
            }
        }
    }

    @Test func reductionsAtTheirEdges() throws {
        func gradient(_ values: [Double], _ compute: (Tensor) throws(Failure) -> Tensor) throws -> [Double]? {
            let x = try Tensor(values, shape: [values.count]).requiringGradient()
            try compute(x).backward()
            return try x.gradNode?.gradient?.values(as: Double.self)
        }
        let recorder = Recorder()
        #expect(try gradient([3, 1, 3]) { (x) throws(Failure) in try recorder.extreme(.max, x) } == [0.5, 0, 0.5])
        #expect(try gradient([0, 0]) { (x) throws(Failure) in try recorder.norm(x) } == [0, 0])
        #expect(try gradient([]) { (x) throws(Failure) in try recorder.sum(x) } == [])
        #expect(
            try gradient([-1, 0, 2]) { (x) throws(Failure) in try recorder.sum(recorder.apply(.relu, x)) } == [0, 0, 1])
        #expect(
            try gradient([-1, 0, 2]) { (x) throws(Failure) in try recorder.sum(recorder.apply(.abs, x)) } == [-1, 0, 1])
    }

    @Test func shapes() throws {
        let x = try random([2, 3, 4], 9)
        try checkGradients("reshape", [x]) { (recorder, x) throws(Failure) in try recorder.reshape(x[0], [4, -1]) }
        try checkGradients("reshape of a transpose", [x.transpose(0, 1)]) { (recorder, x) throws(Failure) in
            try recorder.reshape(x[0], [24])
        }
        try checkGradients("transpose", [x]) { (recorder, x) throws(Failure) in try recorder.transpose(x[0], 0, 2) }
        try checkGradients("t", [random([2, 3], 1)]) { (recorder, x) throws(Failure) in try recorder.transposed(x[0]) }
        try checkGradients("slice", [x]) { (recorder, x) throws(Failure) in try recorder.slice(x[0], 1, 1..<3) }
        try checkGradients("an empty slice", [x]) { (recorder, x) throws(Failure) in
            try recorder.sum(recorder.slice(x[0], 1, 1..<1))
        }
        try checkGradients("select", [x]) { (recorder, x) throws(Failure) in try recorder.select(x[0], 2, 3) }
        try checkGradients("clone", [x]) { (recorder, x) throws(Failure) in try recorder.clone(x[0]) }
        try checkGradients("overlapping slices", [random([5], 3)]) { (recorder, x) throws(Failure) in
            try recorder.combine(
                .multiply, .tensor(recorder.slice(x[0], 0, 0..<4)), .tensor(recorder.slice(x[0], 0, 1..<5)))
        }
        let fixed = try random([2, 2, 4], 8)
        try checkGradients("concat", [x, random([2, 1, 4], 10)]) { (recorder, x) throws(Failure) in
            try recorder.concat([x[0], x[1], fixed, x[0]], dim: 1)
        }
        try checkGradients("stack", [random([2, 3], 1), random([2, 3], 2)]) { (recorder, x) throws(Failure) in
            try recorder.stack([x[0], x[1], x[0]], dim: 1)
        }
    }

    @Test func indices() throws {
        try checkGradients("rows", [random([4, 3], 11)]) { (recorder, x) throws(Failure) in
            try recorder.rows(x[0], [2, 0, 2, 2])
        }
        try checkGradients("no rows", [random([4, 3], 11)]) { (recorder, x) throws(Failure) in
            try recorder.sum(recorder.rows(x[0], []))
        }
        let mask = try Tensor([true, false, true, true], shape: [4])
        try checkGradients("masked rows", [random([4, 3], 12)]) { (recorder, x) throws(Failure) in
            try recorder.masked(x[0], mask)
        }
        try checkGradients("masked elements", [random([2, 2], 12).transposed()]) { (recorder, x) throws(Failure) in
            try recorder.masked(x[0], mask.reshape([2, 2]))
        }
        for dim in 0...1 {
            try checkGradients("sort", [random([4, 3], 13)]) { (recorder, x) throws(Failure) in
                try recorder.sorted(x[0], dim: dim, descending: dim == 1).values
            }
            try checkGradients("topk", [random([4, 3], 14)]) { (recorder, x) throws(Failure) in
                try recorder.top(x[0], 2, dim: dim, largest: dim == 0).values
            }
        }
    }

    @Test func wholeRows() throws {
        for x in [try random([3, 4], 15), try random([4, 3], 16).transposed(), try random([2, 1], 17)] {
            for dim in 0...1 {
                try checkGradients("softmax", [x]) { (recorder, x) throws(Failure) in
                    try recorder.softmax(x[0], dim: dim)
                }
                try checkGradients("log_softmax", [x]) { (recorder, x) throws(Failure) in
                    try recorder.logSoftmax(x[0], dim: dim)
                }
                try checkGradients("normalize", [x]) { (recorder, x) throws(Failure) in
                    try recorder.normalized(x[0], dim: dim)
                }
                try checkGradients("cumsum", [x]) { (recorder, x) throws(Failure) in
                    try recorder.cumulativeSum(x[0], dim: dim)
                }
            }
        }
        for (left, right) in [([3], [3]), ([2, 3], [3]), ([3], [4, 3]), ([2, 3], [4, 3])] {
            try checkGradients("cosine", [random(left, 18), random(right, 19)]) { (recorder, x) throws(Failure) in
                try recorder.cosine(x[0], x[1])
            }
        }
    }

    @Test(arguments: [
        ([3], [3]), ([2, 3], [3]), ([3], [3, 2]), ([2, 3], [3, 4]), ([2, 3], [3, 1]), ([2, 2, 3], [3, 4]),
        ([2, 2, 3], [2, 3, 4]), ([1, 2, 3], [2, 3, 4]), ([2, 3], [2, 3, 4]), ([2, 1, 2, 3], [3, 3, 1]),
        ([3], [2, 3, 2]),
        ([2, 2, 3], [3]), ([0, 3], [3, 2]), ([2, 0], [0, 3]), ([0, 2, 3], [0, 3, 2]),
    ])
    func products(_ left: [Int], _ right: [Int]) throws {
        try checkGradients("matmul \(left) \(right)", [random(left, 20), random(right, 21)]) {
            (recorder, x) throws(Failure) in try recorder.matmul(x[0], x[1])
        }
    }

    @Test func productsOfTransposes() throws {
        try checkGradients("matmul", [random([3, 2], 20).transposed(), random([4, 3], 21).transposed()]) {
            (recorder, x) throws(Failure) in try recorder.matmul(x[0], x[1])
        }
    }

    @Test func dtypes() throws {
        let x = try Tensor([1.5, -2], shape: [2]).to(.float32).requiringGradient()
        let recorder = Recorder()
        let wide = try recorder.convert(x, to: .float64)
        try recorder.sum(recorder.combine(.multiply, .tensor(wide), .tensor(wide))).backward()
        #expect(x.gradNode?.gradient?.dtype == .float32)
        #expect(try x.gradNode?.gradient?.values(as: Double.self) == [3, -4])
        #expect(try !recorder.convert(x, to: .int64).isTracked)
        #expect(throws: Failure.self) { try Tensor([1] as [Int64], shape: [1]).requiringGradient() }
    }
}
