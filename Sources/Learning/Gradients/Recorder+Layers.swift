import Support
import Tensors

/// The steps that layers are made of, each in one.
extension Recorder {
    /// x w' + b for rows x [..., k], weights [n, k] and a bias [n].
    public func affine(_ x: Tensor, _ weight: Tensor, _ bias: Tensor?) throws(Failure) -> Tensor {
        let (input, w) = (x.detached, weight.detached)
        let result = try input.affine(w, bias?.detached, work: work)
        let inputs = [x, weight] + (bias.map { [$0] } ?? [])
        guard work.recordsGradients, inputs.contains(where: \.isTracked) else { return result }
        let wants = inputs.map(\.isTracked)
        return record("linear", result, from: inputs, keeping: [input, w]) { (g, work) throws(Failure) in
            let (n, k) = (w.shape[0], w.shape[1])
            let count = input.shape.dropLast().reduce(1, *)
            let rows = try g.reshape([count, n])
            var gradients: [Tensor?] = [nil, nil]
            if wants[0] { gradients[0] = try rows.matmul(w, work: work).reshape(input.shape) }
            if wants[1] { gradients[1] = try rows.transposed().matmul(input.reshape([count, k]), work: work) }
            if wants.count > 2 { gradients.append(wants[2] ? try rows.sum(dim: 0, work: work) : nil) }
            return gradients
        }
    }

    /// (x - mean) / sqrt(var + eps) * weight + bias along the last dimension, the variance over all of it. With h the normalised values
    /// and u = g * weight, the gradient by x is (u - mean(u) - h mean(u h)) / sqrt(var + eps).
    public func layerNorm(_ x: Tensor, _ weight: Tensor, _ bias: Tensor, eps: Double) throws(Failure) -> Tensor {
        if [x, weight, bias].allSatisfy({ $0.dtype == .float32 }) {
            return try layerNorm(x, adding: nil, weight, bias, eps: eps)
        }
        let (input, w) = (x.detached, weight.detached)
        let last = x.rank - 1
        let centered = try difference(input, input.mean(dim: last, keepdim: true, work: work), work)
        let variance = try input.variance(dim: last, ddof: 0, keepdim: true, work: work)
        let deviation = try Tensor.combine(.add, .tensor(variance), .scalar(.real(eps)), work: work)
            .apply(.sqrt, work: work)
        let normal = try quotient(centered, deviation, work)
        let result = try Tensor.combine(.add, .tensor(product(normal, w, work)), .tensor(bias.detached), work: work)
        guard records(x, weight, bias) else { return result }
        let wants = [x, weight, bias].map(\.isTracked)
        return record("layer_norm", result, from: [x, weight, bias], keeping: [w]) { (g, work) throws(Failure) in
            var gradients: [Tensor?] = [nil, nil, wants[2] ? g : nil]
            if wants[0] {
                let u = try product(g, w, work)
                let mean = try u.mean(dim: last, keepdim: true, work: work)
                let along = try product(u, normal, work).mean(dim: last, keepdim: true, work: work)
                gradients[0] = try quotient(
                    difference(difference(u, mean, work), product(normal, along, work), work), deviation, work)
            }
            if wants[1] { gradients[1] = try product(g, normal, work) }
            return gradients
        }
    }

    /// The element times `1 / (1 - rate)` where a draw of `seed` keeps it, 0 elsewhere.
    public func dropout(_ x: Tensor, rate: Double, seed: UInt64) throws(Failure) -> Tensor {
        let draws = try Tensor.rand(x.shape, seed: seed, dtype: x.dtype, work: work)
        let kept = try Tensor.compare(.ge, .tensor(draws), .scalar(.real(rate)), work: work)
        let mask = try product(kept.to(x.dtype, work: work), rate < 1 ? 1 / (1 - rate) : 0, work)
        return record("dropout", try product(x.detached, mask, work), from: x) { (g, work) throws(Failure) in
            try product(g, mask, work)
        }
    }

    /// What a window sees at each of its places (see `Tensor.windows`).
    public func windows(_ x: Tensor, _ window: Window, fill: Double = 0) throws(Failure) -> Tensor {
        let shape = x.shape
        let result = try x.detached.windows(window, fill: fill, work: work)
        return record("windows", result, from: x) { (g, work) throws(Failure) in
            try g.summedWindows(window, into: shape, work: work)
        }
    }

    /// The tensors that lie side by side along `dim`, as `select` gives them one by one, but with one gradient for all on the way back.
    func unstacked(_ x: Tensor, dim: Int) throws(Failure) -> [Tensor] {
        var parts: [Tensor] = []
        for index in 0..<x.shape[dim] { parts.append(try x.detached.select(dim, index)) }
        guard records(x) else { return parts }
        let (shape, dtype) = (x.shape, x.dtype)
        let sheet = GradientSheet()
        // Every part is later than `whole`, so all have written when the way back gets there.
        let whole = record("unstack", x.detached, from: x) { (g, _) in
            sheet.tensor = nil
            return g
        }
        return parts.enumerated().map { index, part in
            record("unstack", part, from: whole) { (g, work) throws(Failure) in
                let before = sheet.tensor
                let isFirst = before == nil
                let gradient = if let before { before } else { try Tensor.zeros(shape, dtype: dtype) }
                sheet.tensor = gradient
                try gradient.select(dim, index).assign(.tensor(g), work: work)
                return isFirst ? gradient : nil
            }
        }
    }
}

private final class GradientSheet {
    var tensor: Tensor?
}
