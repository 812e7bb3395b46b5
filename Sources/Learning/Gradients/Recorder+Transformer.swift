import CKernels
import Support
import Tensors

/// The steps of Transformers over float32 rows, each way in one pass of a vector kernel.
///
/// Texts lie one after the other without padding, [tokens, width]; `starts` says where each begins, and last the end.
extension Recorder {
    /// `activation` of every element.
    public func activation(_ activation: ck_activation, _ x: Tensor) throws(Failure) -> Tensor {
        let input = try x.detached.contiguous(work: work)
        let result = try Tensor.uninitialized(input.shape, dtype: .float32)
        try work.forEachPart(of: input.count, 1 << 15) { from, count in
            (result.floats + from).update(from: input.floats + from, count: count)
            ck_activate_f32(activation, count, result.floats + from)
        }
        return record("activation", result, from: x, keeping: [input]) { (g, work) throws(Failure) in
            let slope = try g.contiguous(work: work)
            let target = try Tensor.uninitialized(input.shape, dtype: .float32)
            try work.forEachPart(of: input.count, 1 << 15) { from, count in
                ck_activation_back_f32(
                    activation, count, input.floats + from, slope.floats + from, target.floats + from)
            }
            return target
        }
    }

    /// `layerNorm` of x + residual. The sum's gradient is that of both.
    public func layerNorm(
        _ x: Tensor, adding residual: Tensor?, _ weight: Tensor, _ bias: Tensor, eps: Double
    ) throws(Failure) -> Tensor {
        let input =
            if let residual {
                try Tensor.combine(.add, .tensor(x.detached), .tensor(residual.detached), work: work)
            } else {
                try x.detached.contiguous(work: work)
            }
        let (gamma, beta) = (try weight.detached.contiguous(), try bias.detached.contiguous())
        let width = gamma.count
        let rows = width > 0 ? input.count / width : 0
        let result = try Tensor.uninitialized(input.shape, dtype: .float32)
        try work.forEachPart(of: rows, 64) { from, count in
            let place = from * width
            ck_add_layernorm_f32(
                count, width, input.floats + place, width, nil, width, gamma.floats, beta.floats, Float(eps),
                result.floats + place, width)
        }
        let inputs = [x, weight, bias] + (residual.map { [$0] } ?? [])
        guard work.recordsGradients, inputs.contains(where: \.isTracked) else { return result }
        let wants = inputs.map(\.isTracked)
        return record("layer_norm", result, from: inputs, keeping: [input, gamma]) { (g, work) throws(Failure) in
            let slope = try g.contiguous(work: work)
            let target = try Tensor.uninitialized(input.shape, dtype: .float32)
            // Each block of rows has sums of its own, added up in order: threads change nothing.
            let sums = try Tensor.zeros([2, (rows + 63) / 64, width])
            try work.forEachPart(of: rows, 64) { from, count in
                let (place, line) = (from * width, from / 64 * width)
                ck_layernorm_back_f32(
                    count, width, input.floats + place, slope.floats + place, gamma.floats, Float(eps),
                    target.floats + place, sums.floats + line, sums.floats + sums.count / 2 + line)
            }
            let parameters = try sums.sum(dim: 1, work: work)
            return [
                wants[0] ? target : nil, wants[1] ? try parameters.select(0, 0) : nil,
                wants[2] ? try parameters.select(0, 1) : nil,
            ] + (wants.count > 3 ? [wants[3] ? target : nil] : [])
        }
    }

