import Learning
import LuaKit
import Support
import Tensors

extension TensorMethods {
    /// Reading and writing at positions along a dimension, and counting.
    static let gathering = [
        gather, scatter, scatterAdd, indexAdd, unique, bincount, oneHot, nonzero, prod, cumprod, logSumExp,
        holds(any: true),
        holds(any: false),
    ]

    private static let dim = Parameter.required("dim", .integer, "the dimension; from 1, negative from the last")
    private static let index = Parameter.required(
        "index", .tensorLike, "positions along dim from 1, negative from the end, for every element")
    private static let base = Parameter.optional(
        "base", .integer(0...1), default: 1, "the least number: 1 as classes count here, 0 for ids from elsewhere")
    private static let reduced = Parameter.dim("all elements, giving one value", "the dimension to reduce")

    /// The positions given, from 0.
    private static func positions(_ call: Call, _ name: String, below size: Int) throws(Failure) -> Tensor {
        let given: Tensor = try call.converted(name)
        guard given.dtype.isInteger || given.count == 0 else {
            throw .argument(name, expected: "whole numbers", got: "\(given.dtype.rawValue) values")
        }
        var values = try given.values(as: Int64.self)
        for i in values.indices {
            values[i] = Int64(try resolvedPosition(Int(values[i]), below: size, name))
        }
        return try Tensor(values, shape: given.shape)
    }

    private static let gather = Signature(
        "tensor:gather",
        "Takes elements at positions along a dimension: of a matrix along 2, result[i][j] is t[i][index[i][j]].",
        parameters: [dim, index], returns: [.init("tensor", "a new tensor of the index's shape")],
        example: .init(
            "return tensor{{1, 2}, {3, 4}}:gather(2, {{2}, {1}})", output: "tensor [2, 1] float32\n  2\n  3"),
        related: ["tensor:scatter", "tensor:index"]
    ) { call throws(Failure) in
        let tensor = try call.tracked()
        let dim = try call.dimension(of: tensor) ?? 0
        return .object(
            try call.recorder.gather(tensor, dim, positions(call, "index", below: tensor.shape[dim])))
    }

    private static let scatter = Signature(
        "tensor:scatter",
        """
        A copy with elements written at positions along a dimension: of a matrix along 2, result[i][index[i][j]] is source[i][j]. Of several \
        for one place the last stays.
        """,
        parameters: [dim, index, .required("source", .operand, "a number, or as many elements as the index")],
        returns: result,
        example: .init(
            "return tensor.zeros(2, 3):scatter(2, {{3}, {1}}, 1)", output: "tensor [2, 3] float32\n  0  0  1\n  1  0  0"
        ),
        related: ["tensor:gather", "tensor:scatter_add"]
    ) { call throws(Failure) in
        let tensor = try call.tensor()
        let dim = try call.dimension(of: tensor) ?? 0
        return .object(
            try tensor.scatter(
                dim, positions(call, "index", below: tensor.shape[dim]), call.converted("source"), work: call.work))
    }

    private static let scatterAdd = Signature(
        "tensor:scatter_add",
        "A copy with elements added at positions along a dimension, as scatter writes them; several for one place add up.",
        parameters: [dim, index, .required("source", .tensorLike, "as many elements as the index")],
        returns: result,
        example: .init(
            "return tensor.zeros(3):scatter_add(1, {1, 3, 1}, {1, 10, 100})",
            output: "tensor [3] float32\n  101    0   10"
        ),
        related: ["tensor:scatter", "tensor:index_add"]
    ) { call throws(Failure) in
        let tensor = try call.tracked()
        let dim = try call.dimension(of: tensor) ?? 0
        return .object(
            try call.recorder.scatterAdd(
                tensor, dim, positions(call, "index", below: tensor.shape[dim]),
                narrowed(call, "source", beside: tensor)))
    }

    private static let indexAdd = Signature(
        "tensor:index_add", "A copy with slices of another tensor added at positions along a dimension.",
        parameters: [
            dim, .required("rows", .any, "positions from 1, negative from the end, one for each slice"),
            .required("source", .tensorLike, "this tensor's shape, but along dim as many as positions"),
        ],
        returns: result,
        example: .init(
            "return tensor.zeros(2, 2):index_add(1, {2, 2}, {{1, 2}, {3, 4}})",
            output: "tensor [2, 2] float32\n  0  0\n  4  6"),
        related: ["tensor:scatter_add", "tensor:index"]
    ) { call throws(Failure) in
        let tensor = try call.tracked()
        let dim = try call.dimension(of: tensor) ?? 0
        guard let given = try call.given("rows"), let rows = try given.positions(below: tensor.shape[dim], "rows")
        else {
            throw .argument("rows", expected: "list, column or tensor of positions", got: "something else")
        }
        return .object(
            try call.recorder.indexAdd(tensor, dim, rows, narrowed(call, "source", beside: tensor)))
    }

    private static let unique = Signature(
        "tensor:unique", "The different elements in rising order; nan once, last.",
        returns: [
            .init("tensor", "the elements, once each"),
            .init("tensor", "for every element its position among them, from 1"),
            .init("tensor", "how often each occurs"),
        ],
        example: .init(
            "return tensor{5, 2, 5}:unique()",
            output: "tensor [2] float32\n  2  5\ntensor [3] int64\n  2  1  2\ntensor [2] int64\n  1  2"),
        related: ["tensor:bincount", "tensor:sort"]
    ) { call throws(Failure) in
        let (values, positions, counts) = try call.values().unique(work: call.work)
        return .values([.object(values), .object(try positions.countedFromOne(call.work)), .object(counts)])
    }

