import Support
import Tensors

/// Losses: each a tensor of rank 0, the mean over what it is given.
extension Recorder {
    /// The mean of squared differences.
    public func meanSquaredError(_ prediction: Tensor, _ truth: Tensor) throws(Failure) -> Tensor {
        let (p, t) = try matched(prediction, truth)
        let error = try Tensor.combine(.subtract, .tensor(p.detached), .tensor(t.detached), work: work)
        let result = try mean(error, of: product(error, error, work))
        let factor = 2 / Double(error.count)
        return record("mse", result, from: p, t) { (g, work) throws(Failure) in
            try product(product(error, factor, work), g, work)
        } b: { (g, work) throws(Failure) in
            try product(product(error, -factor, work), g, work)
        }
    }

    /// Cross-entropy of the softmax of `logits` [n, c] against shares [n, c], rows weighted: minus the sum of shares times
    /// log-probabilities, over `total`. Its gradient by the logits is (softmax x share sum - shares) / total.
    func crossEntropy(_ logits: Tensor, shares: Tensor, total: Double) throws(Failure) -> Tensor {
        let logs = try logits.detached.logSoftmax(dim: 1, work: work)
        let target = try shares.to(logs.dtype, work: work)
        let sum = try product(logs, target, work).sum(work: work).double
        let result = try Tensor.scalar(.real(-sum / total), dtype: logs.dtype)
        return record("cross_entropy", result, from: logits, keeping: [target]) { (g, work) throws(Failure) in
            let expected = try product(
                logs.apply(.exp, work: work), target.sum(dim: 1, keepdim: true, work: work), work)
            return try product(product(difference(expected, target, work), 1 / total, work), g, work)
        }
    }

    /// Cross-entropy of independent yes-or-no questions: with L = 1 + (weight - 1) y for truth y, the mean of
    /// (1 - y) x + L (log(1 + exp(-|x|)) + max(-x, 0)). `weight` makes yes count more.
    public func binaryCrossEntropy(_ logits: Tensor, _ truth: Tensor, weight: Double = 1) throws(Failure) -> Tensor {
        let (p, t) = try matched(logits, truth)
        let (x, y) = (p.detached, t.detached)
        let no = try Tensor.combine(.subtract, .scalar(.real(1)), .tensor(y), work: work)
        let factor = try Tensor.combine(
            .add, .tensor(product(y, weight - 1, work)), .scalar(.real(1)), work: work)
        let small = try x.apply(.abs, work: work).negated(work: work).apply(.exp, work: work)
        let soft = try Tensor.combine(.add, .tensor(small), .scalar(.real(1)), work: work).apply(.log, work: work)
        let below = try x.negated(work: work).apply(.relu, work: work)
        let terms = try Tensor.combine(
            .add, .tensor(product(no, x, work)),
            .tensor(product(factor, Tensor.combine(.add, .tensor(soft), .tensor(below), work: work), work)), work: work)
        let result = try mean(terms, of: terms)
        let share = 1 / Double(terms.count)
        return record("bce_with_logits", result, from: p, keeping: [x, y]) { (g, work) throws(Failure) in
            // (1 - y) - L (1 - s(x)) = (1 - y) - L s(-x)
            let s = try x.negated(work: work).apply(.sigmoid, work: work)
            return try product(product(difference(no, product(factor, s, work), work), share, work), g, work)
        }
    }

    /// Pairs of rows that belong together, each against all others of the batch (InfoNCE): cross-entropy over cosines / temperature.
    public func contrastive(
        _ a: Tensor, _ b: Tensor, temperature: Double, isSymmetric: Bool
    ) throws(Failure) -> Tensor {
        guard a.rank == 2, a.shape == b.shape else {
            throw .argument("b", expected: "tensor [n, d] of the shape of a, \(a.shape)", got: "shape \(b.shape)")
        }
        guard a.shape[0] > 1 else {
            throw .argument("a", expected: "2 rows or more, each the others' negative", got: "shape \(a.shape)")
        }
        let cosines = try cosine(a, b)
        let logits = try combine(.multiply, .tensor(cosines), .scalar(.real(1 / temperature)))
        let pairs = try Tensor.eye(a.shape[0], a.shape[0], dtype: logits.dtype)
        let forward = try crossEntropy(logits, shares: pairs, total: Double(a.shape[0]))
        guard isSymmetric else { return forward }
        let back = try crossEntropy(transposed(logits), shares: pairs, total: Double(a.shape[0]))
        return try combine(.multiply, .tensor(combine(.add, .tensor(forward), .tensor(back))), .scalar(.real(0.5)))
    }

