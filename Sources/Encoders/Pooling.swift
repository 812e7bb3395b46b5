import Support

/// How a text's token vectors become one vector.
public enum Pooling: String, CaseIterable, Sendable {
    /// The first token's.
    case cls
    /// The largest of each value.
    case max
    /// The mean.
    case mean
    /// The sum over the square root of the number of tokens.
    case meanSqrt = "mean_sqrt"
    /// The mean weighted by position, 1 for the first token (Muennighoff 2022).
    case weighted
    /// The last token's.
    case last

    /// Writes the pooled vector of `count` tokens of `size` values at `tokens` to `target`. No tokens give zeros.
    func apply(_ tokens: UnsafePointer<Float>, count: Int, size: Int, _ target: UnsafeMutablePointer<Float>) {
        guard count > 0 else {
            target.update(repeating: 0, count: size)
            return
        }
        switch self {
        case .cls: target.update(from: tokens, count: size)
        case .last: target.update(from: tokens + (count - 1) * size, count: size)
        case .max:
            target.update(from: tokens, count: size)
            for token in 1..<Swift.max(count, 1) {
                for index in 0..<size { target[index] = Swift.max(target[index], tokens[token * size + index]) }
            }
        case .mean, .meanSqrt, .weighted:
            target.update(repeating: 0, count: size)
            for token in 0..<count {
                let weight = self == .weighted ? Float(token + 1) : 1
                for index in 0..<size { target[index] += weight * tokens[token * size + index] }
            }
            let length = Float(count)
            let total =
                switch self {
                case .meanSqrt: length.squareRoot()
                case .weighted: length * (length + 1) / 2
                default: length
                }
            for index in 0..<size { target[index] /= total }
        }
    }
}