    /// Softmax attention with several heads inside each text: queries, keys and values [tokens, width], every token sees every other of its
    /// text. Scores are not kept but computed again on the way back, so that memory grows with the tokens, not with their pairs.
    public func attention(
        _ q: Tensor, _ k: Tensor, _ v: Tensor, starts: [Int], heads: Int
    ) throws(Failure) -> Tensor {
        var parts: [Tensor] = []
        for part in [q, k, v] { parts.append(try part.detached.contiguous(work: work)) }
        let (queries, keys, values) = (parts[0], parts[1], parts[2])
        let width = queries.shape[1], size = width / heads
        let scale = 1 / Float(size).squareRoot()
        let texts = starts.count - 1
        let longest = zip(starts.dropFirst(), starts).reduce(0) { max($0, $1.0 - $1.1) }
        let result = try Tensor.uninitialized(queries.shape, dtype: .float32)
        let scratches = try work.scratches(texts, ck_attention_scratch_f32(longest, size))
        try work.forEach(texts) { text, worker in
            let (place, length) = (starts[text] * width, starts[text + 1] - starts[text])
            ck_attention_f32(
                length, heads, size, scale, queries.floats + place, keys.floats + place, values.floats + place, width,
                result.floats + place, width, scratches[worker].floats)
        }
        guard records(q, k, v) else { return result }
        return record("attention", result, from: [q, k, v], keeping: parts) { (g, work) throws(Failure) in
            let slope = try g.contiguous(work: work)
            var gradients: [Tensor] = []
            for _ in 0..<3 { gradients.append(try Tensor.uninitialized(queries.shape, dtype: .float32)) }
            let (dq, dk, dv) = (gradients[0], gradients[1], gradients[2])
            let scratches = try work.scratches(texts, ck_attention_back_scratch_f32(longest, size))
            try work.forEach(texts) { text, worker in
                let (place, length) = (starts[text] * width, starts[text + 1] - starts[text])
                ck_attention_back_f32(
                    length, heads, size, scale, queries.floats + place, keys.floats + place, values.floats + place,
                    width, slope.floats + place, width, dq.floats + place, dk.floats + place, dv.floats + place,
                    scratches[worker].floats)
            }
            return gradients
        }
    }

    /// For each text the sum of its tokens' rows times their weights, [texts, width]: with 1 / length the mean, with 1 and 0 a single token's.
    public func sums(_ x: Tensor, starts: [Int], weights: [Float]) throws(Failure) -> Tensor {
        let input = try x.detached.contiguous(work: work)
        let width = input.shape[1]
        let result = try Tensor.zeros([starts.count - 1, width])
        try work.forEach(starts.count - 1) { text, _ in
            let target = result.floats + text * width
            for token in starts[text]..<starts[text + 1] {
                let (row, weight) = (input.floats + token * width, weights[token])
                for j in 0..<width { target[j] += weight * row[j] }
            }
        }
        return record("pool", result, from: x) { (g, work) throws(Failure) in
            let slope = try g.contiguous(work: work)
            let gradient = try Tensor.uninitialized(input.shape, dtype: .float32)
            try work.forEach(starts.count - 1) { text, _ in
                let row = slope.floats + text * width
                for token in starts[text]..<starts[text + 1] {
                    let (target, weight) = (gradient.floats + token * width, weights[token])
                    for j in 0..<width { target[j] = weight * row[j] }
                }
            }
            return gradient
        }
    }

    /// For each text the largest of each value over its tokens, [texts, width]; of equal ones the first gets the gradient. 0 without tokens.
    public func maxima(_ x: Tensor, starts: [Int]) throws(Failure) -> Tensor {
        let input = try x.detached.contiguous(work: work)
        let width = input.shape[1]
        let result = try Tensor.zeros([starts.count - 1, width])
        var places = [Int](repeating: -1, count: result.count)
        for text in 0..<starts.count - 1 {
            for token in starts[text]..<starts[text + 1] {
                for j in 0..<width {
                    let (at, value) = (text * width + j, input.floats[token * width + j])
                    if places[at] < 0 || value > result.floats[at] {
                        (places[at], result.floats[at]) = (token * width + j, value)
                    }
                }
            }
        }
        return record("pool", result, from: x) { [places] (g, work) throws(Failure) in
            let slope = try g.contiguous(work: work)
            let gradient = try Tensor.zeros(input.shape)
            for (at, place) in places.enumerated() where place >= 0 { gradient.floats[place] = slope.floats[at] }
            return gradient
        }
    }
}

extension Tensor {
    /// The first element of a contiguous float32 tensor.
    fileprivate var floats: UnsafeMutablePointer<Float> { storage.start.assumingMemoryBound(to: Float.self) + offset }
}

extension Work {
    /// Runs `body` for parts of up to `size` of `count` elements.
    fileprivate func forEachPart(
        of count: Int, _ size: Int, _ body: @Sendable (_ from: Int, _ count: Int) -> Void
    ) throws(Failure) {
        try forEach((count + size - 1) / size) { part, _ in body(part * size, min(size, count - part * size)) }
    }

    /// Memory for each of the threads that `count` items occupy.
    fileprivate func scratches(_ count: Int, _ floats: Int) throws(Failure) -> [Tensor] {
        var scratches: [Tensor] = []
        for _ in 0..<max(1, min(threads, count)) {
            scratches.append(try Tensor.uninitialized([floats], dtype: .float32))
        }
        return scratches
    }
}
