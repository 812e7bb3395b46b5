import Glibc

/// The stretch of numbers that an axis shows; never without width.
struct Domain: Equatable {
    let low: Double
    let high: Double

    /// The range, widened where its ends are so near that positions between them could not be told apart.
    init(_ range: ClosedRange<Double>) {
        let most = Double.greatestFiniteMagnitude / 4
        let low = max(-most, min(most, range.lowerBound))
        let high = max(-most, min(most, range.upperBound))
        let size = max(low.magnitude, high.magnitude)
        if high - low > size * 1e-12, high - low > 1e-290 {
            (self.low, self.high) = (low, high)
        } else if size < 1e-290 {
            (self.low, self.high) = (-1, 1)
        } else {
            (self.low, self.high) = (low - size * 0.1, high + size * 0.1)
        }
    }

    /// The domain of `values`, with `share` of its width added at both ends.
    init(of values: [Double], margin share: Double = 0) {
        let finite = values.filter(\.isFinite)
        guard let low = finite.min(), let high = finite.max() else {
            self.init(0...1)
            return
        }
        // Room for margins and ticks beyond the ends.
        let most = Double.greatestFiniteMagnitude / 32
        let tight = Domain(max(-most, min(most, low))...max(-most, min(most, high)))
        let extra = (tight.high - tight.low) * share
        self.init(tight.low - extra...tight.high + extra)
    }

    var width: Double { high - low }

    /// Where `value` lies, from 0 to 1 within the domain.
    func share(_ value: Double) -> Double { (value - low) / width }

    func contains(_ value: Double) -> Bool { value >= low && value <= high }
}

/// Places of an axis that bear a number.
///
/// Steps are 1, 2, 2.5 or 5 times a power of ten: P. S. Heckbert, "Nice numbers for graph labels", Graphics Gems (1990), with the 2.5 that
/// J. Talbot, S. Lin and P. Hanrahan, "An extension of Wilkinson's algorithm for positioning tick labels on axes" (2010), allow.
struct Ticks: Equatable {
    let values: [Double]
    let step: Double

    /// About `count` ticks within the domain.
    static func within(_ domain: Domain, count: Int) -> Ticks {
        let step = Step(rough: domain.width / Double(max(count, 1)))
        let first = Int(((domain.low / step.size) - 1e-9).rounded(.up))
        let last = Int(((domain.high / step.size) + 1e-9).rounded(.down))
        return Ticks(values: first <= last ? (first...last).map(step.multiple) : [], step: step.size)
    }

    /// Ticks that begin at or below the domain and end at or above it.
    static func covering(_ domain: Domain, count: Int) -> Ticks {
        let step = Step(rough: domain.width / Double(max(count, 1)))
        let first = Int(((domain.low / step.size) + 1e-9).rounded(.down))
        let last = Int(((domain.high / step.size) - 1e-9).rounded(.up))
        return Ticks(values: (first...max(first, last)).map(step.multiple), step: step.size)
    }

    /// A step as whole tenths of a power of ten, so that its multiples are the doubles nearest to what is written.
    private struct Step {
        let tenths: Int
        let exponent: Int

        init(rough: Double) {
            var exponent = Int(floor(log10(rough)))
            let fraction = Decimals.scaled(rough, byTen: -exponent)
            var tenths = 100
            for (limit, nice) in [(1.5, 10), (2.2, 20), (3.5, 25), (7, 50)] where fraction < limit {
                tenths = nice
                break
            }
            if tenths == 100 {
                tenths = 10
                exponent += 1
            }
            self.tenths = tenths
            self.exponent = exponent - 1
        }

        var size: Double { multiple(1) }

        func multiple(_ count: Int) -> Double { Decimals.scaled(Double(count * tenths), byTen: exponent) }
    }
}