    /// Bayesian personalised ranking (Rendle et al. 2009): the mean of -log s(positive - negative), for scores of what was chosen and of
    /// what was not.
    public func ranking(_ positive: Tensor, _ negative: Tensor) throws(Failure) -> Tensor {
        let (p, n) = try matched(positive, negative, "negative")
        let lead = try combine(.subtract, .tensor(p), .tensor(n))
        return try binaryCrossEntropy(lead, Tensor.full(lead.shape, .real(1), dtype: lead.dtype))
    }

    // Both in one shape and one floating-point dtype. Sizes of 1 beyond the other's shape are let go: a column [n, 1] meets labels [n].
    private func matched(
        _ a: Tensor, _ b: Tensor, _ name: String = "truth"
    ) throws(Failure) -> (Tensor, Tensor) {
        let dtype = a.dtype.fractional
        guard a.count > 0 else {
            throw .operation("a loss needs at least one row, got shape \(a.shape): is the batch empty?")
        }
        guard a.shape == b.shape || a.shape.filter({ $0 != 1 }) == b.shape.filter({ $0 != 1 }) else {
            throw .argument(name, expected: "tensor of the prediction's shape \(a.shape)", got: "shape \(b.shape)")
        }
        let left = try convert(a, to: dtype)
        let right = try convert(b, to: dtype)
        return (left, a.shape == b.shape ? right : try reshape(right, a.shape))
    }

    private func mean(_ x: Tensor, of terms: Tensor) throws(Failure) -> Tensor {
        try Tensor.scalar(.real(terms.mean(work: work)), dtype: x.dtype)
    }
}

/// What classification is told beside logits and labels.
public struct ClassOptions: Sendable {
    /// A weight for every class; nil for 1 each.
    public var weights: [Double]?
    /// The share of the truth that is spread over all classes, 0 to 1.
    public var smoothing: Double
    /// Rows with this label do not count.
    public var ignored: Int?

    /// Options of a cross-entropy.
    public init(weights: [Double]? = nil, smoothing: Double = 0, ignored: Int? = nil) {
        (self.weights, self.smoothing, self.ignored) = (weights, smoothing, ignored)
    }
}

extension Recorder {
    /// Cross-entropy of logits [n, c] (or [n, ..., c]) against labels [n] (or [n, ...]) from 1 to c, weighted and smoothed as PyTorch does.
    public func crossEntropy(
        _ logits: Tensor, labels: Tensor, _ options: ClassOptions = ClassOptions()
    ) throws(Failure) -> Tensor {
        guard logits.rank >= 2 else {
            throw .argument("prediction", expected: "logits [n, classes]", got: "shape \(logits.shape)")
        }
        let classes = logits.shape[logits.rank - 1]
        let sizes = Array(logits.shape.dropLast())
        guard labels.shape == sizes || labels.shape == sizes + [1] && sizes.count == 1 else {
            throw .argument(
                "truth", expected: "labels of shape \(sizes), for logits of shape \(logits.shape)",
                got: "shape \(labels.shape)")
        }
        guard labels.dtype != .bool else {
            throw .argument("truth", expected: "class numbers from 1 to \(classes)", got: "truth values")
        }
        guard logits.count > 0 else {
            throw .operation("a loss needs at least one row, got shape \(logits.shape): is the batch empty?")
        }
        if let weights = options.weights, weights.count != classes {
            throw .argument("weights", expected: "\(classes) numbers, one a class", got: "\(weights.count)")
        }
        let weights = options.weights ?? [Double](repeating: 1, count: classes)
        let rows = sizes.reduce(1, *)
        let numbers = try labels.values(as: Double.self)
        if options.smoothing == 0 {
            let rightOnes = try right(numbers, classes, weights, options.ignored)
            return try crossEntropy(reshape(logits, [rows, classes]), rightOnes)
        }
        var total = 0.0
        let spread = options.smoothing / Double(classes)
        let shares = try Tensor.build([rows, classes], of: Double.self) { (target) throws(Failure) in
            for (row, number) in numbers.enumerated() {
                if let ignored = options.ignored, number == Double(ignored) { continue }
                let label = try Self.label(number, of: classes, row)
                total += weights[label - 1]
                for c in 0..<classes { target[row * classes + c] = spread * weights[c] }
                target[row * classes + label - 1] += (1 - options.smoothing) * weights[label - 1]
            }
        }
        guard total > 0 else {
            throw .operation("a loss needs at least one row whose class has a weight: all are ignored here")
        }
        return try crossEntropy(reshape(logits, [rows, classes]), shares: shares, total: total)
    }

