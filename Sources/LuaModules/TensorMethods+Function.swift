import Learning
import LuaKit
import Support
import Tensors

extension TensorMethods {
    /// More functions of single elements, and of pairs.
    static let functions: [Signature] =
        [
            smooth(.log1p, "log(1 + x) of every element, exact near 0.", "{0}", "{0.0}"),
            smooth(.expm1, "exp(x) - 1 of every element, exact near 0.", "{0}", "{0.0}"),
            smooth(.log2, "The logarithm to base 2 of every element.", "{8}", "{3.0}"),
            smooth(.log10, "The logarithm to base 10 of every element.", "{100}", "{2.0}"),
            smooth(.sin, "The sine of every element, in radians.", "{0}", "{0.0}"),
            smooth(.cos, "The cosine of every element, in radians.", "{0}", "{1.0}"),
            smooth(.tan, "The tangent of every element, in radians.", "{0}", "{0.0}"),
            smooth(.erf, "The error function of every element.", "{0}", "{0.0}"),
            smooth(
                .softplus, "log(1 + exp(x)) of every element: relu without its corner.", "{-1000, 1000}",
                "{0.0, 1000.0}"),
            smooth(.rsqrt, "One over the square root of every element.", "{4}", "{0.5}"),
            smooth(.reciprocal, "One over every element.", "{4}", "{0.25}"),
            smooth(.square, "Every element times itself.", "{3}", "{9.0}"),
            rounding(
                .round, "Every element rounded to the nearest whole number, halves to the even one.",
                "{0.5, 1.5, -1.6}", "{0.0, 2.0, -2.0}"),
            rounding(.floor, "Every element rounded down.", "{1.5, -1.5}", "{1.0, -2.0}"),
            rounding(.ceil, "Every element rounded up.", "{1.5, -1.5}", "{2.0, -1.0}"),
            rounding(.trunc, "Every element without its fraction.", "{1.5, -1.5}", "{1.0, -1.0}"),
            rounding(.sign, "The sign of every element: -1, 0 or 1.", "{-3, 0, 2}", "{-1.0, 0.0, 1.0}"),
            test(.isnan, "Where elements are nan.", "{0/0, 1}", "{true, false}"),
            test(.isinf, "Where elements are infinite.", "{1/0, 1}", "{true, false}"),
            test(.isfinite, "Where elements are neither infinite nor nan.", "{1/0, 1}", "{false, true}"),
            better(.max, "The greater of every two elements, here and there; nan if either is.", "{3, 5}"),
            better(.min, "The lesser of every two elements, here and there; nan if either is.", "{1, 2}"),
            outer, dot,
        ]

    private static func smooth(
        _ function: SmoothFunction, _ prose: String, _ input: String, _ output: String
    ) -> Signature {
        Signature(
            "tensor:\(function.rawValue)", prose, returns: result,
            example: .init("return tensor\(input):\(function.rawValue)():totable()", output: output)
        ) { call throws(Failure) in .object(try call.recorder.apply(function, call.tracked())) }
    }

    private static func rounding(
        _ function: RoundingFunction, _ prose: String, _ input: String, _ output: String
    ) -> Signature {
        Signature(
            "tensor:\(function.rawValue)", prose, returns: result,
            example: .init("return tensor\(input):\(function.rawValue)():totable()", output: output)
        ) { call throws(Failure) in .object(try call.tensor().apply(function, work: call.work)) }
    }

    private static func test(_ test: NumberTest, _ prose: String, _ input: String, _ output: String) -> Signature {
        Signature(
            "tensor:\(test.rawValue)", prose, returns: [.init("tensor", "a bool tensor")],
            example: .init("return tensor\(input):\(test.rawValue)():totable()", output: output),
            related: ["tensor:where"]
        ) { call throws(Failure) in .object(try call.values().test(test, work: call.work)) }
    }

    private static func better(_ which: Extreme, _ prose: String, _ output: String) -> Signature {
        let name = "\(which.rawValue)imum"
        return Signature(
            "tensor:\(name)", prose, parameters: [other],
            returns: [.init("tensor", "a new tensor of the broadcast shape")],
            example: .init("return tensor.arange(2):\(name)(tensor{3, 5}):to('int64'):totable()", output: output),
            related: ["tensor:clamp", "tensor:\(which.rawValue)"]
        ) { call throws(Failure) in
            let right: Operand = try call.converted("other")
            return .object(try call.recorder.extreme(which, of: .tensor(call.tracked()), right))
        }
    }

    private static let outer = Signature(
        "tensor:outer", "All products of an element of this vector and one of another, [n, m].",
        parameters: [.required("other", .tensorLike, "a vector [m]")], returns: result,
        example: .init("return tensor{1, 2}:outer{3, 4}", output: "tensor [2, 2] float32\n  3  4\n  6  8"),
        related: ["tensor:dot", "tensor:matmul"]
    ) { call throws(Failure) in
        let tensor = try call.tracked()
        let right = try narrowed(call, "other", beside: tensor)
        guard tensor.rank == 1, right.rank == 1 else {
            throw .argument("other", expected: "two vectors", got: "shapes \(tensor.shape) and \(right.shape)")
        }
        let recorder = call.recorder
        return .object(try recorder.combine(.multiply, .tensor(recorder.reshape(tensor, [-1, 1])), .tensor(right)))
    }

    private static let dot = Signature(
        "tensor:dot", "The sum of the products of two vectors' elements.",
        parameters: [.required("other", .tensorLike, "a vector of as many numbers")],
        returns: [.init("number", "the sum; a tensor while gradients are recorded")],
        example: .init("return tensor{1, 2}:dot{3, 4}", output: "11.0"),
        related: ["tensor:matmul", "tensor:outer"]
    ) { call throws(Failure) in
        let tensor = try call.tracked()
        let right = try narrowed(call, "other", beside: tensor)
        guard tensor.rank == 1, right.shape == tensor.shape else {
            throw .argument(
                "other", expected: "two vectors of one length", got: "shapes \(tensor.shape) and \(right.shape)")
        }
        return number(try call.recorder.matmul(tensor, right))
    }
}
