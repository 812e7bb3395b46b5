import CKernels
import Support

/// What config.json says about a BERT-family model.
struct EncoderConfiguration: Sendable {
    /// Values in a token's vector.
    let hidden: Int
    let layers: Int
    let heads: Int
    /// Values between the two products of a layer's feed-forward part.
    let intermediate: Int
    /// Rows of the word embeddings.
    let vocabulary: Int
    /// Rows of the position embeddings.
    let positions: Int
    /// For RoBERTa and XLM-R the padding token's id: positions count from the row after it, and the token itself, should a text
    /// contain it, has that row and is not counted. nil for BERT, which counts from row 0.
    let padding: Int?
    /// Rows of the token type embeddings; 0 if the model has none.
    let tokenTypes: Int
    let epsilon: Float
    let activation: ck_activation

    /// The most tokens of one text.
    var longest: Int { positions - firstPosition }

    /// The row of the first token's position.
    var firstPosition: Int { padding.map { $0 + 1 } ?? 0 }

    /// Values of `model_type` that can be loaded.
    static let supported = ["bert", "roberta", "xlm-roberta", "camembert"]

    /// Reads the config.json at `path`.
    init(_ path: String) throws(Failure) { try self.init(JSON.read(path), path) }

    /// Reads the content of a config.json that errors call `path`.
    init(_ json: JSON, _ path: String) throws(Failure) {
        guard json.object != nil else { throw .format(path, "must hold an object, holds \(json.kindName)") }
        guard let type = json["model_type"]?.string, Self.supported.contains(type) else {
            let name = json["model_type"]?.string.map { "'\($0)'" } ?? "none"
            throw .format(
                path, at: "model_type", "the architecture \(name) is not supported",
                hint: "encoders of these types are: \(Self.supported.joined(separator: ", "))")
        }
        if let kind = json["position_embedding_type"]?.string, kind != "absolute" {
            throw .format(path, at: "position_embedding_type", "'\(kind)' positions are not supported, only 'absolute'")
        }
        // Far beyond any encoder, and small enough that no product of sizes overflows.
        func size(_ key: String, from least: Int = 1, or fallback: Int? = nil) throws(Failure) -> Int {
            guard let value = json[key], !value.isNull else {
                if let fallback { return fallback }
                throw .format(path, "has no '\(key)'")
            }
            guard let number = value.int, (least...(1 << 24)).contains(number) else {
                throw .format(path, at: key, "an integer from \(least) to \(1 << 24) expected, got \(value.inWords)")
            }
            return number
        }
        hidden = try size("hidden_size")
        layers = try size("num_hidden_layers")
        heads = try size("num_attention_heads")
        intermediate = try size("intermediate_size")
        vocabulary = try size("vocab_size")
        positions = try size("max_position_embeddings")
        tokenTypes = try size("type_vocab_size", from: 0, or: 0)
        guard hidden % heads == 0 else {
            throw .format(
                path, at: "num_attention_heads", "\(hidden) hidden values cannot be split over \(heads) heads")
        }
        padding = type == "bert" ? nil : try size("pad_token_id", from: 0, or: 1)
        let least = (padding ?? -1) + 2
        guard positions >= least else {
            throw .format(path, at: "max_position_embeddings", "an integer from \(least) up expected, got \(positions)")
        }
        let eps = json["layer_norm_eps"].flatMap { $0.isNull ? nil : $0 } ?? 1e-12
        guard let number = eps.double, number >= 0, number < 1 else {
            throw .format(path, at: "layer_norm_eps", "a number from 0 to 1 expected, got \(eps.inWords)")
        }
        epsilon = Float(number)
        let act = json["hidden_act"].flatMap { $0.isNull ? nil : $0 } ?? "gelu"
        guard let name = act.string else {
            throw .format(path, at: "hidden_act", "the name of an activation expected, got \(act.inWords)")
        }
        guard let known = Self.activations.first(where: { $0.name == name }) else {
            throw .format(
                path, at: "hidden_act", "the activation '\(name)' is not supported",
                hint: "known are: \(Self.activations.map(\.name).joined(separator: ", "))")
        }
        activation = known.kernel
    }

    private static let activations: [(name: String, kernel: ck_activation)] = [
        ("gelu", CK_GELU), ("gelu_new", CK_GELU_TANH), ("gelu_pytorch_tanh", CK_GELU_TANH), ("gelu_fast", CK_GELU_TANH),
        ("relu", CK_RELU),
    ]
}
