import Support
import Tensors

/// Models as files: the parameters in safetensors, what makes the layers in its metadata.
public enum ModelFile {
    /// Makes a layer from its settings, its parameters still to be filled in.
    public typealias Maker = @Sendable (_ settings: JSON) throws(Failure) -> Layer

    private static let key = "cohort.nn"

    /// Writes a model, whole or not at all.
    public static func write(
        _ path: String, _ model: Layer, extra: [(name: String, tensor: Tensor)] = [],
        metadata: [(key: String, value: String)] = [], work: Work = Work()
    ) throws(Failure) {
        let description = LayerKinds.description(of: model) ?? .null
        let header: JSON = ["layers": description]
        let text = String(decoding: try header.encoded(), as: UTF8.self)
        try Safetensors.write(
            path, model.parameters.map { ($0.name, $0.parameter.tensor.detached) } + extra,
            metadata: [(key, text)] + metadata, work: work)
    }

    /// Reads a model that `write` wrote. `others` make the kinds of layers that other rooms have.
    public static func read(_ path: String, others: [String: Maker] = [:]) throws(Failure) -> Layer {
        let file = try SafetensorsFile(path)
        let layers = try description(file)
        guard !layers.isNull else {
            throw .format(
                path, "holds the parameters of a module written in Lua, not the module",
                hint: "make the module again and call its load_state(path)")
        }
        let model: Layer
        do throws(Failure) {
            model = try LayerKinds.make(layers, others: others)
        } catch {
            throw .format(path, error.problem)
        }
        try fill(model, from: file)
        return model
    }

    /// Gives `model` the parameters of a file that `write` wrote for such a model.
    public static func fill(_ model: Layer, from path: String) throws(Failure) {
        let file = try SafetensorsFile(path)
        _ = try description(file)
        // Beside the parameters a training under way keeps its own state, which is no model's.
        if file.metadata.allSatisfy({ $0.key == key }) { try refuseUnknown(file.names, model, source: path) }
        try fill(model, from: file)
    }

    /// Refuses names that no parameter of `model` has.
    public static func refuseUnknown(_ names: [String], _ model: Layer, source: String) throws(Failure) {
        let known = Set(model.parameters.map(\.name))
        let unknown = names.filter { !known.contains($0) }
        guard let first = unknown.first else { return }
        let more = unknown.count > 1 ? " and \(unknown.count - 1) more" : ""
        throw .operation("\(source) is of another model: this one has no '\(first)'\(more)")
    }

    /// Gives `model` the given parameters: all of them, each of its shape. Refused as a whole otherwise.
    public static func fill(
        _ model: Layer, with tensors: (String) throws(Failure) -> Tensor?, source: String
    ) throws(Failure) {
        var values: [(Trainable, Tensor)] = []
        for (name, parameter) in model.parameters {
            guard let tensor = try tensors(name) else {
                throw .operation("\(source) is of another model: it has no '\(name)'")
            }
            guard tensor.shape == parameter.tensor.shape else {
                throw .operation(
                    "\(source) is of another model: '\(name)' has shape \(tensor.shape) there and "
                        + "\(parameter.tensor.shape) here")
            }
            values.append((parameter, try tensor.detached.to(parameter.tensor.dtype)))
        }
        for (parameter, tensor) in values { try parameter.set(tensor) }
    }

    static func fill(_ model: Layer, from file: SafetensorsFile) throws(Failure) {
        try fill(
            model, with: { (name) throws(Failure) in file.contains(name) ? try file.tensor(named: name) : nil },
            source: file.path)
    }

    private static func description(_ file: SafetensorsFile) throws(Failure) -> JSON {
        guard let text = file.metadata.first(where: { $0.key == key })?.value else {
            throw .format(
                file.path, "is not a model that nn saved",
                hint: "tensor.load(path) reads the tensors of other safetensors files")
        }
        return try JSON.parse(Array(text.utf8))["layers"] ?? .null
    }
}
