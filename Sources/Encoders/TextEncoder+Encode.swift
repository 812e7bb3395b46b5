import Support
import Synchronization
import Tensors
import Tokenizers

/// How texts are encoded.
public struct EncodeOptions: Sendable {
    /// Whether vectors are made unit length; nil does what the model says.
    public var normalize: Bool?
    /// A prompt's name or the text to put before every text; nil takes the encoder's.
    public var prompt: String?
    /// Texts that are tokenised and encoded before the next are looked at: bounds memory, has no influence on the result.
    public var batch = 4096
    /// A file in which vectors are kept, and looked for before a text is encoded; nil for none. It is made if it is not there.
    public var cache: String?

    /// The defaults.
    public init(normalize: Bool? = nil, prompt: String? = nil) {
        self.normalize = normalize
        self.prompt = prompt
    }
}

extension TextEncoder {
    /// Encodes `texts` (bytes, UTF-8 as a rule) to a float32 tensor [texts, dimension].
    ///
    /// A text's vector is the same, to the bit, whatever texts stand beside it and however many threads compute. A text longer than `maxLength`
    /// tokens is cut. Texts are asked for a batch at a time, so that they may be made then. Reports progress as "encode", counted in texts.
    ///
    /// - Throws: `cancelled`, with what was done kept in the cache; `argument` named `prompt` or `batch`; `format` if tokenizer and weights do not fit
    ///   together, or the cache is none or of another dimension; `file` if the cache cannot be used.
    public func encode(
        _ texts: some RandomAccessCollection<[UInt8]>, options: EncodeOptions = EncodeOptions(), work: Work = Work()
    ) throws(Failure) -> Tensor {
        guard options.batch > 0 else {
            throw .argument("batch", expected: "integer from 1 up", got: "\(options.batch)")
        }
        if let cache = options.cache { return try encode(texts, options: options, cache: cache, work: work) }
        let before = try promptText(options.prompt ?? prompt)
        return try encode(count: texts.count, batch: options.batch, normalize: options.normalize, work: work) {
            (range, work) throws(Failure) in
            // Tokenising reports no progress of its own: it takes a few hundredths of the time.
            let quiet = Work(threads: work.threads, cancellation: work.cancellation)
            let batch = texts.at(range).map { before.isEmpty ? $0 : before + $0 }
            return try self.tokenizer.ids(batch, maximumLength: self.maxLength, work: quiet)
        }
    }

    /// Encodes texts given as token ids, special tokens included; what is beyond `maxLength` is cut.
    public func encode(ids: [[Int32]], normalize: Bool? = nil, work: Work = Work()) throws(Failure) -> Tensor {
        let longest = maxLength
        return try encode(count: ids.count, batch: EncodeOptions().batch, normalize: normalize, work: work) {
            (range, _) throws(Failure) in
            ids[range].map { Array($0.prefix(longest)) }
        }
    }

    private func encode(
        count: Int, batch: Int, normalize: Bool?, work: Work,
        tokens: (_ range: Range<Int>, _ work: Work) throws(Failure) -> [[Int32]]
    ) throws(Failure) -> Tensor {
        let result = try Tensor.zeros([count, dimension])
        let rows = Rows(storage: result.storage, width: dimension)
        let normalizes = normalize ?? normalizesByItself
        defer { work.progress?.finish("encode") }
        var first = 0
        while first < count {
            let range = first..<(count - first < batch ? count : first + batch)
            try encode(tokens(range, work), at: first, of: count, into: rows, normalizes: normalizes, work: work)
            first = range.upperBound
        }
        try model.files.check()
        return result
    }

    /// Encodes one batch.
    private func encode(
        _ texts: [[Int32]], at first: Int, of total: Int, into rows: Rows, normalizes: Bool, work: Work
    ) throws(Failure) {
        let chunks = Chunks(lengths: texts.map(\.count), threads: work.threads, members: model.members)
        let queue = Work(threads: chunks.members > 1 ? 1 : work.threads, cancellation: work.cancellation)
        let each = Work(threads: chunks.members, cancellation: work.cancellation)
        let scratches = (0..<min(queue.threads, chunks.ranges.count)).map { _ in takeScratch() }
        defer { for scratch in scratches { giveBack(scratch) } }
        let done = Atomic<Int>(first)
        try queue.forEach(chunks.ranges.count) { (index, worker) throws(Failure) in
            let chunk = chunks.ranges[index]
            var packed = PackedTokens()
            for text in chunk { packed.append(texts[text]) }
            let starts = packed.starts
            try self.model.forward(packed, scratch: scratches[worker], work: each) { (vectors) throws(Failure) in
                for (position, text) in chunk.enumerated() {
                    self.finish(
                        vectors + starts[position] * self.model.configuration.hidden,
                        count: starts[position + 1] - starts[position],
                        into: rows.start(of: first + text), normalizes: normalizes)
                }
            }
            let now = done.wrappingAdd(chunk.count, ordering: .relaxed).newValue
            if worker == 0 { work.progress?.report("encode", done: now, total: total, unit: "texts") }
        }
    }

    /// Pools one text's token vectors, applies the dense modules and normalises.
    private func finish(
        _ tokens: UnsafePointer<Float>, count: Int, into target: UnsafeMutablePointer<Float>, normalizes: Bool
    ) {
        let size = model.configuration.hidden
        var vector = [Float](repeating: 0, count: size * pipeline.pooling.count)
        for (index, pooling) in pipeline.pooling.enumerated() {
            vector.withUnsafeMutableBufferPointer { buffer in
                guard let start = buffer.baseAddress else { return }
                pooling.apply(tokens, count: count, size: size, start + index * size)
            }
        }
        for layer in pipeline.dense {
            var next = [Float](repeating: 0, count: layer.linear.outputs)
            layer.apply(vector, &next)
            vector = next
        }
        if normalizes {
            let norm = Float(vector.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot())
            // The zero vector keeps its length, as in sentence-transformers.
            if norm > 0 { for index in vector.indices { vector[index] /= norm } }
        }
        target.update(from: vector, count: vector.count)
    }
}

extension RandomAccessCollection {
    /// The elements at these positions, counted from 0.
    func at(_ range: Range<Int>) -> SubSequence { dropFirst(range.lowerBound).prefix(range.count) }
}

/// The rows of the result, each written by the one worker that computes it.
private struct Rows: @unchecked Sendable {
    let storage: Storage
    let width: Int

    func start(of row: Int) -> UnsafeMutablePointer<Float> {
        storage.start.assumingMemoryBound(to: Float.self) + row * width
    }
}
