import Glibc
import Support

/// Minimises a smooth function by limited-memory BFGS (Nocedal and Wright 2006, algorithms 7.4 and 7.5) with a line search for the strong Wolfe
/// conditions (algorithms 3.5 and 3.6).
struct LBFGS {
    /// Steps whose curvature is remembered.
    var memory = 20
    /// Steps, at most.
    var maxIterations: Int
    /// Ends when no component of the gradient is larger.
    var tolerance: Double

    struct Result {
        var point: [Double]
        var value: Double
        var largestGradient: Double
        var iterations: Int
        var converged: Bool
    }

    /// A point on the line of one search.
    private struct Trial {
        var step: Double
        var value: Double
        var slope: Double
    }

    /// Starts at `start`. `evaluate` writes the gradient at a point and returns the function's value there; `report` is told of every step.
    func minimise(
        from start: [Double], report: (Int) -> Void,
        _ evaluate: ([Double], inout [Double]) throws(Failure) -> Double
    ) throws(Failure) -> Result {
        var point = start
        var gradient = [Double](repeating: 0, count: point.count)
        var value = try evaluate(point, &gradient)
        var pairs: [(s: [Double], y: [Double], rho: Double)] = []
        var iterations = 0
        while largest(gradient) > tolerance, iterations < maxIterations {
            report(iterations)
            var direction = self.direction(gradient, pairs)
            var slope = dot(direction, gradient)
            if !(slope < 0) {
                pairs = []
                direction = gradient.map { -$0 }
                slope = dot(direction, gradient)
            }
            var newPoint = point
            var newGradient = gradient
            let origin = Trial(step: 0, value: value, slope: slope)
            let found = try search(origin) { (step) throws(Failure) in
                for index in point.indices { newPoint[index] = point[index] + step * direction[index] }
                let value = try evaluate(newPoint, &newGradient)
                return Trial(step: step, value: value, slope: dot(newGradient, direction))
            }
            guard let found else {
                // Curvature that rounding made useless is forgotten once; without any, nothing better can be had in float64.
                if pairs.isEmpty { break }
                pairs = []
                continue
            }
            let s = zip(newPoint, point).map { $0 - $1 }
            let y = zip(newGradient, gradient).map { $0 - $1 }
            let curvature = dot(s, y)
            if curvature > 1e-16 * dot(y, y).squareRoot() * dot(s, s).squareRoot() {
                pairs.append((s, y, 1 / curvature))
                if pairs.count > memory { pairs.removeFirst() }
            }
            point = newPoint
            gradient = newGradient
            value = found.value
            iterations += 1
        }
        let size = largest(gradient)
        return Result(
            point: point, value: value, largestGradient: size, iterations: iterations, converged: size <= tolerance)
    }

    /// −H·gradient by the two-loop recursion.
    private func direction(_ gradient: [Double], _ pairs: [(s: [Double], y: [Double], rho: Double)]) -> [Double] {
        var q = gradient
        var alphas: [Double] = []
        for pair in pairs.reversed() {
            let alpha = pair.rho * dot(pair.s, q)
            alphas.append(alpha)
            for index in q.indices { q[index] -= alpha * pair.y[index] }
        }
        if let last = pairs.last {
            let gamma = 1 / (last.rho * dot(last.y, last.y))
            for index in q.indices { q[index] *= gamma }
        }
        for (pair, alpha) in zip(pairs, alphas.reversed()) {
            let beta = pair.rho * dot(pair.y, q)
            for index in q.indices { q[index] += pair.s[index] * (alpha - beta) }
        }
        return q.map { -$0 }
    }

    /// The step whose evaluation came last, or nil if none lowers the function.
    private func search(
        _ origin: Trial, _ evaluate: (Double) throws(Failure) -> Trial
    ) throws(Failure) -> Trial? {
        var previous = origin
        var step = 1.0
        for attempt in 0..<30 {
            let trial = try evaluate(step)
            if !descends(trial, origin) || attempt > 0 && trial.value >= previous.value && !isFlat(trial, origin) {
                return try zoom(previous, trial, origin, evaluate)
            }
            if abs(trial.slope) <= -0.9 * origin.slope { return trial }
            if trial.slope >= 0 { return try zoom(trial, previous, origin, evaluate) }
            previous = trial
            step *= 2
        }
        return previous.step > 0 ? try evaluate(previous.step) : nil
    }

    private func zoom(
        _ low: Trial, _ high: Trial, _ origin: Trial, _ evaluate: (Double) throws(Failure) -> Trial
    ) throws(Failure) -> Trial? {
        var (low, high) = (low, high)
        for _ in 0..<40 {
            let trial = try evaluate(between(low, high))
            if !descends(trial, origin) || trial.value >= low.value && !isFlat(trial, origin) {
                high = trial
            } else {
                if abs(trial.slope) <= -0.9 * origin.slope { return trial }
                if trial.slope * (high.step - low.step) >= 0 { high = low }
                low = trial
            }
            if abs(high.step - low.step) < 1e-14 * max(1, abs(low.step)) { break }
        }
        return low.step > 0 && low.value < origin.value ? try evaluate(low.step) : nil
    }

    /// The minimum of the cubic through both ends where it lies well inside them, else their middle.
    private func between(_ a: Trial, _ b: Trial) -> Double {
        let middle = (a.step + b.step) / 2
        let width = b.step - a.step
        let d1 = a.slope + b.slope - 3 * (b.value - a.value) / width
        let root = d1 * d1 - a.slope * b.slope
        guard root >= 0, b.value.isFinite else { return middle }
        let d2 = (width < 0 ? -1 : 1) * root.squareRoot()
        let step = b.step - width * (b.slope + d2 - d1) / (b.slope - a.slope + 2 * d2)
        let (from, to) = (min(a.step, b.step), max(a.step, b.step))
        let margin = 0.1 * (to - from)
        return step >= from + margin && step <= to - margin ? step : middle
    }

    /// Enough descent, or none that rounding lets be seen: near the minimum the slope alone can be trusted (Hager and Zhang 2005).
    private func descends(_ trial: Trial, _ origin: Trial) -> Bool {
        trial.value <= origin.value + 1e-4 * trial.step * origin.slope || isFlat(trial, origin)
    }

    private func isFlat(_ trial: Trial, _ origin: Trial) -> Bool {
        abs(trial.value - origin.value) <= 1e-13 * abs(origin.value)
    }

    private func largest(_ vector: [Double]) -> Double { vector.reduce(0) { max($0, abs($1)) } }
}

/// The sum of products.
func dot(_ a: [Double], _ b: [Double]) -> Double {
    var sum = 0.0
    for index in a.indices { sum += a[index] * b[index] }
    return sum
}
