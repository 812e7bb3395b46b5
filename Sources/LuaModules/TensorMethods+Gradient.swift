import Learning
import LuaKit
import Support
import Tensors

extension TensorMethods {
    /// Gradients: asking for them, computing them, leaving them out.
    static let gradient = [requiresGrad, backward, detach]

    private static let requiresGrad = Signature(
        "tensor:requires_grad",
        """
        Asks for gradients: from now on what is computed from this tensor remembers how, and backward() of a loss puts the loss's \
        derivative by this tensor into its field grad.
        """,
        returns: [.init("tensor", "this tensor")],
        example: .init(
            """
            local w = tensor{1, 2}:requires_grad()
            local loss = (w * w):sum()
            loss:backward()
            return w.grad
            """,
            output: "tensor [2] float32\n  2  4"),
        related: ["tensor:backward", "tensor:detach", "nn.no_grad"]
    ) { call throws(Failure) in
        let object = try call.receiver()
        object.replace(with: try call.tracked().requiringGradient())
        return .argument(1)
    }

    private static let backward = Signature(
        "tensor:backward",
        """
        Computes the derivative of this loss by every tensor that asked for gradients, and adds it to that tensor's grad. What was kept for it \
        is freed on the way. If it fails or is interrupted, no grad has changed.
        """,
        parameters: [
            .optional("gradient", .tensorLike, standing: "1", "what to start with, for a tensor of several elements")
        ],
        options: [
            .optional("retain_graph", .boolean, default: false, "keeps what is needed to call backward() once more")
        ],
        example: .init(
            "local x = tensor{3}:requires_grad() local y = x ^ 2 y:backward() return x.grad:item()", output: "6.0"),
        related: ["tensor:requires_grad", "nn.no_grad"]
    ) { call throws(Failure) in
        try call.tracked().backward(
            call.converted(ifGiven: "gradient"), retaining: call.boolean("retain_graph"), work: call.work)
        return .nothing
    }

    private static let detach = Signature(
        "tensor:detach",
        "The same elements without how they were computed: gradients end here. Shares its memory with this tensor.",
        returns: view,
        example: .init(
            """
            local w = tensor{2}:requires_grad()
            local loss = (w * w:detach()):sum()
            loss:backward()
            return w.grad:item()
            """,
            output: "2.0"),
        related: ["tensor:requires_grad", "nn.no_grad"]
    ) { call throws(Failure) in .object(try call.values()) }
}
