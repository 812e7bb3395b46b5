import Support
import Tensors

extension TextEncoder {
    /// Texts encoded between two writes to the cache: what an interruption loses at most.
    private static let step = 512

    /// Encodes `texts` with a file of the vectors that were made before: only texts that are not in it are encoded, each once, and added to it.
    ///
    /// A vector is found by its text, prompt included, and everything that it depends on: the model's weights and tokenizer, precision, pooling, length limit
    /// and normalisation. One file can therefore serve several encoders of the same dimension.
    func encode(
        _ texts: some RandomAccessCollection<[UInt8]>, options: EncodeOptions, cache path: String, work: Work
    ) throws(Failure) -> Tensor {
        let cache = try VectorCache(path, dimension: dimension)
        let before = try promptText(options.prompt ?? prompt)
        let maker = try fingerprint(normalizes: options.normalize ?? normalizesByItself)
        var plain = options
        plain.cache = nil
        // What is new in a step reports no progress of its own.
        let quiet = Work(threads: work.threads, cancellation: work.cancellation)
        let result = try Tensor.zeros([texts.count, dimension])
        let rows = result.storage.start.assumingMemoryBound(to: Float.self)
        defer { work.progress?.finish("encode") }
        for first in stride(from: 0, to: texts.count, by: Self.step) {
            try work.cancellation.check()
            let range = first..<min(first + Self.step, texts.count)
            let batch = Array(texts.at(range))
            let keys = batch.map { VectorCache.Key(SHA256.digest(maker + before + $0)) }
            var new: [VectorCache.Key] = [], newTexts: [[UInt8]] = []
            var places: [VectorCache.Key: Int] = [:]
            var missing: [(row: Int, place: Int)] = []
            for (row, (key, text)) in zip(range, zip(keys, batch)) {
                if try cache.read(key, into: rows + row * dimension) { continue }
                let place = places[key] ?? new.count
                if place == new.count {
                    places[key] = place
                    new.append(key)
                    newTexts.append(text)
                }
                missing.append((row, place))
            }
            if !new.isEmpty {
                let vectors = try encode(newTexts, options: plain, work: quiet)
                try vectors.withElements(as: Float.self) { (values) throws(Failure) in
                    try cache.append(new, values)
                    for (row, place) in missing {
                        let vector = values[place * dimension..<(place + 1) * dimension]
                        _ = UnsafeMutableBufferPointer(start: rows + row * dimension, count: dimension)
                            .update(fromContentsOf: vector)
                    }
                }
            }
            work.progress?.report("encode", done: range.upperBound, total: texts.count, unit: "texts")
        }
        return result
    }

    /// The digest of everything that a text's vector depends on but the text.
    private func fingerprint(normalizes: Bool) throws(Failure) -> [UInt8] {
        let transformer = pipeline.transformer
        var all: [UInt8] = []
        for name in ["config.json", "tokenizer.json"] {
            all += SHA256.digest(try FileSystem.content(of: "\(transformer)/\(name)"))
        }
        all += model.files.fingerprint()
        for module in pipeline.dense { all += module.fingerprint }
        let settings = [
            precision.method, "\(maxLength)", pooling.map(\.rawValue).joined(separator: "+"), "\(normalizes)",
        ]
        return SHA256.digest(all + Array(settings.joined(separator: " ").utf8))
    }
}