    private static func label(_ number: Double, of classes: Int, _ row: Int) throws(Failure) -> Int {
        guard let label = Int(exactly: number), label >= 1, label <= classes else {
            throw .argument(
                "truth", expected: "class numbers from 1 to \(classes)",
                got: "\(Int(exactly: number).map { String($0) } ?? "\(number)") in row \(row + 1)",
                hint: number == 0 ? "classes count from 1" : nil)
        }
        return label
    }

    /// The right class of a row, from 0, and how much the row counts.
    private struct Right {
        let place: Int
        let weight: Double
    }

    private func right(
        _ numbers: [Double], _ classes: Int, _ weights: [Double], _ ignored: Int?
    ) throws(Failure) -> [Right] {
        var rows: [Right] = []
        rows.reserveCapacity(numbers.count)
        for (row, number) in numbers.enumerated() {
            if let ignored, number == Double(ignored) {
                rows.append(Right(place: 0, weight: 0))
            } else {
                let label = try Self.label(number, of: classes, row)
                rows.append(Right(place: label - 1, weight: weights[label - 1]))
            }
        }
        let total = rows.reduce(0) { $0 + $1.weight }
        guard total > 0 else {
            throw .operation("a loss needs at least one row whose class has a weight: all are ignored here")
        }
        return rows.map { Right(place: $0.place, weight: $0.weight / total) }
    }

    // Without shares for every class, which for a vocabulary would be far more numbers than the logits' own.
    private func crossEntropy(_ logits: Tensor, _ rows: [Right]) throws(Failure) -> Tensor {
        let logs = try logits.detached.logSoftmax(dim: 1, work: work)
        return logs.dtype == .float32
            ? try crossEntropy(Float.self, logits, logs, rows) : try crossEntropy(Double.self, logits, logs, rows)
    }

    private func crossEntropy<T: TensorElement & BinaryFloatingPoint>(
        _ type: T.Type, _ logits: Tensor, _ logs: Tensor, _ rows: [Right]
    ) throws(Failure) -> Tensor {
        let classes = logs.shape[1]
        let loss = try logs.withElements(as: T.self) { values in
            rows.enumerated().reduce(0.0) { sum, row in
                row.element.weight == 0
                    ? sum : sum - row.element.weight * Double(values[row.offset * classes + row.element.place])
            }
        }
        let result = try Tensor.scalar(.real(loss), dtype: logs.dtype)
        return record("cross_entropy", result, from: logits, keeping: [logs]) { (g, work) throws(Failure) in
            let factor = try g.item().double
            let gradient = try logs.apply(.exp, work: work)
            try gradient.updateElements(of: T.self) { values in
                for (row, right) in rows.enumerated() {
                    let weight = T(right.weight * factor)
                    values[row * classes + right.place] -= 1
                    for c in row * classes..<(row + 1) * classes { values[c] *= weight }
                }
            }
            return gradient
        }
    }
}
