import CKernels
import Support
import Tensors

/// A BERT-family transformer encoder (Devlin et al. 2019; Liu et al. 2019; Conneau et al. 2020): token ids in, one vector a token out.
///
/// Where the time goes (MiniLM, a token of a 22-token text in one layer, one core of a Zen 5): products 13.6 microseconds, attention 0.5, GELU
/// 0.2, the two normalisations 0.1. Measured with other programs busy on both cores: 300 texts of 31 tokens a second of processor time, 75 % of
/// what the products would take at the processor's peak.
///
/// One text at a time (median of 300), two threads take 0.58 of one's time in float32 and in bytes. What they lose is the waking of a thread (30
/// microseconds until it works) and values that one computed and the other reads; waiting is below 2 % of it.
///
/// A text's vectors depend on its tokens only, to the bit: every kernel computes a row from that row, and attention stays inside a text.
final class BertModel: Sendable {
    let configuration: EncoderConfiguration
    /// The words' embeddings stay in the file, and are looked at when they are used: to read all of a small English model's is a sixth of the time to
    /// its first vector.
    let files: WeightFiles
    private let words: Tensor
    private let wordsName: String
    /// Position embeddings plus the embedding of token type 0, the only one that single texts have.
    private let positions: Tensor
    private let embeddingNorm: LayerNorm
    private let layers: [BertLayer]
    private let precision: Precision
    private let folder: String

    /// Tokens that go through a layer together, texts whole: what one step leaves to the next (96 x 1536 floats are 0.6 MB) stays in the second-level
    /// cache. Where attention waited for 480 tokens, encoding in bytes took a tenth longer. It also bounds how long a cancellation waits.
    private static let blockRows = 96
    private static let typeEmbeddings = "embeddings.token_type_embeddings.weight"

    /// Loads config.json and the weights from `folder`, and brings the layers' weights to `precision`.
    init(folder: String, precision: Precision = .float32, work: Work = Work()) throws(Failure) {
        self.folder = folder
        self.precision = precision
        configuration = try EncoderConfiguration("\(folder)/config.json")
        let configuration = configuration
        let hidden = configuration.hidden
        let weights = try BertWeights(folder: folder)
        files = weights.files
        wordsName = weights.fullName(BertWeights.words)
        words = try weights.tensor(BertWeights.words, [configuration.vocabulary, hidden], isChecked: false)
        let table = try weights.tensor("embeddings.position_embeddings.weight", [configuration.positions, hidden])
        var type = [Float](repeating: 0, count: hidden)
        // A file that has the embeddings uses them, whatever config.json says: a mismatch is refused.
        if configuration.tokenTypes > 0 || weights.contains(Self.typeEmbeddings) {
            type = try Array(
                weights.tensor(Self.typeEmbeddings, [configuration.tokenTypes, hidden])
                    .values(as: Float.self).prefix(hidden))
        }
        positions = try Tensor.build(table.shape, of: Float.self) { (target) throws(Failure) in
            try table.withElements(as: Float.self) { rows in
                for index in target.indices { target[index] = rows[index] + type[index % hidden] }
            }
        }
        embeddingNorm = try weights.layerNorm("embeddings.LayerNorm", size: hidden, epsilon: configuration.epsilon)
        let loaded = Locked([BertLayer?](repeating: nil, count: configuration.layers))
        try work.forEach(configuration.layers) { (index, _) throws(Failure) in
            let layer = try BertLayer(weights, index: index, configuration: configuration, precision: precision)
            loaded.withLock { $0[index] = layer }
        }
        layers = loaded.withLock { $0 }.compactMap { $0 }
    }

    /// The most threads that find work in each product of one forward pass.
    var members: Int { layers.first?.output.shares ?? 1 }

    /// Computes the last layer's vectors (tokens x hidden) of `tokens` on up to `work.threads` threads and hands them to `body`. No text may be longer
    /// than `configuration.longest`.
    func forward<R>(
        _ tokens: PackedTokens, scratch: Scratch, work: Work,
        _ body: (UnsafePointer<Float>) throws(Failure) -> R
    ) throws(Failure) -> R {
        let runs = Chunks.runs(of: tokens.lengths) { _ in Self.blockRows }
        let room = room(tokens, runs, scratch, members: work.threads)
        try work.together { (member) throws(Failure) in
            try self.embed(tokens, into: room.x, member)
            for layer in self.layers {
                for run in runs { try self.apply(layer, tokens, run, room, member) }
            }
        }
        return try body(room.x)
    }

    /// Where a forward pass keeps its values, row for row: what is not said to be a member's own is written by the member that computes it and read
    /// by all after the step.
    private struct Room: @unchecked Sendable {
        let x, qkv, context, inner, narrow, left: UnsafeMutablePointer<Float>
        /// Each member's own.
        let attention: [UnsafeMutablePointer<Float>]
    }

