import Learning
import LuaKit
import Support
import Tensors

extension Layer: LuaVisible {
    /// How layers and models behave in Lua.
    public static var luaClass: LuaClass { moduleClass }
}

/// A layer as scripts hold it, whatever its kind.
extension LuaValue {
    static func layer(_ layer: Layer) -> LuaValue { .object(LuaObject(layer, of: Layer.luaClass)) }
}

private let moduleClass = LuaClass(
    "nn.Module", for: Layer.self,
    """
    A layer, or a model made of layers. Called with tensors it computes: m(x). Its parameters and the layers inside are read by name and \
    position, as in m.weight and m[1].bias.
    """,
    methods: [parameters, NNTraining.predict, state, loadState, save, train, evaluate, freeze, unfreeze]
        + NNEncoder.methods,
    fields: [
        Field("size", "integer", "how many numbers it learns") { (m: Layer) throws(Failure) in
            .integer(m.parameters.reduce(0) { $0 + $1.parameter.tensor.count })
        },
        Field("training", "boolean", "whether dropout drops: see train and eval") { (m: Layer) throws(Failure) in
            .boolean(m.isTraining)
        },
    ],
    index: { call throws(Failure) in
        let layer = try call.receiver(Layer.self)
        let key = call.argument(2)
        guard let name = key.text ?? key.integer.map(String.init) else { throw Layer.luaClass.noMember(key) }
        if let child = layer.children.first(where: { $0.name == name }) { return .layer(child.layer) }
        if let own = layer.ownParameters.first(where: { $0.name == name }) { return .object(own.parameter.tensor) }
        guard key.kind == .string else { return .nil }
        let names = layer.ownParameters.map(\.name) + layer.children.map(\.name) + Layer.luaClass.memberNames
        throw .operation(
            "nn.\(layer.words) has no member '\(name)'",
            hint: nearest(to: name, in: names).map { "did you mean '\($0)'?" })
    },
    members: { (layer: Layer) in
        layer.ownParameters.map { Member($0.name, "tensor", "parameter \($0.parameter.tensor.shape)") }
            + layer.children.map { Member($0.name, "nn.Module", $0.layer.words) }
    },
    length: { call throws(Failure) in .integer(try call.receiver(Layer.self).children.count) },
    operators: [(.call, { call throws(Failure) in try compute(call) })],
    display: { (layer: Layer) in "nn.\(layer.words)" })

private func compute(_ call: Call) throws(Failure) -> LuaValue {
    guard let layer = call.argument(1).object(Layer.self) else { return .nil }
    guard call.argumentCount > 1 else { throw .operation("\(layer.words) takes a tensor, got nothing") }
    var inputs: [Tensor] = []
    for position in 2...call.argumentCount {
        let argument = call.argument(position)
        if try call.isTexts(argument, for: layer) {
            inputs.append(try call.tokens(argument, "texts", for: layer))
            continue
        }
        guard let tensor = try argument.tensor() else {
            throw .operation("\(layer.words) takes tensors, got \(argument.words)")
        }
        inputs.append(argument.kind == .table && tensor.dtype == .float64 ? try tensor.to(.float32) : tensor)
    }
    return .object(try layer.forward(inputs, call.recorder))
}

private let parameters = Signature(
    "nn.Module:parameters", "The tensors it learns, in a fixed order; frozen ones are left out.",
    returns: [.init("list of tensors", "the parameters, which optimisers take")],
    example: .init("return #nn.linear(2, 3):parameters()", output: "2"),
    related: ["nn.adam", "nn.Module:state"]
) { call throws(Failure) in
    .list(
        try call.receiver(Layer.self).parameters.filter { !$0.parameter.isFrozen }.map { .object($0.parameter.tensor) })
}

private let state = Signature(
    "nn.Module:state", "The parameters by name, frozen ones too: the very numbers, without gradients.",
    returns: [.init("record of tensors", "as in {[\"1.weight\"] = ..., [\"1.bias\"] = ...}")],
    example: .init("return nn.sequential{nn.linear(2, 3)}:state()[\"1.weight\"].shape", output: "{3, 2}"),
    related: ["nn.Module:load_state", "nn.Module:save"]
) { call throws(Failure) in
    .record(try call.receiver(Layer.self).parameters.map { ($0.name, .object($0.parameter.tensor.detached)) })
}

