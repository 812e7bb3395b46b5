/// The rectangle in which values become places, with what is drawn around it.
struct PlotArea {
    var left: Double
    var right: Double
    var top: Double
    var bottom: Double
    var xDomain: Domain
    var yDomain: Domain

    func x(_ value: Double) -> Double { left + clamped(xDomain.share(value)) * (right - left) }
    func y(_ value: Double) -> Double { bottom - clamped(yDomain.share(value)) * (bottom - top) }

    // A given range may leave values out; they end at the edge.
    private func clamped(_ share: Double) -> Double { share.isFinite ? min(1, max(0, share)) : share > 0 ? 1 : 0 }

    /// A number of an axis and its text.
    struct Label: Equatable {
        let place: Double
        let text: String
    }

    /// The domain of a left axis and its ticks: from tick to tick, unless the range was given.
    static func vertical(_ values: [Double], _ axis: Axis, height: Double, margin: Double = 0.04) -> (Domain, Ticks) {
        let count = Int(max(2, min(5, height / 46)))
        if let range = axis.usableRange {
            let domain = Domain(range)
            return (domain, .within(domain, count: count))
        }
        var domain = Domain(of: values, margin: margin)
        // Room beyond zero would say that there may be something.
        if values.allSatisfy({ !($0 < 0) }), domain.low < 0 { domain = Domain(0...domain.high) }
        if values.allSatisfy({ !($0 > 0) }), domain.high > 0 { domain = Domain(domain.low...0) }
        let ticks = Ticks.covering(domain, count: count)
        let low = ticks.values.first ?? 0
        let high = ticks.values.last ?? 1
        return (Domain(low...high), ticks)
    }

    /// Grid lines and numbers of the left axis; `left` has to leave room for them.
    func drawYAxis(_ ticks: Ticks, _ style: NumberStyle, on canvas: inout Canvas) {
        let labels = PlotArea.texts(ticks, style)
        for (value, text) in zip(ticks.values, labels) {
            canvas.line(left, y(value), right, y(value), value == 0 ? "x" : "g")
            canvas.text(text, left - 8, y(value) + 4, "muted", anchor: .end)
        }
    }

    /// How much room the numbers of a left axis take.
    static func gutter(_ ticks: Ticks, _ style: NumberStyle) -> Double {
        (texts(ticks, style).map { TextMetrics.width($0, size: 12) }.max() ?? 0) + 8
    }

    /// Ticks as text; millions and billions are cut short.
    static func texts(_ ticks: Ticks, _ style: NumberStyle) -> [String] {
        let greatest = ticks.values.reduce(0) { max($0, $1.magnitude) }
        guard style.unit == .plain, style.decimals == nil else {
            return ticks.values.map(style.stepping(by: ticks.step).text)
        }
        for (limit, sign) in [(1e9, "B"), (1e6, "M")] where greatest >= limit && greatest < 1e12 {
            var short = style.stepping(by: ticks.step / limit)
            short.decimals = min(short.decimals ?? 0, 6)
            return ticks.values.map { $0 == 0 ? "0" : short.text($0 / limit) + sign }
        }
        if greatest >= 1e12 || ticks.step < 1e-6 {
            var free = style
            free.decimals = nil
            return ticks.values.map(free.text)
        }
        return ticks.values.map(style.stepping(by: ticks.step).text)
    }

    /// As many ticks of a lower axis as have room for their numbers, with the domain they are on.
    static func horizontal(_ domain: Domain, _ style: NumberStyle, width: Double) -> Ticks {
        for count in stride(from: Int(max(2, min(8, width / 48))), to: 1, by: -1) {
            let ticks = Ticks.within(domain, count: count)
            let widest = texts(ticks, style).map { TextMetrics.width($0, size: 12) }.max() ?? 0
            let gap = ticks.step / domain.width * width
            if ticks.values.count < 2 || widest + 10 <= gap { return ticks }
        }
        let ticks = Ticks.within(domain, count: 1)
        return ticks.values.count > 1 ? Ticks(values: Array(ticks.values.prefix(1)), step: ticks.step) : ticks
    }

    /// Numbers below the plot, none beyond the edges of the picture and none on another.
    func drawLabels(_ labels: [Label], below y: Double, on canvas: inout Canvas) {
        var end = -Double.infinity
        for label in labels {
            let width = TextMetrics.width(label.text, size: 12)
            let center = min(max(label.place, width / 2), canvas.width - width / 2)
            guard center - width / 2 >= end + 6 || end == -.infinity else { continue }
            canvas.text(label.text, center, y, "muted", anchor: .middle, room: canvas.width)
            end = center + width / 2
        }
    }

    /// Every how manieth of `texts` is shown, so that those `spacing` apart have room.
    static func interval(of texts: [String], spacing: Double) -> Int {
        let widest = texts.map { TextMetrics.width($0, size: 12) }.max() ?? 0
        return max(1, Int(((widest + 10) / max(spacing, 0.01)).rounded(.up)))
    }

    /// Labels of lines across, moved apart where they would meet.
    static func spread(_ places: [Double], gap: Double, low: Double, high: Double) -> [Double] {
        let order = places.indices.sorted { places[$0] == places[$1] ? $0 < $1 : places[$0] < places[$1] }
        var spread = places
        var least = low
        for index in order {
            spread[index] = max(spread[index], least)
            least = spread[index] + gap
        }
        var most = high
        for index in order.reversed() {
            spread[index] = min(spread[index], most)
            most = spread[index] - gap
        }
        return spread
    }
}
