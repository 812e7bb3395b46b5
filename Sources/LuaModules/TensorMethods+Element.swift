import LuaKit
import Support
import Tensors

extension TensorMethods {
    /// Functions and comparisons of single elements, and products.
    static let element =
        [matmul, cosine]
        + [
            comparison(.eq, "are equal", "{false, true, false}"), comparison(.ne, "differ", "{true, false, true}"),
            comparison(.lt, "are less", "{true, false, false}"),
            comparison(.le, "are less or equal", "{true, true, false}"),
            comparison(.gt, "are greater", "{false, false, true}"),
            comparison(.ge, "are greater or equal", "{false, true, true}"),
            choose,
            function(.exp, "e to the power of every element.", "{0}", "{1.0}"),
            function(.log, "The natural logarithm of every element; -inf for 0, nan below.", "{1}", "{0.0}"),
            function(.sqrt, "The square root of every element; nan below 0.", "{4, 9}", "{2.0, 3.0}"),
            function(.abs, "Every element without its sign.", "{-1, 2}", "{1.0, 2.0}"),
            function(.sigmoid, "1 / (1 + exp(-x)) of every element.", "{0}", "{0.5}"),
            function(.tanh, "The hyperbolic tangent of every element.", "{0}", "{0.0}"),
            function(.gelu, "x times the share of the standard normal distribution below x.", "{0}", "{0.0}"),
            function(.relu, "Every element, 0 for those below.", "{-1, 2}", "{0.0, 2.0}"),
            clamp,
        ]

    private static let matmul = Signature(
        "tensor:matmul",
        """
        The matrix product: [m, k] by [k, n] gives [m, n]. A vector counts as one row on the left, as one column on the right, and that \
        dimension is absent from the result. Leading dimensions are batches and broadcast. Two vectors give a number.
        """,
        parameters: [.required("other", .tensorLike, "the right side")],
        returns: [.init("tensor or number", "the product, in the dtype in which both meet")],
        example: .init(
            "return tensor{{1, 2}, {3, 4}}:matmul(tensor{{1, 0}, {1, 1}})",
            output: "tensor [2, 2] float32\n  3  2\n  7  4"),
        related: ["tensor:cosine"]
    ) { call throws(Failure) in
        let tensor = try call.tracked()
        return number(try call.recorder.matmul(tensor, narrowed(call, "other", beside: tensor)))
    }

    private static let cosine = Signature(
        "tensor:cosine",
        """
        Cosines of the angles between vectors, from -1 to 1: of two vectors a number, of each row and a vector [n], of each row here with \
        each row there [n, m]. A vector of zeros has cosine 0 with every other.
        """,
        parameters: [.required("other", .tensorLike, "a vector or rows of as many numbers")],
        returns: [.init("tensor or number", "the cosines")],
        example: .init(
            "return tensor{{1, 0}, {1, 1}}:cosine(tensor{0, 2})", output: "tensor [2] float32\n  0.0000  0.7071"),
        related: ["tensor:matmul", "tensor:normalize"]
    ) { call throws(Failure) in
        let tensor = try call.tracked()
        return number(try call.recorder.cosine(tensor, narrowed(call, "other", beside: tensor)))
    }

    /// A list beside a tensor is not meant to widen it.
    static func narrowed(_ call: Call, _ name: String, beside tensor: Tensor) throws(Failure) -> Tensor {
        let other: Tensor = try call.converted(name)
        guard try call.given(name)?.kind == .table, tensor.dtype == .float32 else { return other }
        return try other.to(.float32)
    }

    /// A tensor of one value as that value, unless gradients go back through it.
    static func number(_ tensor: Tensor) -> LuaValue {
        if tensor.rank == 0, !tensor.isTracked, let item = try? tensor.item() { return LuaValue(item) }
        return .object(tensor)
    }

    private static func comparison(_ comparison: Comparison, _ words: String, _ output: String) -> Signature {
        Signature(
            "tensor:\(comparison.rawValue)",
            "Where elements \(words) (on the left and on the right); beside NaN only ne is true.",
            parameters: [other],
            returns: [.init("tensor", "a bool tensor of the broadcast shape")],
            example: .init("return tensor{1, 2, 3}:\(comparison.rawValue)(2):totable()", output: output),
            related: ["tensor:where"]
        ) { call throws(Failure) in
            let right: Operand = try call.converted("other")
            return .object(try Tensor.compare(comparison, .tensor(call.values()), right, work: call.work))
        }
    }

    private static let choose = Signature(
        "tensor:where", "Elements of a where this bool tensor is true, of b elsewhere; shapes broadcast.",
        parameters: [
            .required("a", .operand, "taken where true"), .required("b", .operand, "taken where false"),
        ],
        returns: result,
        example: .init("local t = tensor{-1, 2} return t:gt(0):where(t, 0)", output: "tensor [2] float32\n  0  2"),
        related: ["tensor:gt", "tensor:index"]
    ) { call throws(Failure) in
        let (a, b): (Operand, Operand) = (try call.converted("a"), try call.converted("b"))
        return .object(try call.recorder.choose(call.values(), a, b))
    }

    private static func function(_ function: MathFunction, _ prose: String, _ input: String, _ output: String)
        -> Signature
    {
        Signature(
            "tensor:\(function.rawValue)", prose, returns: result,
            example: .init("return tensor\(input):\(function.rawValue)():totable()", output: output)
        ) { call throws(Failure) in .object(try call.recorder.apply(function, call.tracked())) }
    }

    private static let clamp = Signature(
        "tensor:clamp", "Elements below low raised to it, above high lowered to it; nan stays.",
        parameters: [
            .optional("low", .number, standing: "no bound", "the least value"),
            .optional("high", .number, standing: "no bound", "the greatest value"),
        ],
        returns: result,
        example: .init("return tensor{-2, 0.5, 2}:clamp(-1, 1):totable()", output: "{-1.0, 0.5, 1.0}")
    ) { call throws(Failure) in
        let low = try call.given("low")?.scalar
        let high = try call.given("high")?.scalar
        return .object(try call.recorder.clamp(call.tracked(), low, high))
    }
}
