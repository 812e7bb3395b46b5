import Learning
import LuaKit
import Support
import Tensors

extension LuaModule {
    static let nn = LuaModule(
        "nn", "Learning: networks by gradients, and models of rows fitted at once.",
        functions: NNLayers.all + NNEncoder.functions + NNLosses.all + NNOptimisers.all + NNTraining.all + [
            load, noGrad,
        ]
            + NNClassical.functions,
        classes: [Layer.luaClass, Optimiser.luaClass, RunningSchedule.luaClass] + NNClassical.classes)

    private static let load = Signature(
        "nn.load", "Reads a model that save() wrote, ready to compute.",
        parameters: [.required("path", .path, "the file")],
        returns: [.init("model", "of the class that wrote it; an nn.Module with its dropout on: see eval")],
        example: .init(
            """
            local path = os.tmpname()
            nn.linear(2, 3):save(path)
            local model = nn.load(path)
            os.remove(path)
            return model
            """,
            output: "nn.linear(2, 3)"),
        related: ["nn.Module:save", "nn.Module:load_state", "nn.LogisticRegression:save"]
    ) { call throws(Failure) in
        let path = try call.path("path")
        if let model = try NNClassical.load(path) { return model }
        return .layer(try ModelFile.read(path, others: NNEncoder.kinds))
    }

    private static let noGrad = Signature(
        "nn.no_grad",
        "Calls a function while nothing is recorded for gradients, and hands back what it returns. Parameters may be assigned to inside.",
        parameters: [.required("f", .function, "the function, called without arguments")],
        returns: [.init("any", "what the function returns")],
        example: .init(
            """
            local w = tensor{1, 2}:requires_grad()
            return nn.no_grad(function() return w:sum() end)
            """,
            output: "3.0"),
        related: ["tensor:detach", "tensor:requires_grad"]
    ) { call throws(Failure) in
        guard let function = try call.given("f") else { return .nothing }
        return .values(
            try call.withoutGradients { () throws(Failure) in try call.apply(function, []) }.map { LuaValue($0) })
    }
}

extension Call {
    /// Runs `body` while nothing is recorded, however it ends.
    func withoutGradients<Result>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result {
        let before = state.work.recordsGradients
        state.work.recordsGradients = false
        defer { state.work.recordsGradients = before }
        return try body()
    }
}
