import Learning
import LuaKit
import Support
import Tensors

extension TensorMethods {
    /// Methods that change the tensor itself, their names ending in an underscore.
    static let inPlace: [Signature] =
        [
            arithmetic("add_", .add, "Adds to every element.", "{3.0, 4.0}"),
            arithmetic("sub_", .subtract, "Subtracts from every element.", "{-1.0, 0.0}"),
            arithmetic("mul_", .multiply, "Multiplies every element.", "{2.0, 4.0}"),
            arithmetic("div_", .divide, "Divides every element.", "{0.5, 1.0}"),
            arithmetic("pow_", .power, "Raises every element to a power.", "{1.0, 4.0}"),
        ]
        + [MathFunction.exp, .log, .sqrt, .abs, .sigmoid, .tanh, .relu].map(function) + [
            clamp, fill, zero, copy, normal, uniform, masked,
        ]

    private static let itself = [Signature.Returned("tensor", "this tensor")]

    /// Writes over the elements of the receiver what is computed from them, if its dtype holds such numbers.
    private static func change(
        _ call: Call, _ compute: (Tensor) throws(Failure) -> Tensor
    ) throws(Failure) -> LuaValue {
        let tensor = try call.tensor().detached
        let changed = try compute(tensor)
        guard tensor.dtype.isFloatingPoint || !changed.dtype.isFloatingPoint,
            tensor.dtype != .bool || changed.dtype == .bool
        else {
            throw .operation(
                "\(call.signature.name) gives \(changed.dtype.rawValue), which this \(tensor.dtype.rawValue) tensor cannot hold",
                hint: "convert it first, as in t = t:to(\"\(changed.dtype.rawValue)\")")
        }
        guard changed.shape == tensor.shape else {
            throw .argument(
                "other", expected: "a shape that broadcasts to \(tensor.shape)",
                got: "one that widens it to \(changed.shape)")
        }
        try tensor.assign(.tensor(changed), work: call.work)
        return .argument(1)
    }

    private static func arithmetic(
        _ name: String, _ operation: ArithmeticOperation, _ prose: String, _ output: String
    ) -> Signature {
        Signature(
            "tensor:\(name)", "\(prose.dropLast()), in place; the other side broadcasts to this tensor.",
            parameters: [other], returns: itself,
            example: .init("return tensor{1, 2}:\(name)(2):totable()", output: output),
            related: name == "add_" ? ["tensor:mul_"] : ["tensor:add_"]
        ) { call throws(Failure) in
            let right: Operand = try call.converted("other")
            return try change(call) { (tensor) throws(Failure) in
                try Tensor.combine(operation, .tensor(tensor), right, work: call.work)
            }
        }
    }

    private static func function(_ function: MathFunction) -> Signature {
        Signature(
            "tensor:\(function.rawValue)_", "What \(function.rawValue) gives, in place.", returns: itself,
            example: .init(
                "local t = tensor{1, 0.25} t:\(function.rawValue)_() return t:eq(tensor{1, 0.25}:\(function.rawValue)()):all()",
                output: "true"),
            related: ["tensor:\(function.rawValue)"]
        ) { call throws(Failure) in
            try change(call) { (tensor) throws(Failure) in try tensor.apply(function, work: call.work) }
        }
    }

    private static let clamp = Signature(
        "tensor:clamp_", "Raises elements below low to it and lowers those above high, in place; nan stays.",
        parameters: [
            .optional("low", .number, standing: "no bound", "the least value"),
            .optional("high", .number, standing: "no bound", "the greatest value"),
        ],
        returns: itself,
        example: .init("return tensor{-2, 0.5, 2}:clamp_(-1, 1):totable()", output: "{-1.0, 0.5, 1.0}"),
        related: ["tensor:clamp"]
    ) { call throws(Failure) in
        let (low, high) = (try call.given("low")?.scalar, try call.given("high")?.scalar)
        return try change(call) { (tensor) throws(Failure) in try tensor.clamp(low, high, work: call.work) }
    }

