import LuaKit
import Support
import Tensors

extension TensorMethods {
    /// Reductions: a number over everything, a tensor along a dimension.
    static let reduction = [
        sum, mean, standardDeviation, variance, norm, extreme(.min), extreme(.max), extremePosition(.min),
        extremePosition(.max),
    ]

    private static let along = Parameter.dim("all elements, giving a number", "the dimension to reduce")
    private static let numberOrTensor = [
        Signature.Returned("number or tensor", "a number without dim, a tensor with the other dimensions with it")
    ]
    private static let ddof = Parameter.optional(
        "ddof", .integer(0...), default: 1,
        "subtracted from the count that is divided by: 1 for a sample, 0 for a whole population")

    private static let sum = Signature(
        "tensor:sum",
        "The sum. Whole numbers and booleans are summed exactly, in int64; a sum that does not fit is an error. Fractions are summed in float64.",
        parameters: [along], options: [.keepdim], returns: numberOrTensor,
        example: .init("return tensor{{1, 2}, {3, 4}}:sum(1)", output: "tensor [2] float32\n  4  6"),
        related: ["tensor:mean", "tensor:cumsum"]
    ) { call throws(Failure) in
        let tensor = try call.tracked()
        guard let (dim, keepdim) = try reduced(call, tensor) else {
            return try call.records(tensor)
                ? .object(call.recorder.sum(tensor)) : LuaValue(tensor.sum(work: call.work))
        }
        return .object(try call.recorder.sum(tensor, dim: dim, keepdim: keepdim))
    }

    private static let mean = Signature(
        "tensor:mean", "The mean, float64 for whole numbers; nan of no elements.",
        parameters: [along], options: [.keepdim], returns: numberOrTensor,
        example: .init("return tensor{{1, 2}, {3, 4}}:mean()", output: "2.5"),
        related: ["tensor:sum", "tensor:std"]
    ) { call throws(Failure) in
        let tensor = try call.tracked()
        guard let (dim, keepdim) = try reduced(call, tensor) else {
            return try call.records(tensor)
                ? .object(call.recorder.mean(tensor)) : .number(tensor.mean(work: call.work))
        }
        return .object(try call.recorder.mean(tensor, dim: dim, keepdim: keepdim))
    }

    private static let standardDeviation = Signature(
        "tensor:std", "The standard deviation: the root of var.",
        parameters: [along], options: [ddof, .keepdim], returns: numberOrTensor,
        example: .init("return tensor{1, 3}:std{ddof = 0}", output: "1.0"),
        related: ["tensor:var", "tensor:mean"]
    ) { call throws(Failure) in
        let tensor = try call.tracked()
        let ddof = try call.integer("ddof")
        guard let (dim, keepdim) = try reduced(call, tensor) else {
            return try call.records(tensor)
                ? .object(call.recorder.standardDeviation(tensor, ddof: ddof))
                : .number(tensor.standardDeviation(ddof: ddof, work: call.work))
        }
        return .object(try call.recorder.standardDeviation(tensor, dim: dim, ddof: ddof, keepdim: keepdim))
    }

    private static let variance = Signature(
        "tensor:var",
        "The variance: squared distances from the mean, summed and divided by count - ddof; nan where that is not positive.",
        parameters: [along], options: [ddof, .keepdim], returns: numberOrTensor,
        example: .init("return tensor{1, 3}:var()", output: "2.0"),
        related: ["tensor:std", "tensor:mean"]
    ) { call throws(Failure) in
        let tensor = try call.tracked()
        let ddof = try call.integer("ddof")
        guard let (dim, keepdim) = try reduced(call, tensor) else {
            return try call.records(tensor)
                ? .object(call.recorder.variance(tensor, ddof: ddof))
                : .number(tensor.variance(ddof: ddof, work: call.work))
        }
        return .object(try call.recorder.variance(tensor, dim: dim, ddof: ddof, keepdim: keepdim))
    }

    private static let norm = Signature(
        "tensor:norm", "The Euclidean norm: the root of the sum of squares.",
        parameters: [along], options: [.keepdim], returns: numberOrTensor,
        example: .init("return tensor{3, 4}:norm()", output: "5.0"),
        related: ["tensor:normalize"]
    ) { call throws(Failure) in
        let tensor = try call.tracked()
        guard let (dim, keepdim) = try reduced(call, tensor) else {
            return try call.records(tensor)
                ? .object(call.recorder.norm(tensor)) : .number(tensor.norm(work: call.work))
        }
        return .object(try call.recorder.norm(tensor, dim: dim, keepdim: keepdim))
    }

    private static func extreme(_ which: Extreme) -> Signature {
        Signature(
            "tensor:\(which.rawValue)",
            "The \(which == .min ? "least" : "greatest") element; nan if there is one. Along a dimension also where it lies.",
            parameters: [along], options: [.keepdim],
            returns: numberOrTensor + [.init("tensor", "with dim: positions along it, from 1")],
            example: .init(
                "local values, positions = tensor{{1, 5}, {7, 3}}:\(which.rawValue)(2) return positions",
                output: "tensor [2] int64\n  \(which == .min ? "1  2" : "2  1")"),
            related: ["tensor:arg\(which.rawValue)", "tensor:topk"]
        ) { call throws(Failure) in
            let tensor = try call.tracked()
            guard let (dim, keepdim) = try reduced(call, tensor) else {
                return try call.records(tensor)
                    ? .object(call.recorder.extreme(which, tensor)) : LuaValue(tensor.extreme(which, work: call.work))
            }
            let (values, positions) = try call.recorder.extremes(which, tensor, dim: dim, keepdim: keepdim)
            return .values([.object(values), .object(try positions.countedFromOne(call.work))])
        }
    }

    private static func extremePosition(_ which: Extreme) -> Signature {
        Signature(
            "tensor:arg\(which.rawValue)",
            """
            Where the \(which == .min ? "least" : "greatest") element lies, from 1, the first of several; the first nan if there is one. \
            Without dim the position counts through all elements, row after row.
            """,
            parameters: [along], options: [.keepdim], returns: numberOrTensor,
            example: .init("return tensor{4, 9, 2}:arg\(which.rawValue)()", output: which == .min ? "3" : "2"),
            related: ["tensor:\(which.rawValue)", "tensor:argsort"]
        ) { call throws(Failure) in
            let tensor = try call.values()
            guard let (dim, keepdim) = try reduced(call, tensor) else {
                return .integer(try tensor.extremePosition(which, work: call.work) + 1)
            }
            let (_, positions) = try tensor.extremes(which, dim: dim, keepdim: keepdim, work: call.work)
            return .object(try positions.countedFromOne(call.work))
        }
    }

    /// The dimension to reduce and whether it is kept; nil for all.
    private static func reduced(_ call: Call, _ tensor: Tensor) throws(Failure) -> (dim: Int, keepdim: Bool)? {
        guard let dim = try call.dimension(of: tensor) else { return nil }
        return (dim, try call.boolean("keepdim"))
    }
}

extension Tensor {
    /// Positions as Lua counts them.
    func countedFromOne(_ work: Work) throws(Failure) -> Tensor {
        try Tensor.combine(.add, .tensor(self), .scalar(.integer(1)), work: work)
    }
}
