import Learning
import LuaKit
import Support
import Tensors

extension Parameter {
    /// The seed of functions that draw.
    static let drawSeed = Parameter.optional(
        "seed", .integer(0...), standing: "the session's, moved on by every call",
        "starts the random numbers; the same seed gives the same numbers")
}

/// Functions of `tensor` that draw from distributions.
enum TensorRandom {
    static let functions: [Signature] = [
        drawing(
            "uniform", "Numbers spread evenly from low up to, not including, high.",
            [.required("low", .number, "the least"), .required("high", .number, "the end")], .float32,
            example: "local x = tensor.uniform(5, 6, 1000, {seed = 1}) return x:min() >= 5 and x:max() < 6", "true"
        ) { (call) throws(Failure) in .uniform(low: try call.number("low"), high: try call.number("high")) },
        drawing(
            "normal", "Numbers of the normal distribution.",
            [.required("mean", .number, "the mean"), .required("std", .number(0...), "the standard deviation")],
            .float32,
            example: "return math.abs(tensor.normal(10, 2, 10000, {seed = 1}):std() - 2) < 0.1", "true"
        ) { (call) throws(Failure) in .normal(mean: try call.number("mean"), deviation: try call.number("std")) },
        drawing(
            "exponential", "Waiting times at a rate: numbers of the exponential distribution, mean 1 / rate.",
            [.required("rate", .number(above: 0), "events per unit")], .float32,
            example: "return math.abs(tensor.exponential(4, 10000, {seed = 1}):mean() - 0.25) < 0.02", "true"
        ) { (call) throws(Failure) in .exponential(rate: try call.number("rate")) },
        drawing(
            "gamma", "Numbers of the gamma distribution, mean concentration * scale.",
            [
                .required("concentration", .number(above: 0), "the shape parameter"),
                .required("scale", .number(above: 0), "the scale"),
            ], .float32,
            example: "return math.abs(tensor.gamma(2, 3, 10000, {seed = 1}):mean() - 6) < 0.2", "true"
        ) { (call) throws(Failure) in .gamma(shape: try call.number("concentration"), scale: try call.number("scale"))
        },
        drawing(
            "beta", "Numbers of the beta distribution, from 0 to 1 with mean a / (a + b).",
            [
                .required("a", .number(above: 0), "the first shape"),
                .required("b", .number(above: 0), "the second shape"),
            ], .float32,
            example: "return math.abs(tensor.beta(3, 1, 10000, {seed = 1}):mean() - 0.75) < 0.02", "true"
        ) { (call) throws(Failure) in .beta(a: try call.number("a"), b: try call.number("b")) },
        drawing(
            "poisson", "Counts of the Poisson distribution.",
            [.required("rate", .number(0...1e15), "the mean")], .int64,
            example: "return math.abs(tensor.poisson(3, 10000, {seed = 1}):mean() - 3) < 0.1", "true"
        ) { (call) throws(Failure) in .poisson(rate: try call.number("rate")) },
        drawing(
            "binomial", "How many of some trials succeed.",
            [
                .required("trials", .integer(0...1 << 50), "how many trials"),
                .required("p", .number(0...1), "probability of each"),
            ], .int64,
            example: "return math.abs(tensor.binomial(20, 0.3, 10000, {seed = 1}):mean() - 6) < 0.1", "true"
        ) { (call) throws(Failure) in .binomial(trials: try call.integer("trials"), probability: try call.number("p"))
        },
        drawing(
            "bernoulli", "1 with a probability, otherwise 0.",
            [.required("p", .number(0...1), "the probability of 1")], .float32,
            example: "return math.abs(tensor.bernoulli(0.3, 10000, {seed = 1}):mean() - 0.3) < 0.02", "true"
        ) { (call) throws(Failure) in .bernoulli(probability: try call.number("p")) },
        permutation, choice,
    ]