    private static let bincount = Signature(
        "tensor:bincount", "How often each whole number from 1 to the greatest occurs.",
        options: [
            .optional("weights", .tensorLike, standing: "1 each", "summed instead of counted, one for every element"),
            .optional("count", .integer(0...), standing: "up to the greatest", "numbers to count at least"),
            base,
        ],
        returns: [.init("tensor", "counts, int64; with weights their sums, float64")],
        example: .init("return tensor.arange(3):bincount():totable()", output: "{1, 1, 1}"),
        related: ["tensor:unique", "tensor:one_hot"]
    ) { call throws(Failure) in
        .object(
            try call.tensor().bincount(
                weights: call.converted(ifGiven: "weights"), count: call.integer(ifGiven: "count") ?? 0,
                base: call.integer("base"), work: call.work))
    }

    private static let oneHot = Signature(
        "tensor:one_hot", "Classes from 1 as rows of zeros with a one at their place.",
        parameters: [
            .optional("classes", .integer(0...), standing: "up to the greatest", "how many classes there are")
        ],
        options: [base, .dtype(.float32)], returns: [.init("tensor", "one dimension more, of size classes")],
        example: .init(
            "return tensor({2, 1}, {dtype = 'int64'}):one_hot(3)", output: "tensor [2, 3] float32\n  0  1  0\n  1  0  0"
        ),
        related: ["tensor:bincount", "tensor:argmax"]
    ) { call throws(Failure) in
        .object(
            try call.tensor().oneHot(
                classes: call.integer(ifGiven: "classes"), base: call.integer("base"),
                dtype: call.dtype() ?? .float32, work: call.work))
    }

    private static let nonzero = Signature(
        "tensor:nonzero", "Where elements are not 0: a row of positions from 1 for each, in order.",
        returns: [.init("tensor", "[count, dimensions], int64")],
        example: .init("return tensor{{0, 7}, {8, 0}}:nonzero()", output: "tensor [2, 2] int64\n  1  2\n  2  1"),
        related: ["tensor:where", "tensor:index"]
    ) { call throws(Failure) in
        .object(try call.values().nonzero(work: call.work).countedFromOne(call.work))
    }

    private static let prod = Signature(
        "tensor:prod", "The product; of whole numbers exactly, in int64, an error if it does not fit.",
        parameters: [reduced], options: [.keepdim],
        returns: [.init("number or tensor", "a number without dim, a tensor with the other dimensions with it")],
        example: .init("return tensor{2, 3, 4}:prod()", output: "24.0"),
        related: ["tensor:sum", "tensor:cumprod"]
    ) { call throws(Failure) in
        let tensor = try call.tracked()
        if let dim = try call.dimension(of: tensor) {
            return .object(try call.recorder.multiplied(tensor, dim: dim, keepdim: call.boolean("keepdim")))
        }
        guard call.records(tensor) else { return LuaValue(try tensor.detached.product(work: call.work)) }
        return number(try call.recorder.multiplied(call.recorder.reshape(tensor, [tensor.count]), dim: 0))
    }

    private static let cumprod = Signature(
        "tensor:cumprod", "Running products along a dimension; whole numbers in int64.",
        parameters: [.dim("the last", "the dimension along which")], returns: result,
        example: .init("return tensor{1, 2, 3}:cumprod()", output: "tensor [3] float32\n  1  2  6"),
        related: ["tensor:cumsum", "tensor:prod"]
    ) { call throws(Failure) in
        let tensor = try call.tensor()
        return .object(try tensor.cumulativeProduct(dim: call.dimensionOrLast(of: tensor), work: call.work))
    }

    private static let logSumExp = Signature(
        "tensor:logsumexp", "log(sum(exp(x))) along a dimension, without overflow.",
        parameters: [.dim("the last", "the dimension to reduce")], options: [.keepdim],
        returns: [.init("number or tensor", "a number of a vector, a tensor with the other dimensions otherwise")],
        example: .init(
            "return tensor{{1000, 1000}}:logsumexp(2, {keepdim = true}):item() - 1000 < 0.7", output: "true"),
        related: ["tensor:softmax"]
    ) { call throws(Failure) in
        let tensor = try call.tracked()
        return number(
            try call.recorder.logSumExp(
                tensor, dim: call.dimensionOrLast(of: tensor), keepdim: call.boolean("keepdim")))
    }

    private static func holds(any: Bool) -> Signature {
        Signature(
            any ? "tensor:any" : "tensor:all",
            any ? "Whether any element is true (not 0)." : "Whether every element is true (not 0).",
            parameters: [reduced], options: [.keepdim],
            returns: [.init("boolean or tensor", "a boolean without dim, a bool tensor with it")],
            example: .init("return tensor{true, false}:\(any ? "any" : "all")()", output: any ? "true" : "false"),
            related: ["tensor:where"]
        ) { call throws(Failure) in
            let tensor = try call.values()
            return number(
                try tensor.holds(
                    any: any, dim: call.dimension(of: tensor), keepdim: call.boolean("keepdim"), work: call.work))
        }
    }
}
