import Glibc
import Support

/// A map from what a model says to probabilities that hold.
public enum Calibrator: Sendable, Equatable {
    /// 1 / (1 + e^(a·score + b)).
    case sigmoid(a: Double, b: Double)
    /// A rising line through these points, level beyond its ends.
    case isotonic(x: [Double], y: [Double])

    /// The probability at a score.
    public func probability(_ score: Double) -> Double {
        switch self {
        case .sigmoid(let a, let b): return logistic(-(a * score + b))
        case .isotonic(let x, let y):
            guard let first = x.first, let last = x.last else { return 0 }
            if score <= first { return y[0] }
            if score >= last { return y[y.count - 1] }
            // The first point above; there is one below it.
            var (low, high) = (0, x.count - 1)
            while high - low > 1 {
                let middle = (low + high) / 2
                if x[middle] <= score { low = middle } else { high = middle }
            }
            return y[low] + (y[high] - y[low]) * ((score - x[low]) / (x[high] - x[low]))
        }
    }

    /// Platt's method (1999) with his smoothed targets, (n₊ + 1) / (n₊ + 2) and 1 / (n₋ + 2), which keep it from certainty; by Newton's method with
    /// halved steps (Lin, Lin and Weng 2007).
    public static func sigmoid(_ scores: [Double], _ truth: [Bool], weights: [Double]? = nil) -> Calibrator {
        func weight(_ row: Int) -> Double { weights?[row] ?? 1 }
        let positives = truth.indices.reduce(0.0) { $0 + (truth[$1] ? weight($1) : 0) }
        let negatives = truth.indices.reduce(0.0) { $0 + (truth[$1] ? 0 : weight($1)) }
        let (high, low) = ((positives + 1) / (positives + 2), 1 / (negatives + 2))
        func loss(_ a: Double, _ b: Double) -> Double {
            scores.indices.reduce(0) { sum, row in
                let z = a * scores[row] + b
                // −t ln p − (1 − t) ln(1 − p) with p = 1 / (1 + eᶻ).
                return sum + weight(row) * (softplus(z) - (1 - (truth[row] ? high : low)) * z)
            }
        }
        var (a, b) = (0.0, log((negatives + 1) / (positives + 1)))
        var value = loss(a, b)
        for _ in 0..<200 {
            var (ga, gb, aa, ab, bb) = (0.0, 0.0, 1e-12, 0.0, 1e-12)
            for row in scores.indices {
                let p = logistic(-(a * scores[row] + b))
                let residual = weight(row) * ((truth[row] ? high : low) - p)
                let curvature = weight(row) * p * (1 - p)
                ga += scores[row] * residual
                gb += residual
                aa += scores[row] * scores[row] * curvature
                ab += scores[row] * curvature
                bb += curvature
            }
            let determinant = aa * bb - ab * ab
            guard max(abs(ga), abs(gb)) > 1e-10, determinant > 0 else { break }
            let (da, db) = (-(bb * ga - ab * gb) / determinant, -(aa * gb - ab * ga) / determinant)
            let slope = ga * da + gb * db
            var step = 1.0
            while step > 1e-10, !(loss(a + step * da, b + step * db) < value + 1e-4 * step * slope) { step /= 2 }
            guard step > 1e-10 else { break }
            (a, b) = (a + step * da, b + step * db)
            value = loss(a, b)
        }
        return .sigmoid(a: a, b: b)
    }

    /// The rising step function with the least squared error, by pooling neighbours that fall (Ayer and others 1955). Equal scores are one
    /// point.
    public static func isotonic(_ scores: [Double], _ truth: [Bool], weights: [Double]? = nil) -> Calibrator {
        var blocks: [(first: Double, last: Double, sum: Double, weight: Double)] = []
        let order = scores.indices.filter { (weights?[$0] ?? 1) > 0 }.sorted { (scores[$0], $0) < (scores[$1], $1) }
        var points: [(x: Double, sum: Double, weight: Double)] = []
        for row in order {
            let weight = weights?[row] ?? 1
            if points.last?.x != scores[row] { points.append((scores[row], 0, 0)) }
            points[points.count - 1].sum += truth[row] ? weight : 0
            points[points.count - 1].weight += weight
        }
        for point in points {
            blocks.append((point.x, point.x, point.sum, point.weight))
            while blocks.count > 1 {
                let (last, before) = (blocks[blocks.count - 1], blocks[blocks.count - 2])
                guard before.sum / before.weight >= last.sum / last.weight else { break }
                blocks.removeLast(2)
                blocks.append((before.first, last.last, before.sum + last.sum, before.weight + last.weight))
            }
        }
        var (x, y): ([Double], [Double]) = ([], [])
        for block in blocks {
            x.append(block.first)
            y.append(block.sum / block.weight)
            if block.last > block.first {
                x.append(block.last)
                y.append(block.sum / block.weight)
            }
        }
        return .isotonic(x: x, y: y)
    }
}
