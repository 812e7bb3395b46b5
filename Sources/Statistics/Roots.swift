import Glibc

/// Zeros of functions of one variable.
enum Roots {
    /// The zero of a rising function in [from, to] by Newton's steps kept inside a shrinking bracket; `function` gives value and slope.
    static func increasing(
        from: Double, to: Double, _ function: (Double) -> (value: Double, slope: Double)
    ) -> Double {
        var low = from
        var high = to
        var x = 0.5 * (low + high)
        for _ in 0..<400 {
            let (value, slope) = function(x)
            if value == 0 { return x }
            if value < 0 { low = x } else { high = x }
            let step = value / slope
            let next = x - step
            if next > low, next < high, next.isFinite {
                // The step itself says how far the zero is.
                if abs(step) <= 4e-16 * max(1e-3, abs(x)) { return next }
                x = next
            } else {
                x = 0.5 * (low + high)
            }
            if high - low <= 2e-16 * max(abs(low), abs(high), 1e-300) { break }
        }
        return x
    }

    /// A zero of a continuous `function` with opposite signs at the ends, by the method of Brent (1973, "Algorithms for minimization
    /// without derivatives", chapter 4); nil if the signs are equal.
    static func brent(
        from: Double, to: Double, tolerance: Double = 1e-15, _ function: (Double) -> Double
    ) -> Double? {
        var a = from
        var b = to
        var fa = function(a)
        var fb = function(b)
        if fa == 0 { return a }
        if fb == 0 { return b }
        guard fa.sign != fb.sign, !fa.isNaN, !fb.isNaN else { return nil }
        var c = a
        var fc = fa
        var d = b - a
        var e = d
        for _ in 0..<300 {
            if abs(fc) < abs(fb) {
                (a, b, c) = (b, c, b)
                (fa, fb, fc) = (fb, fc, fb)
            }
            let limit = 2 * Double.ulpOfOne * abs(b) + 0.5 * tolerance * max(abs(b), 1e-12)
            let half = 0.5 * (c - b)
            if abs(half) <= limit || fb == 0 { return b }
            if abs(e) >= limit, abs(fa) > abs(fb) {
                let s = fb / fa
                var p: Double
                var q: Double
                if a == c {
                    p = 2 * half * s
                    q = 1 - s
                } else {
                    let r = fb / fc
                    let t = fa / fc
                    p = s * (2 * half * t * (t - r) - (b - a) * (r - 1))
                    q = (t - 1) * (r - 1) * (s - 1)
                }
                if p > 0 { q = -q } else { p = -p }
                if 2 * p < min(3 * half * q - abs(limit * q), abs(e * q)) {
                    e = d
                    d = p / q
                } else {
                    d = half
                    e = half
                }
            } else {
                d = half
                e = half
            }
            a = b
            fa = fb
            b += abs(d) > limit ? d : (half > 0 ? limit : -limit)
            fb = function(b)
            if (fb > 0) == (fc > 0) {
                c = a
                fc = fa
                d = b - a
                e = d
            }
        }
        return b
    }

    /// Where `function` is highest in [from, to]: the best of `grid` points, then a golden-section search around it.
    static func highest(from: Double, to: Double, grid: Int, _ function: (Double) -> Double) -> (
        x: Double, value: Double
    ) {
        var best = (x: from, value: -Double.infinity)
        let step = (to - from) / Double(grid)
        for i in 0...grid {
            let x = from + Double(i) * step
            let value = function(x)
            if value > best.value { best = (x, value) }
        }
        let golden = 0.618033988749894848
        var low = max(from, best.x - step)
        var high = min(to, best.x + step)
        var left = high - golden * (high - low)
        var right = low + golden * (high - low)
        var (fl, fr) = (function(left), function(right))
        for _ in 0..<60 {
            if fl > fr {
                (high, right, fr) = (right, left, fl)
                left = high - golden * (high - low)
                fl = function(left)
            } else {
                (low, left, fl) = (left, right, fr)
                right = low + golden * (high - low)
                fr = function(right)
            }
        }
        for (x, value) in [(left, fl), (right, fr)] where value > best.value { best = (x, value) }
        return best
    }
}
