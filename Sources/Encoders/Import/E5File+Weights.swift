import Support
import Tensors

extension E5File {
    /// A tensor of the file under its name in a Hugging Face BertModel.
    struct NamedWeight {
        var name: String
        var shape: [Int]
        var entry: WeightEntry
    }

    /// Every tensor that the architecture has, in the model's order.
    ///
    /// - Throws: `format` if one is missing or has another number of elements than the sizes say.
    func namedWeights() throws(Failure) -> [NamedWeight] {
        let hidden = sizes.hidden
        let wide = sizes.intermediate
        var result: [NamedWeight] = []
        func add(_ key: String, _ name: String, _ shape: [Int]) throws(Failure) {
            guard let entry = weights[ByteString(key)] else { throw .format(source.path, "has no tensor '\(key)'") }
            let count = shape.reduce(1, *)
            guard entry.count == count else {
                throw .format(source.path, at: "tensor '\(key)'", "has \(entry.count) elements, \(count) expected")
            }
            result.append(NamedWeight(name: name, shape: shape, entry: entry))
        }
        func addPair(_ key: String, _ name: String, _ shape: [Int]) throws(Failure) {
            try add("\(key).w", "\(name).weight", shape)
            try add("\(key).b", "\(name).bias", [shape[0]])
        }
        try add("emb.word", "embeddings.word_embeddings.weight", [sizes.vocabulary, hidden])
        try add("emb.pos", "embeddings.position_embeddings.weight", [sizes.positions, hidden])
        try add("emb.type", "embeddings.token_type_embeddings.weight", [sizes.types, hidden])
        try addPair("emb.ln", "embeddings.LayerNorm", [hidden])
        for layer in 0..<sizes.layers {
            let key = "l\(layer)"
            let name = "encoder.layer.\(layer)"
            try addPair("\(key).q", "\(name).attention.self.query", [hidden, hidden])
            try addPair("\(key).k", "\(name).attention.self.key", [hidden, hidden])
            try addPair("\(key).v", "\(name).attention.self.value", [hidden, hidden])
            try addPair("\(key).ao", "\(name).attention.output.dense", [hidden, hidden])
            try addPair("\(key).aln", "\(name).attention.output.LayerNorm", [hidden])
            try addPair("\(key).fi", "\(name).intermediate.dense", [wide, hidden])
            try addPair("\(key).fo", "\(name).output.dense", [hidden, wide])
            try addPair("\(key).oln", "\(name).output.LayerNorm", [hidden])
        }
        return result
    }

    /// Writes the weights as float32 safetensors.
    ///
    /// A weight is a half-precision scale times an integer from -8 to 7, which float32 holds exactly and half precision does not.
    func writeWeights(to path: String, work: Work, progress: (Int) -> Void) throws(Failure) {
        let weights = try namedWeights()
        var writer = try SafetensorsWriter(
            path, weights.map { .init(name: $0.name, dtype: .float32, shape: $0.shape) }, metadata: [("format", "pt")])
        let blocks = 1 << 13
        let buffer = UnsafeMutableBufferPointer<Float>.allocate(capacity: blocks * Self.blockSize)
        defer { buffer.deallocate() }
        var done = 0
        for weight in weights {
            let bytes = UnsafeRawBufferPointer(rebasing: source.bytes[weight.entry.range])
            for start in stride(from: 0, to: weight.entry.count, by: buffer.count) {
                try work.cancellation.check()
                let target = UnsafeMutableBufferPointer(
                    rebasing: buffer[..<min(buffer.count, weight.entry.count - start)])
                let isFinite =
                    weight.entry.isQuantized
                    ? Self.dequantize(bytes, firstBlock: start / Self.blockSize, into: target)
                    : Self.copy(bytes, from: start, into: target)
                guard isFinite else {
                    throw .format(source.path, at: "tensor '\(weight.name)'", "has weights that are not finite")
                }
                try writer.append(UnsafeRawBufferPointer(target))
                done += target.count
                progress(done)
            }
        }
        try writer.commit()
    }

    /// Weights of whole blocks: the low halves of a block's 16 bytes are its first 16 weights, the high halves the others. False if a scale is
    /// infinite or NaN.
    static func dequantize(
        _ bytes: UnsafeRawBufferPointer, firstBlock: Int, into target: UnsafeMutableBufferPointer<Float>
    ) -> Bool {
        var isFinite = true
        for block in 0..<target.count / blockSize {
            let start = (firstBlock + block) * blockBytes
            let bits = UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: start, as: UInt16.self))
            isFinite = isFinite && bits & 0x7c00 != 0x7c00
            let scale = Float(half: bits)
            let half = blockSize / 2
            let output = UnsafeMutableBufferPointer(rebasing: target[block * blockSize..<(block + 1) * blockSize])
            for index in 0..<half {
                let byte = bytes[start + 2 + index]
                output[index] = Float(Int32(byte & 15) - 8) * scale
                output[index + half] = Float(Int32(byte >> 4) - 8) * scale
            }
        }
        return isFinite
    }

    private static func copy(
        _ bytes: UnsafeRawBufferPointer, from start: Int, into target: UnsafeMutableBufferPointer<Float>
    ) -> Bool {
        var isFinite = true
        for index in target.indices {
            let bits = bytes.loadUnaligned(fromByteOffset: (start + index) * 4, as: UInt32.self)
            target[index] = Float(bitPattern: UInt32(littleEndian: bits))
            isFinite = isFinite && target[index].isFinite
        }
        return isFinite
    }
}
