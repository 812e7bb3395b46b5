import LuaKit
import Support
import Tensors

extension TensorMethods {
    /// What becomes of an element depends on the others along a dimension.
    static let row = [softmax, logSoftmax, normalize, cumsum, sort, argsort, topk]

    private static let along = Parameter.dim("the last", "the dimension along which")
    private static let descending = Parameter.optional("descending", .boolean, default: false, "greatest first")
    private static let valuesAndPositions = [
        Signature.Returned("tensor", "the values"),
        Signature.Returned("tensor", "where each came from, from 1"),
    ]

    private static let softmax = Signature(
        "tensor:softmax", "Shares that add up to 1 along a dimension: exp(x) over the sum of exp.",
        parameters: [along], returns: result,
        example: .init("return tensor{0, 0}:softmax():totable()", output: "{0.5, 0.5}")
    ) { call throws(Failure) in
        let tensor = try call.tracked()
        return .object(try call.recorder.softmax(tensor, dim: call.dimensionOrLast(of: tensor)))
    }

    private static let logSoftmax = Signature(
        "tensor:log_softmax", "The logarithm of softmax, right where shares are too small for a float.",
        parameters: [along], returns: result,
        example: .init(
            "return tensor{0, -1000}:log_softmax()", output: "tensor [2] float32\n      0  -1000"),
        related: ["tensor:softmax"]
    ) { call throws(Failure) in
        let tensor = try call.tracked()
        return .object(try call.recorder.logSoftmax(tensor, dim: call.dimensionOrLast(of: tensor)))
    }

    private static let normalize = Signature(
        "tensor:normalize", "Unit vectors: every line along a dimension over its Euclidean norm. Zeros stay zeros.",
        parameters: [along], returns: result,
        example: .init(
            "return tensor{{3, 4}, {0, 0}}:normalize()", output: "tensor [2, 2] float32\n  0.6  0.8\n  0.0  0.0"),
        related: ["tensor:norm", "tensor:cosine"]
    ) { call throws(Failure) in
        let tensor = try call.tracked()
        return .object(try call.recorder.normalized(tensor, dim: call.dimensionOrLast(of: tensor)))
    }

    private static let cumsum = Signature(
        "tensor:cumsum", "Running sums along a dimension; whole numbers in int64.",
        parameters: [along], returns: result,
        example: .init("return tensor{1, 2, 3}:cumsum()", output: "tensor [3] float32\n  1  3  6"),
        related: ["tensor:sum"]
    ) { call throws(Failure) in
        let tensor = try call.tracked()
        return .object(try call.recorder.cumulativeSum(tensor, dim: call.dimensionOrLast(of: tensor)))
    }

    private static let sort = Signature(
        "tensor:sort", "The elements in order along a dimension. Equal ones keep their order, nan comes last.",
        parameters: [along], options: [descending], returns: valuesAndPositions,
        example: .init(
            "return tensor{3, 1, 2}:sort()", output: "tensor [3] float32\n  1  2  3\ntensor [3] int64\n  2  3  1"),
        related: ["tensor:argsort", "tensor:topk"]
    ) { call throws(Failure) in
        let (values, positions) = try sorted(call)
        return .values([.object(values), .object(try positions.countedFromOne(call.work))])
    }

    private static let argsort = Signature(
        "tensor:argsort", "The positions, from 1, that put the elements in order along a dimension; as in sort.",
        parameters: [along], options: [descending], returns: [.init("tensor", "positions from 1, int64")],
        example: .init("return tensor{3, 1, 2}:argsort{descending = true}", output: "tensor [3] int64\n  1  3  2"),
        related: ["tensor:sort", "tensor:topk"]
    ) { call throws(Failure) in .object(try sorted(call).positions.countedFromOne(call.work)) }

    private static func sorted(_ call: Call) throws(Failure) -> (values: Tensor, positions: Tensor) {
        let tensor = try call.tracked()
        let dim = try call.dimensionOrLast(of: tensor)
        return try call.recorder.sorted(tensor, dim: dim, descending: call.boolean("descending"))
    }

    private static let topk = Signature(
        "tensor:topk",
        "The k greatest elements along a dimension, greatest first; nan only where nothing else is left.",
        parameters: [.required("k", .integer(0...), "how many; at most the size of the dimension"), along],
        options: [.optional("largest", .boolean, default: true, "false for the least, least first")],
        returns: valuesAndPositions,
        example: .init(
            "return tensor{5, 9, 7}:topk(2)", output: "tensor [2] float32\n  9  7\ntensor [2] int64\n  2  3"),
        related: ["tensor:sort", "tensor:max"]
    ) { call throws(Failure) in
        let tensor = try call.tracked()
        let (values, positions) = try call.recorder.top(
            tensor, call.integer("k"), dim: call.dimensionOrLast(of: tensor), largest: call.boolean("largest"))
        return .values([.object(values), .object(try positions.countedFromOne(call.work))])
    }
}
