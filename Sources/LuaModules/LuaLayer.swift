import Learning
import LuaKit
import Support
import Tensors

/// A layer that a script computes: a table with a method `forward`, or a function.
final class LuaLayer: Layer, @unchecked Sendable {
    private let function: LuaFunction
    private let table: LuaReference?
    private let found: Found

    /// What a table holds that learns.
    struct Found {
        var parameters: [(name: String, parameter: Trainable)] = []
        var children: [(name: String, layer: Layer)] = []
    }

    init(_ function: LuaFunction, table: LuaReference?, _ found: Found) {
        (self.function, self.table, self.found) = (function, table, found)
    }

    override var kind: String { table == nil ? "function" : "module" }
    override var settings: JSON? { nil }
    override var words: String {
        children.isEmpty
            ? "\(kind)()" : "\(kind){\(children.map { "\($0.name) = \($0.layer.words)" }.joined(separator: ", "))}"
    }
    override var ownParameters: [(name: String, parameter: Trainable)] { found.parameters }
    override var children: [(name: String, layer: Layer)] { found.children }

    override func forward(_ inputs: [Tensor], _ recorder: Recorder) throws(Failure) -> Tensor {
        guard let state = function.state else { throw .operation("the Lua state of this module has ended") }
        let before = state.work.recordsGradients
        state.work.recordsGradients = recorder.work.recordsGradients
        defer { state.work.recordsGradients = before }
        let values = inputs.map { LuaValue.object($0) }
        let results = try function.call((table.map { [.reference($0)] } ?? []) + values)
        guard case .object(let object)? = results.first, let tensor = object.get(Tensor.self) else {
            let got = results.first?.typeName ?? "nothing"
            throw .operation(
                "the \(table == nil ? "function" : "method forward") of a module returns a tensor, got \(got)")
        }
        return tensor
    }
}

extension ParameterType {
    /// A layer, a table with a method `forward`, or a function of a tensor.
    static let layer = ParameterType.custom(
        "module", expected: "module, table with a method forward, or function", acceptsTables: true
    ) { (argument) throws(Failure) -> Bool? in
        argument.kind == .table || argument.kind == .function || argument.object(Layer.self) != nil ? true : nil
    }
}

extension Call {
    /// The layer that an argument is or stands for.
    func layer(_ name: String) throws(Failure) -> Layer {
        guard let argument = try given(name) else { throw .argument(name, expected: "module", got: "nothing") }
        do throws(Failure) { return try layer(argument, name) } catch { throw error.naming(name, insteadOf: "value") }
    }

    /// The layer that a value is or stands for; `name` is what messages call it.
    func layer(_ argument: Argument, _ name: String) throws(Failure) -> Layer {
        if let layer = argument.object(Layer.self) { return layer }
        if argument.kind == .function, case .function(let function) = try argument.value() {
            return LuaLayer(function, table: nil, LuaLayer.Found())
        }
        guard argument.kind == .table else {
            throw .argument(name, expected: "module, table with a method forward, or function", got: argument.words)
        }
        guard let method = try member("forward", of: argument), case .function(let function) = try method.value() else {
            throw .argument(
                name, expected: "module, table with a method forward, or function", got: argument.words,
                hint: "as in function Net:forward(x) ... end")
        }
        var seen: Set<Int> = []
        var found = LuaLayer.Found()
        try collect(argument, "", &found, &seen)
        return LuaLayer(function, table: try keep(argument), found)
    }

    // Tensors that ask for gradients, modules, and tables of them; each table once.
    private func collect(
        _ table: Argument, _ path: String, _ found: inout LuaLayer.Found, _ seen: inout Set<Int>
    ) throws(Failure) {
        guard let identity = table.identity, seen.insert(identity).inserted, seen.count < 1000 else { return }
        func take(_ name: String, _ value: Argument) throws(Failure) {
            let name = path.isEmpty ? name : "\(path).\(name)"
            if let layer = value.object(Layer.self) {
                found.children.append((name, layer))
            } else if let tensor = value.object(Tensor.self), tensor.gradNode?.isLeaf ?? false {
                found.parameters.append((name, try Trainable(tensor)))
            } else if value.kind == .table {
                if try member("forward", of: value) != nil, !seen.contains(value.identity ?? 0) {
                    found.children.append((name, try layer(value, name)))
                } else {
                    try collect(value, name, &found, &seen)
                }
            }
        }
        for (name, value) in try fields(of: table) where name != "__index" { try take(name, value) }
        for position in 0..<table.count { try take(String(position + 1), element(position + 1, of: table)) }
    }
}