    private func room(_ tokens: PackedTokens, _ runs: [Range<Int>], _ scratch: Scratch, members: Int) -> Room {
        let hidden = configuration.hidden
        let most = runs.reduce(0) { max($0, tokens.starts[$1.upperBound] - tokens.starts[$1.lowerBound]) }
        let block = min(Self.blockRows, most)
        let attentionCount = precision.low == nil ? ck_attention_scratch_f32 : ck_attention_scratch_bf16
        let attention = attentionCount(tokens.longest, hidden / configuration.heads)
        let regions = scratch.regions(
            [
                tokens.ids.count * hidden, most * 3 * hidden, most * hidden, block * configuration.intermediate,
                block * hidden,
                layers.first.map { max($0.queryKeyValue.scratchCount(block), $0.output.scratchCount(block)) } ?? 0,
            ] + [Int](repeating: attention, count: members))
        return Room(
            x: regions[0], qkv: regions[1], context: regions[2], inner: regions[3], narrow: regions[4],
            left: regions[5], attention: Array(regions[6...]))
    }

    /// A layer for the texts of one run.
    private func apply(
        _ layer: BertLayer, _ tokens: PackedTokens, _ texts: Range<Int>, _ room: Room, _ member: TeamMember
    ) throws(Failure) {
        let hidden = configuration.hidden
        let first = tokens.starts[texts.lowerBound], count = tokens.starts[texts.upperBound] - first
        let x = room.x + first * hidden
        try forEachBlock(of: count) { (row, rows) throws(Failure) in
            try layer.queryKeyValue.apply(
                rows, x + row * hidden, room.qkv + row * 3 * hidden, scratch: room.left, by: member)
        }
        try attend(tokens, texts, room, member)
        try forEachBlock(of: count) { (row, rows) throws(Failure) in
            let values = x + row * hidden
            try layer.attentionOutput.apply(
                rows, room.context + row * hidden, room.narrow, scratch: room.left, by: member)
            try layer.attentionNorm.apply(rows, room.narrow, addedTo: values, by: member)
            try layer.intermediate.apply(
                rows, values, room.inner, configuration.activation, scratch: room.left, by: member)
            try layer.output.apply(rows, room.inner, room.narrow, scratch: room.left, by: member)
            try layer.outputNorm.apply(rows, room.narrow, addedTo: values, by: member)
        }
    }

    private func forEachBlock(
        of count: Int, _ body: (_ row: Int, _ rows: Int) throws(Failure) -> Void
    ) throws(Failure) {
        for row in stride(from: 0, to: count, by: Self.blockRows) {
            try body(row, min(Self.blockRows, count - row))
        }
    }

    private func embed(
        _ tokens: PackedTokens, into x: UnsafeMutablePointer<Float>, _ member: TeamMember
    ) throws(Failure) {
        let hidden = configuration.hidden
        let table = words.storage.start.assumingMemoryBound(to: Float.self) + words.offset
        let places = positions.storage.start.assumingMemoryBound(to: Float.self)
        try member.share(tokens.count) { (texts) throws(Failure) in
            for text in texts {
                var next = configuration.firstPosition
                for index in tokens.starts[text]..<tokens.starts[text + 1] {
                    let id = Int(tokens.ids[index])
                    guard id >= 0, id < configuration.vocabulary else {
                        throw .format(
                            folder,
                            "tokenizer.json gives the token id \(id), but the model has \(configuration.vocabulary) embeddings",
                            hint: "tokenizer.json and model.safetensors are of different models")
                    }
                    var place = next
                    if id == configuration.padding { place = id } else { next += 1 }
                    let word = table + id * hidden
                    if !UnsafeBufferPointer(start: word, count: hidden).isFinite {
                        try words.requireFinite(files.folder, name: wordsName)
                    }
                    embeddingNorm.apply(1, word, adding: places + place * hidden, x + index * hidden)
                }
            }
        }
    }

    /// Attention inside each of a run's texts; the members share heads of texts.
    private func attend(
        _ tokens: PackedTokens, _ texts: Range<Int>, _ room: Room, _ member: TeamMember
    ) throws(Failure) {
        let hidden = configuration.hidden, heads = configuration.heads, size = hidden / heads
        let scale = 1 / Float(size).squareRoot()
        let run = precision.low == nil ? ck_attention_f32 : ck_attention_bf16
        try member.share(texts.count * heads) { part in
            var next = part.lowerBound
            while next < part.upperBound {
                let (index, head) = next.quotientAndRemainder(dividingBy: heads)
                let text = texts.lowerBound + index, taken = min(heads - head, part.upperBound - next)
                let row = tokens.starts[text] - tokens.starts[texts.lowerBound]
                let first = room.qkv + row * 3 * hidden + head * size
                run(
                    tokens.starts[text + 1] - tokens.starts[text], taken, size, scale, first, first + hidden,
                    first + 2 * hidden, 3 * hidden, room.context + row * hidden + head * size, hidden,
                    room.attention[member.number])
                next += taken
            }
        }
    }
}