private let loadState = Signature(
    "nn.Module:load_state",
    """
    Takes over the parameters of a like model, from its state() or from a file that save() wrote: all of them or none; \
    a name that it has and this one lacks is refused, too.
    """,
    parameters: [.required("state", .either(.path, .table), "the path of a file, or tensors by name")],
    returns: [.init("nn.Module", "this module")],
    example: .init(
        """
        local a, b = nn.linear(2, 1), nn.linear(2, 1)
        b:load_state(a:state())
        return (a.weight - b.weight):abs():max():item()
        """, output: "0.0"),
    related: ["nn.Module:state", "nn.load"]
) { call throws(Failure) in
    let layer = try call.receiver(Layer.self)
    guard let given = try call.given("state"), given.kind == .table else {
        try ModelFile.fill(layer, from: call.path("state"))
        return .argument(1)
    }
    let table = try call.table("state")
    try ModelFile.refuseUnknown(
        table.named.map(\.name) + table.list.indices.map { "\($0 + 1)" }, layer, source: "the state")
    try ModelFile.fill(
        layer, with: { name in if case .object(let object) = table[name] { object.get(Tensor.self) } else { nil } },
        source: "the state")
    return .argument(1)
}

private let save = Signature(
    "nn.Module:save", "Writes the model to a file, whole or not at all; nn.load reads it.",
    parameters: [.required("path", .path, "where to, usually ending in .safetensors")],
    example: .init(
        """
        local path = os.tmpname()
        nn.sequential{nn.linear(2, 3), nn.relu()}:save(path)
        local model = nn.load(path)
        os.remove(path)
        return model
        """,
        output: "nn.sequential{linear(2, 3), relu()}"),
    related: ["nn.load", "nn.Module:state"]
) { call throws(Failure) in
    try ModelFile.write(call.path("path"), call.receiver(Layer.self), work: call.work)
    return .nothing
}

private let train = Signature(
    "nn.Module:train", "Turns dropout on, here and in the layers inside. New models are so.",
    returns: [.init("nn.Module", "this module")],
    example: .init("return nn.dropout(0.5):eval():train().training", output: "true"),
    related: ["nn.Module:eval"]
) { call throws(Failure) in
    try call.receiver(Layer.self).setTraining(true)
    return .argument(1)
}

private let evaluate = Signature(
    "nn.Module:eval", "Turns dropout off, here and in the layers inside, for predictions.",
    returns: [.init("nn.Module", "this module")],
    example: .init("return nn.dropout(0.5):eval()(tensor{1, 2}):totable()", output: "{1.0, 2.0}"),
    related: ["nn.Module:train", "nn.no_grad"]
) { call throws(Failure) in
    try call.receiver(Layer.self).setTraining(false)
    return .argument(1)
}

private func freezing(_ name: String, _ isFrozen: Bool, _ prose: String, _ output: String) -> Signature {
    Signature(
        "nn.Module:\(name)", prose,
        parameters: [
            .optional(
                "part", NNEncoder.part, standing: "everything",
                "a name in the paths of its parameters, as \"embeddings\"; layers of an encoder, as {layers = {1, 4}}; or both in a table"
            )
        ],
        returns: [.init("nn.Module", "this module")],
        example: .init("return #nn.linear(2, 3):freeze()\(isFrozen ? "" : ":unfreeze()"):parameters()", output: output),
        related: ["nn.Module:parameters", isFrozen ? "nn.Module:unfreeze" : "nn.Module:freeze"]
    ) { call throws(Failure) in
        let layer = try call.receiver(Layer.self)
        if let part = try call.given("part") {
            try call.freeze(isFrozen, part, of: layer, "part")
        } else {
            for (_, parameter) in layer.parameters { try parameter.freeze(isFrozen) }
        }
        return .argument(1)
    }
}

private let freeze = freezing(
    "freeze", true, "Takes its parameters out of learning; make the optimiser afterwards.", "0")
private let unfreeze = freezing(
    "unfreeze", false, "Takes its parameters back into learning; make the optimiser afterwards.", "2")