    private static let fill = Signature(
        "tensor:fill_", "Writes one value over every element.",
        parameters: [.required("value", .either(.number, .boolean), "the value")], returns: itself,
        example: .init("return tensor.zeros(2):fill_(7):totable()", output: "{7.0, 7.0}"),
        related: ["tensor:zero_", "tensor:copy_"]
    ) { call throws(Failure) in
        guard let value = try call.given("value")?.scalar else { return .nil }
        try call.tensor().assign(.scalar(value), work: call.work)
        return .argument(1)
    }

    private static let zero = Signature(
        "tensor:zero_", "Writes 0 over every element.", returns: itself,
        example: .init("return tensor{1, 2}:zero_():totable()", output: "{0.0, 0.0}"), related: ["tensor:fill_"]
    ) { call throws(Failure) in
        try call.tensor().assign(.scalar(.integer(0)), work: call.work)
        return .argument(1)
    }

    private static let copy = Signature(
        "tensor:copy_", "Writes the elements of another tensor over this one's; it broadcasts and takes this dtype.",
        parameters: [.required("source", .tensorLike, "what to copy")], returns: itself,
        example: .init("return tensor.zeros(2):copy_{3, 4}:totable()", output: "{3.0, 4.0}"),
        related: ["tensor:clone", "tensor:fill_"]
    ) { call throws(Failure) in
        do throws(Failure) {
            try call.tensor().assign(.tensor(call.converted("source")), work: call.work)
        } catch { throw error.naming("source", insteadOf: "value") }
        return .argument(1)
    }

    private static let normal = Signature(
        "tensor:normal_", "Writes draws of the normal distribution over every element.",
        parameters: [
            .optional("mean", .number, default: 0, "the mean"),
            .optional("std", .number(0...), default: 1, "the standard deviation"),
        ],
        options: [.drawSeed], returns: itself,
        example: .init("return tensor.zeros(3):normal_(5, 0):totable()", output: "{5.0, 5.0, 5.0}"),
        related: ["tensor:uniform_", "tensor.normal"]
    ) { call throws(Failure) in
        try draw(call, .normal(mean: call.number("mean"), deviation: call.number("std")))
    }

    private static let uniform = Signature(
        "tensor:uniform_", "Writes numbers spread evenly over every element.",
        parameters: [
            .optional("low", .number, default: 0, "the least"),
            .optional("high", .number, default: 1, "the end, not included"),
        ],
        options: [.drawSeed], returns: itself,
        example: .init("return tensor.zeros(3):uniform_(2, 2):totable()", output: "{2.0, 2.0, 2.0}"),
        related: ["tensor:normal_", "tensor.uniform"]
    ) { call throws(Failure) in
        try draw(call, .uniform(low: call.number("low"), high: call.number("high")))
    }

    private static func draw(_ call: Call, _ distribution: Tensor.Distribution) throws(Failure) -> LuaValue {
        let tensor = try call.tensor()
        guard tensor.dtype.isFloatingPoint else {
            throw .operation("\(call.signature.name) needs float32 or float64, this tensor is \(tensor.dtype.rawValue)")
        }
        let draws = try Tensor.draws(
            distribution, tensor.shape, seed: call.drawSeed, dtype: tensor.dtype, work: call.work)
        try tensor.assign(.tensor(draws), work: call.work)
        return .argument(1)
    }

    private static let masked = Signature(
        "tensor:masked_fill_", "Writes one value where a bool mask is true.",
        parameters: [
            .required("mask", .tensorLike, "a bool tensor that broadcasts to this one"),
            .required("value", .either(.number, .boolean), "the value"),
        ],
        returns: itself,
        example: .init("local t = tensor{-1, 2} return t:masked_fill_(t:lt(0), 0):totable()", output: "{0.0, 2.0}"),
        related: ["tensor:where"]
    ) { call throws(Failure) in
        let mask: Tensor = try call.converted("mask")
        guard let value = try call.given("value")?.scalar else { return .nil }
        return try change(call) { (tensor) throws(Failure) in
            try mask.broadcast(to: tensor.shape, parameter: "mask")
                .choose(.scalar(value), .tensor(tensor), work: call.work)
        }
    }
}
