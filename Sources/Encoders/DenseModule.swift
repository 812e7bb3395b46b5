import CKernels
import Support
import Tensors

/// A linear layer with an activation after pooling, as sentence-transformers' `Dense` module saves it.
struct DenseModule: Sendable {
    let linear: Linear
    private let activation: ck_activation
    /// Tells this module from others.
    let fingerprint: [UInt8]

    /// Loads config.json and the weights from the module's `folder`; `inputs` is what the module before gives.
    init(folder: String, inputs: Int) throws(Failure) {
        let path = "\(folder)/config.json"
        let json = try JSON.read(path)
        guard let from = json["in_features"]?.int, let to = json["out_features"]?.int, (1...(1 << 24)).contains(to)
        else {
            throw .format(path, "has no in_features and out_features")
        }
        guard from == inputs else {
            throw .format(
                path, at: "in_features", "\(inputs) expected, as the module before gives that many values; got \(from)")
        }
        // The class is saved by its full name in Python.
        let name = json["activation_function"]?.string?.split(separator: ".").last.map(String.init) ?? "Tanh"
        switch name {
        case "Identity": activation = CK_IDENTITY
        case "Tanh": activation = CK_TANH
        case "ReLU": activation = CK_RELU
        case "GELU": activation = CK_GELU
        default:
            throw .format(
                path, at: "activation_function", "'\(name)' is not supported",
                hint: "known are: Identity, Tanh, ReLU, GELU")
        }
        let files = try WeightFiles(folder: folder)
        fingerprint = SHA256.digest(files.fingerprint() + Array(name.utf8))
        func tensor(_ name: String, _ shape: [Int]) throws(Failure) -> Tensor {
            let tensor = try files.tensor(named: name)
            guard tensor.shape == shape else {
                throw .format(
                    folder, at: "tensor '\(name)'", "has the shape \(tensor.shape), config.json asks for \(shape)")
            }
            try tensor.to(.float32).requireFinite(folder, name: name)
            return tensor
        }
        let bias = json["bias"]?.bool ?? true ? try tensor("linear.bias", [to]) : nil
        linear = try Linear(inputs: from, parts: [(weight: try tensor("linear.weight", [to, from]), bias: bias)])
    }

    /// `target` (outputs) = activation(W x + b).
    func apply(_ x: UnsafePointer<Float>, _ target: UnsafeMutablePointer<Float>) {
        linear.multiply(1, x, 0..<linear.outputs, activation, target)
    }
}