    private static func drawing(
        _ name: String, _ prose: String, _ parameters: [Parameter], _ dtype: DType, example: String, _ output: String,
        _ distribution: @escaping @Sendable (Call) throws(Failure) -> Tensor.Distribution
    ) -> Signature {
        Signature(
            "tensor.\(name)", "Random numbers: \(prose.prefix(1).lowercased() + prose.dropFirst())",
            parameters: parameters, variadic: .sizes, options: [.drawSeed, .dtype(dtype)],
            returns: [.init("tensor", "the new tensor")],
            example: .init(example, output: output),
            related: name == "uniform" ? ["tensor.rand", "tensor.randint"] : ["tensor.rand", "tensor.choice"]
        ) { call throws(Failure) in
            .object(
                try Tensor.draws(
                    distribution(call), call.sizes(), seed: call.drawSeed, dtype: call.dtype() ?? dtype, work: call.work
                ))
        }
    }

    private static let permutation = Signature(
        "tensor.permutation",
        "The numbers from 1 to n in random order, each order equally likely; t[order] shuffles rows.",
        parameters: [.required("n", .integer(0...), "how many")], options: [.drawSeed],
        returns: [.init("tensor", "int64 [n]")],
        example: .init(
            "return (tensor.permutation(5, {seed = 1}):sort())",
            output: "tensor [5] int64\n  1  2  3  4  5"),
        related: ["tensor.choice", "tensor:shuffle"]
    ) { call throws(Failure) in
        .object(try Tensor.permutation(call.integer("n"), seed: call.drawSeed).countedFromOne(call.work))
    }

    private static let choice = Signature(
        "tensor.choice", "Random positions from 1 to n, all different, equally likely or by weights.",
        parameters: [
            .required("n", .integer(1...), "how many there are to choose from"),
            .optional("count", .integer(0...), default: 1, "how many to choose"),
        ],
        options: [
            .optional("replace", .boolean, default: false, "true to choose a thing more than once"),
            .optional(
                "weights", .vector, standing: "all equal", "how likely each is, in proportion; n numbers from 0 up"),
            .drawSeed,
        ],
        returns: [.init("tensor", "int64 [count]")],
        example: .init("return tensor.choice(3, 2, {weights = {0, 1, 1}, seed = 1}):min() > 1", output: "true"),
        related: ["tensor.permutation", "tensor.randint"]
    ) { call throws(Failure) in
        let size = try call.integer("n")
        let weights = try call.converted(ifGiven: "weights", Tensor.self)?.values(as: Double.self)
        if let weights, weights.count != size {
            throw .argument("weights", expected: "\(size) numbers, one for each", got: "\(weights.count)")
        }
        return .object(
            try Tensor.choice(
                size, count: call.integer("count"), replacement: call.boolean("replace"), weights: weights,
                seed: call.drawSeed, work: call.work
            ).countedFromOne(call.work))
    }
}

extension TensorMethods {
    /// Random order.
    static let shuffle = Signature(
        "tensor:shuffle", "A copy with its rows in random order.", options: [.drawSeed], returns: result,
        example: .init("return tensor.arange(100):shuffle{seed = 1}:sum()", output: "5050"),
        related: ["tensor.permutation"]
    ) { call throws(Failure) in
        let tensor = try call.tensor()
        guard let rows = tensor.shape.first else { throw .operation("a tensor of one value has no rows to shuffle") }
        let order = try Tensor.permutation(rows, seed: call.drawSeed).map(Int64.self) { Int($0) }
        return .object(try tensor.rows(order, work: call.work))
    }
}

extension LuaModule {
    static let einsum = Signature(
        "tensor.einsum",
        """
        Sums of products by Einstein's notation: every letter names a dimension, letters that the result lacks are summed over. 'ij,jk->ik' \
        is a matrix product, 'ii->' a trace, 'bi,bj->bij' outer products; without '->' the result has the letters that come once.
        """,
        parameters: [.required("subscripts", .string, "letters of each tensor, then of the result")],
        variadic: .required("tensors", .tensorLike, "the tensors"),
        returns: [.init("tensor or number", "the sums")],
        example: .init(
            "return tensor.einsum('ij,j->i', tensor{{1, 2}, {3, 4}}, tensor{1, 10})",
            output: "tensor [2] float32\n  21  43"),
        related: ["tensor:matmul", "tensor:sum"]
    ) { call throws(Failure) in
        var tensors: [Tensor] = []
        for argument in call.variadic {
            guard let tensor = try argument.tensor() else {
                throw .argument("tensors", expected: "tensors", got: argument.words)
            }
            tensors.append(tensor)
        }
        return TensorMethods.number(try call.recorder.einsum(call.string("subscripts"), tensors))
    }
}
