import Charts
import Experiments
import Glibc
import Statistics

/// How the figures of one metric are written: shares in per cent and their differences in points ("pp"), others with the metric's unit, all with as
/// many decimals as show two digits of the standard error, so that figures of one metric can be read down a column.
public struct MetricFigures: Sendable {
    private enum Unit: Sendable {
        case none, share
        case before(String)
        case behind(String)
    }

    private static let currencies = Set("$€£¥\u{FFE5}₩₹₽฿₫₴₺")
    private let unit: Unit
    private let decimals: Int?
    private let liftDecimals: Int

    /// The figures of `metric`.
    public init(_ metric: MetricResult) {
        let isShare = metric.metric.unit.isEmpty && Self.isShare(metric)
        unit =
            isShare
            ? .share
            : metric.metric.unit.isEmpty
                ? .none
                : metric.metric.unit.allSatisfy(Self.currencies.contains)
                    ? .before(metric.metric.unit) : .behind(metric.metric.unit)
        let factor = isShare ? 100.0 : 1
        let errors = metric.effects.compactMap(\.standardError).filter { $0 > 0 && $0.isFinite }
        let shown = errors.min().map { Self.decimals($0 * factor, digits: 2) }
        // Nobody writes a tenth of a dollar.
        if case .before = unit, shown == 1 { decimals = 2 } else { decimals = shown }
        let halves = metric.effects.compactMap(\.uncorrectedLift).map { ($0.upper - $0.lower) / 2 }
            .filter { $0 > 0 && $0.isFinite }
        liftDecimals = halves.min().map { min(4, max(1, Self.decimals($0 * 100, digits: 1))) } ?? 1
    }

    /// Whether the metric is a share of something: of units, or of counted trials.
    private static func isShare(_ metric: MetricResult) -> Bool {
        switch metric.metric.kind {
        case .proportion, .retention: true
        case .ratio(_, mayExceedOne: false):
            metric.arms.allSatisfy { arm in
                [arm.sum, arm.denominator ?? 0.5].allSatisfy { ($0 - $0.rounded()).magnitude < 1e-9 * max(1, $0) }
                    && (0...1).contains(arm.value ?? 0)
            }
        default: false
        }
    }

    private static func decimals(_ size: Double, digits: Int) -> Int {
        min(12, max(0, digits - 1 - Int(floor(log10(size)))))
    }

    /// A figure of an arm: "10.35%", "$12.20".
    public func value(_ value: Double?) -> String? { value.map { written($0, isSigned: false) } }

    /// A difference: "+1.20 pp", "−$0.31".
    public func effect(_ effect: Double?) -> String? { effect.map { written($0, isSigned: true) + points } }

    /// An interval of differences: "[+0.31, +2.09] pp".
    public func interval(_ interval: Interval?) -> String? {
        interval.map { Figure.interval($0) { written($0, isSigned: true) } + points }
    }

    /// A relative effect: "+12.5%".
    public func lift(_ lift: Double?) -> String? { lift.map(writtenLift) }

    /// An interval of relative effects: "[+3.1%, +20.9%]".
    public func liftInterval(_ interval: Interval?) -> String? { interval.map { Figure.interval($0, writtenLift) } }

    /// The style of an axis of differences, and what one of its units is a fraction of 1.
    var axis: (style: NumberStyle, factor: Double, title: String) {
        switch unit {
        case .none: (.signed, 1, "")
        case .share: (.signed, 100, "pp")
        case .before(let name), .behind(let name): (.signed, 1, name)
        }
    }

    /// A share of variance: "4.7%", "<0.1%".
    public static func share(_ share: Double) -> String {
        share.magnitude < 0.001 ? "<0.1%" : NumberStyle(.percent, decimals: 1).text(share)
    }

    private var points: String { if case .share = unit { "\u{A0}pp" } else { "" } }

    private func writtenLift(_ share: Double) -> String {
        NumberStyle(.percent, decimals: liftDecimals, isSigned: true).text(share)
    }

    private func written(_ value: Double, isSigned: Bool) -> String {
        var style = NumberStyle(decimals: decimals, isSigned: isSigned)
        switch unit {
        case .none: return style.text(value)
        case .share:
            let text = style.text(value * 100)
            return isSigned ? text : text + "%"
        case .behind(let name): return "\(style.text(value))\u{A0}\(name)"
        case .before(let name):
            style.isSigned = isSigned
            let text = style.text(value)
            let sign = text.prefix { $0 == "+" || $0 == "−" }
            return "\(sign)\(name)\(text.dropFirst(sign.count))"
        }
    }
}

/// Figures as a report writes them, whatever they measure.
enum Figure {
    static func count(_ count: Int) -> String { NumberStyle(decimals: 0).text(Double(count)) }

    /// A number to four digits, large ones whole.
    static func number(_ value: Double?) -> String? {
        value.map { value in
            if value.magnitude >= 1000, value.magnitude < 1e12 { return NumberStyle(decimals: 0).text(value) }
            return Words.significant(value, 4).replacing("-", with: "−")
        }
    }

    static func signed(_ value: Double?) -> String? {
        value.map { ($0 > 0 ? "+" : "") + Words.significant($0, 3).replacing("-", with: "−") }
    }

    /// Both ends as `end` writes them; one that stops at 0 is open there.
    static func interval(_ interval: Interval, _ end: (Double) -> String) -> String {
        func isOpen(_ value: Double) -> Bool { value != 0 && value.magnitude < 1e-300 || value.isInfinite }
        func text(_ value: Double) -> String {
            value.isInfinite ? (value < 0 ? "−∞" : "+∞") : isOpen(value) ? "0" : end(value)
        }
        return "\(isOpen(interval.lower) ? "(" : "[")\(text(interval.lower)),\u{A0}\(text(interval.upper))"
            + (isOpen(interval.upper) ? ")" : "]")
    }

    /// A p-value: "0.034", "8.5×10⁻¹²".
    static func p(_ p: Double) -> String { raised(Words.p(p)) }

    /// A chance, never told as certain.
    static func chance(_ share: Double) -> String {
        share > 0.9995 ? ">99.9%" : share < 0.0005 ? "<0.1%" : NumberStyle(.percent, decimals: 1).text(share)
    }

    /// A sentence of the engine's, its p-values set as in the rest of the page.
    static func sentence(_ text: String) -> String {
        text.replacing(/\bp (\d(?:\.\d)?e-\d+)/) { "p " + raised(String($0.output.1)) }
    }

    private static func raised(_ text: String) -> String {
        guard let exponent = text.firstIndex(of: "e") else { return text }
        let digits = text[exponent...].dropFirst().map { character -> Character in
            character.wholeNumberValue.map { Array("⁰¹²³⁴⁵⁶⁷⁸⁹")[$0] } ?? "⁻"
        }
        return text[..<exponent] + "×10" + String(digits)
    }

    /// Text that Markdown takes as it is.
    static func plainMarkdown(_ text: String) -> String {
        var result = ""
        for character in text {
            if "\\`*_{}[]<>()#+-.!|~&^".contains(character) { result.append("\\") }
            result.append(character)
        }
        return result
    }
}
