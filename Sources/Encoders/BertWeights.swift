import Support
import Tensors

/// Looks up a BERT-family model's tensors under whatever prefix they were saved, and checks their shapes.
struct BertWeights {
    let files: WeightFiles
    private let prefix: String

    /// The name of the words' embeddings, a row a token id.
    static let words = "embeddings.word_embeddings.weight"

    init(folder: String) throws(Failure) {
        files = try WeightFiles(folder: folder)
        // `bert.`, `roberta.`, `model.`, `0.auto_model.`: whatever stands before the word embeddings stands before all.
        let candidates = files.names.filter { $0 == Self.words || $0.hasSuffix(".\(Self.words)") }
        guard let shortest = candidates.min(by: { $0.utf8.count < $1.utf8.count }) else {
            throw .format(
                folder, "the weights have no tensor named '\(Self.words)'",
                hint: "these are not the weights of a BERT-family encoder")
        }
        prefix = String(shortest.dropLast(Self.words.count))
    }

    /// The tensor `name`, of the given shape, as float32; unless `isChecked` is false, of finite values.
    func tensor(_ name: String, _ shape: [Int], isChecked: Bool = true) throws(Failure) -> Tensor {
        let full = fullName(name)
        let tensor = try files.tensor(named: full)
        guard tensor.shape == shape else {
            throw .format(
                files.folder, at: "tensor '\(full)'", "has the shape \(tensor.shape), config.json asks for \(shape)")
        }
        guard tensor.dtype == .float32 || tensor.dtype == .float64 else {
            throw .format(
                files.folder, at: "tensor '\(full)'", "holds \(tensor.dtype.rawValue), floating point expected")
        }
        let result = try tensor.to(.float32)
        if isChecked { try result.requireFinite(files.folder, name: full) }
        return result
    }

    /// What the files call the tensor `name`.
    func fullName(_ name: String) -> String { prefix + name }

    /// Whether there is a tensor `name`.
    func contains(_ name: String) -> Bool { files.contains(fullName(name)) }

    /// The shape of the tensor `name`, empty if there is none.
    func shape(of name: String) -> [Int] { files.shape(of: fullName(name)) ?? [] }

    /// Weight and bias of the linear layer `name`.
    func linear(_ name: String, inputs: Int, outputs: Int) throws(Failure) -> (weight: Tensor, bias: Tensor?) {
        (try tensor("\(name).weight", [outputs, inputs]), try tensor("\(name).bias", [outputs]))
    }

    /// The layer normalisation `name`. Old files call its tensors gamma and beta.
    func layerNorm(_ name: String, size: Int, epsilon: Float) throws(Failure) -> LayerNorm {
        let old = files.contains("\(prefix)\(name).gamma")
        return try LayerNorm(
            gamma: tensor("\(name).\(old ? "gamma" : "weight")", [size]),
            beta: tensor("\(name).\(old ? "beta" : "bias")", [size]),
            epsilon: epsilon)
    }
}

extension Tensor {
    /// Refuses a float32 tensor with a value that is not finite: every vector computed with it would be NaN.
    func requireFinite(_ folder: String, name: String) throws(Failure) {
        let bad = try withElements(as: Float.self) { $0.isFinite ? nil : $0.firstIndex { !$0.isFinite } }
        guard let bad else { return }
        throw .format(
            folder, at: "tensor '\(name)'", "finite numbers expected, value \(bad + 1) of \(count) is not",
            hint: "the file is damaged: fetch the model again")
    }
}

extension UnsafeBufferPointer<Float> {
    /// Whether every value is finite. An exponent of ones is what infinities and NaNs have: asked so, the processor looks at many values at a time.
    var isFinite: Bool {
        let exponent = Float.infinity.bitPattern
        var found: UInt32 = 0
        for value in self { found |= value.bitPattern & exponent == exponent ? 1 : 0 }
        return found == 0
    }
}
