import Learning
import LuaKit
import Support
import Tensors

/// The losses.
enum NNLosses {
    static let all = [mse, crossEntropy, binary, contrastive, ranking]

    private static let loss = [
        Signature.Returned("tensor or number", "the mean loss: a tensor while gradients are recorded, else a number")
    ]

    private static func value(_ tensor: Tensor) throws(Failure) -> LuaValue {
        tensor.isTracked ? .object(tensor) : LuaValue(try tensor.item())
    }

    private static let mse = Signature(
        "nn.mse", "The mean of squared differences. The prediction comes first, as in PyTorch.",
        parameters: [
            .required("prediction", .tensorLike, "what the model says"),
            .required("truth", .tensorLike, "what is right, of the same shape"),
        ],
        returns: loss,
        example: .init("return nn.mse({1, 2}, {1, 4})", output: "2.0"),
        related: ["nn.bce_with_logits"]
    ) { call throws(Failure) in
        try value(call.recorder.meanSquaredError(call.real("prediction"), call.real("truth")))
    }

    private static let crossEntropy = Signature(
        "nn.cross_entropy",
        """
        How little probability the softmax of logits gives to the right classes: the mean of -log p. Classes count from 1. The prediction \
        comes first, as in PyTorch.
        """,
        parameters: [
            .required("prediction", .tensorLike, "logits [n, classes], or [n, length, classes]"),
            .required("truth", .tensorLike, "classes from 1, [n] or [n, length]"),
        ],
        options: [
            .optional("weights", .list(of: .number(0...)), standing: "1 each", "how much each class counts"),
            .optional("label_smoothing", .number(0...1), default: 0.0, "share of the truth spread over all classes"),
            .optional("ignore_index", .integer, standing: "none", "rows with this label do not count"),
        ],
        returns: loss,
        example: .init("return nn.cross_entropy({{0, 0}, {0, 0}}, {1, 2}) - math.log(2) < 1e-6", output: "true"),
        related: ["metrics.log_loss", "nn.bce_with_logits"]
    ) { call throws(Failure) in
        let weights = try call.given("weights")?.numbers()
        let options = ClassOptions(
            weights: weights, smoothing: try call.number("label_smoothing"),
            ignored: try call.integer(ifGiven: "ignore_index"))
        return try value(
            call.recorder.crossEntropy(call.real("prediction"), labels: call.converted("truth"), options))
    }

    private static let binary = Signature(
        "nn.bce_with_logits",
        "Binary cross-entropy of logits: the mean of -log p for yes and -log(1 - p) for no, p the sigmoid of the logit.",
        parameters: [
            .required("prediction", .tensorLike, "logits"),
            .required("truth", .tensorLike, "1 or true for yes, 0 or false for no, of the same shape"),
        ],
        options: [.optional("positive_weight", .number(above: 0), default: 1.0, "how much a yes counts beside a no")],
        returns: loss,
        example: .init("return nn.bce_with_logits({0, 0}, {1, 0}) - math.log(2) < 1e-6", output: "true"),
        related: ["nn.cross_entropy", "tensor:sigmoid"]
    ) { call throws(Failure) in
        let truth = try call.real("truth")
        for (index, value) in try truth.values(as: Double.self).enumerated() where !(value >= 0 && value <= 1) {
            throw .argument("truth", expected: "numbers from 0 (no) to 1 (yes)", got: "\(value) at \(index + 1)")
        }
        return try value(
            call.recorder.binaryCrossEntropy(call.real("prediction"), truth, weight: call.number("positive_weight")))
    }

    private static let contrastive = Signature(
        "nn.contrastive",
        """
        For rows a[i] and b[i] that belong together: cross-entropy of their cosines over a temperature, every other row of the batch being a \
        negative.
        """,
        parameters: [
            .required("a", .tensorLike, "rows [n, d]"), .required("b", .tensorLike, "their partners [n, d]"),
        ],
        options: [
            .optional(
                "temperature", .number(above: 0), default: 0.05, "the smaller, the more the nearest negatives count"),
            .optional("symmetric", .boolean, default: false, "whether b also looks for its partner in a"),
        ],
        returns: loss,
        example: .init("return nn.contrastive(tensor.eye(2), tensor.eye(2)) < 0.001", output: "true"),
        related: ["nn.bpr", "tensor:cosine"]
    ) { call throws(Failure) in
        try value(
            call.recorder.contrastive(
                call.real("a"), call.real("b"), temperature: call.number("temperature"),
                isSymmetric: call.boolean("symmetric")))
    }

    private static let ranking = Signature(
        "nn.bpr",
        "Bayesian personalised ranking: the mean of -log sigmoid(positive - negative), small where what was chosen scores higher.",
        parameters: [
            .required("positive", .tensorLike, "scores of what was chosen"),
            .required("negative", .tensorLike, "scores of what was not, of the same shape"),
        ],
        returns: loss,
        example: .init("return nn.bpr({9}, {1}) < nn.bpr({1}, {1})", output: "true"),
        related: ["nn.contrastive"]
    ) { call throws(Failure) in
        try value(call.recorder.ranking(call.real("positive"), call.real("negative")))
    }
}

extension Call {
    /// Numbers with fractions: lists and whole numbers as float32.
    fileprivate func real(_ name: String) throws(Failure) -> Tensor {
        let tensor: Tensor = try converted(name)
        if tensor.dtype == .float32 || tensor.isTracked { return tensor }
        return try given(name)?.kind == .table || !tensor.dtype.isFloatingPoint
            ? tensor.to(.float32, work: work) : tensor
    }
}
