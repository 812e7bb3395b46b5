import Support
import Tensors

/// Why a loss is no number.
extension Fit {
    private static let rateHint =
        "a smaller lr, or clip = 1, keeps steps short; inputs of very different sizes are best standardised"

    /// The failure that says at which step and in which layer numbers ran out.
    func diagnosis(_ loss: Double, _ rows: TrainingData, _ step: Step) -> Failure {
        let what = "the loss is \(loss.isNaN ? "nan" : "inf") at \(step.words)"
        for (position, input) in rows.inputs.enumerated() {
            if let row = firstBroken(input) {
                let name = rows.inputs.count > 1 ? "input \(position + 1)" : "the input"
                return .operation(
                    "\(what): \(name) has a number that is not finite in row \(step.positions[row] + 1) of the data",
                    hint: "leave such rows out, or fill them")
            }
        }
        if let row = firstBroken(rows.truth) {
            return .operation(
                "\(what): the truth has a number that is not finite in row \(step.positions[row] + 1) of the data",
                hint: "leave such rows out, or fill them")
        }
        for (name, parameter) in model.parameters where firstBroken(parameter.tensor) != nil {
            return .operation(
                "\(what): the parameter '\(name)' of \(layerWords(of: name)) has a number that is not finite",
                hint: Self.rateHint)
        }
        if let place = firstBrokenLayer(model, rows.inputs, "") {
            return .operation(
                "\(what): the numbers run out in layer \(place.path.isEmpty ? "" : "\(place.path), ")\(place.layer.words)",
                hint: Self.rateHint)
        }
        return .operation("\(what): the model's output is finite, the loss of it is not", hint: Self.rateHint)
    }

    /// The failure for a gradient that is no number though the loss is one.
    func badGradient(_ name: String, _ step: Step) -> Failure {
        .operation(
            "the gradient of '\(name)', of \(layerWords(of: name)), is not finite at \(step.words); the parameters are as they were before it",
            hint: Self.rateHint)
    }

    private func layerWords(of parameter: String) -> String {
        let path = parameter.split(separator: ".").dropLast().joined(separator: ".")
        return model.layers.first { $0.path == path }?.layer.words ?? model.words
    }

    // Down through layers in a row, to the first whose output is broken.
    private func firstBrokenLayer(_ layer: Layer, _ inputs: [Tensor], _ path: String) -> (path: String, layer: Layer)? {
        var quiet = work
        quiet.recordsGradients = false
        let recorder = Recorder(quiet)
        guard layer is Sequential else {
            guard let output = try? layer.forward(inputs, recorder), firstBroken(output) != nil else { return nil }
            var first: (path: String, layer: Layer)?
            try? layer.trace(inputs, recorder) { name, part, output in
                if first == nil, firstBroken(output) != nil {
                    first = (path.isEmpty ? name : "\(path).\(name)", part)
                }
            }
            return first ?? (path, layer)
        }
        var current = inputs
        for (name, child) in layer.children {
            let childPath = path.isEmpty ? name : "\(path).\(name)"
            if let found = firstBrokenLayer(child, current, childPath) { return found }
            guard let output = try? child.forward(current, recorder) else { return nil }
            current = [output]
        }
        return nil
    }

    // The first row with a number that is not finite.
    private func firstBroken(_ x: Tensor) -> Int? {
        guard x.dtype.isFloatingPoint, let values = try? x.values(as: Double.self) else { return nil }
        let width = max(1, x.count / max(1, x.shape.first ?? 1))
        return values.firstIndex { !$0.isFinite }.map { $0 / width }
    }
}
