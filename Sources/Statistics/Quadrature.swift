import Glibc

/// Integrals over intervals.
enum Quadrature {
    /// Nodes in (0, 1) of the 15-point Kronrod rule, its weights, and those of the 7-point Gauss rule inside it (Piessens et al. 1983,
    /// QUADPACK).
    private static let nodes: [Double] = [
        0.991455371120812639206854697526329, 0.949107912342758524526189684047851, 0.864864423359769072789712788640926,
        0.741531185599394439863864773280788, 0.586087235467691130294144691693013, 0.405845151377397166906606412076961,
        0.207784955007898467600689403773245, 0,
    ]
    private static let kronrod: [Double] = [
        0.022935322010529224963732008058970, 0.063092092629978553290700663189204, 0.104790010322250183839876322541518,
        0.140653259715525918745189590510238, 0.169004726639267902826583426598550, 0.190350578064785409913256402421014,
        0.204432940075298892414161999234649, 0.209482141084727828012999174891714,
    ]
    private static let gauss: [Double] = [
        0.129484966168869693270611432679082, 0.279705391489276667901467771423780, 0.381830050505118944950369775488975,
        0.417959183673469387755102040816327,
    ]

    /// The integral of `function` over [from, to], halving panels until the estimated error is below `relative` of the whole.
    static func integral(
        from: Double, to: Double, panels: Int = 8, relative: Double = 1e-13, _ function: (Double) -> Double
    ) -> Double {
        var pieces: [(low: Double, high: Double, value: Double, error: Double)] = []
        let width = (to - from) / Double(panels)
        for i in 0..<panels {
            let low = from + Double(i) * width
            let high = i == panels - 1 ? to : low + width
            pieces.append(panel(low, high, function))
        }
        for _ in 0..<400 {
            let total = pieces.reduce(0) { $0 + $1.value }
            let error = pieces.reduce(0) { $0 + $1.error }
            guard error > relative * abs(total),
                let worst = pieces.indices.max(by: { pieces[$0].error < pieces[$1].error })
            else { break }
            let piece = pieces[worst]
            let middle = 0.5 * (piece.low + piece.high)
            guard middle > piece.low, middle < piece.high else { break }
            pieces[worst] = panel(piece.low, middle, function)
            pieces.append(panel(middle, piece.high, function))
        }
        return pieces.reduce(0) { $0 + $1.value }
    }

    private static func panel(
        _ low: Double, _ high: Double, _ function: (Double) -> Double
    ) -> (low: Double, high: Double, value: Double, error: Double) {
        let middle = 0.5 * (low + high)
        let half = 0.5 * (high - low)
        let center = function(middle)
        var fine = kronrod[7] * center
        var coarse = gauss[3] * center
        for i in 0..<7 {
            let sum = function(middle - half * nodes[i]) + function(middle + half * nodes[i])
            fine += kronrod[i] * sum
            if i % 2 == 1 { coarse += gauss[i / 2] * sum }
        }
        // The usual rescaling: the difference of the rules is far above the error of the finer one.
        let difference = abs(fine - coarse) * half
        let scale = max(abs(fine) * half, 1e-300)
        return (low, high, fine * half, scale * min(1, pow(200 * difference / scale, 1.5)))
    }

    /// Nodes and weights of the Gauss–Legendre rule with `count` points on [−1, 1] (Newton's method on the recurrence).
    static func legendre(_ count: Int) -> (nodes: [Double], weights: [Double]) {
        var nodes = [Double](repeating: 0, count: count)
        var weights = nodes
        for i in 0..<(count + 1) / 2 {
            var x = cos(.pi * (Double(i) + 0.75) / (Double(count) + 0.5))
            var slope = 0.0
            for _ in 0..<100 {
                var current = 1.0
                var previous = 0.0
                for j in 0..<count {
                    (current, previous) = (
                        ((2 * Double(j) + 1) * x * current - Double(j) * previous) / Double(j + 1), current
                    )
                }
                slope = Double(count) * (x * current - previous) / (x * x - 1)
                let step = current / slope
                x -= step
                if abs(step) < 1e-16 { break }
            }
            nodes[i] = -x
            nodes[count - 1 - i] = x
            weights[i] = 2 / ((1 - x * x) * slope * slope)
            weights[count - 1 - i] = weights[i]
        }
        return (nodes, weights)
    }
}
