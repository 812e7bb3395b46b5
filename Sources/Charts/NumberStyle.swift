import Glibc
import Support

/// How the numbers of an axis, a label or a column are written. The text never depends on the locale or the platform.
public struct NumberStyle: Equatable, Sendable {
    /// What a number counts.
    public enum Unit: String, Sendable {
        /// The number itself, with commas between thousands.
        case plain
        /// A share: 0.125 is written 12.5%.
        case percent
    }

    /// What the numbers count.
    public var unit: Unit
    /// Digits behind the point; nil chooses them by the size of the number.
    public var decimals: Int?
    /// Whether positive numbers get a plus sign, as effects should.
    public var isSigned: Bool
    /// Whether large numbers have a power of ten even where they could be written out: beside others that cannot.
    private var hasPowers = false
    /// Whether a number that would read as zero but is none has a power of ten.
    private var keepsSmall = false

    /// A style from its parts.
    public init(_ unit: Unit = .plain, decimals: Int? = nil, isSigned: Bool = false) {
        self.unit = unit
        self.decimals = decimals
        self.isSigned = isSigned
    }

    /// Numbers as they are.
    public static let plain = NumberStyle()
    /// Shares in per cent.
    public static let percent = NumberStyle(.percent)
    /// Differences of shares, in per cent with their sign.
    public static let lift = NumberStyle(.percent, isSigned: true)
    /// Numbers with their sign.
    public static let signed = NumberStyle(isSigned: true)

    /// `value` as text; an en dash where there is none.
    public func text(_ value: Double?) -> String {
        guard let value, value.isFinite else { return value.map { $0.isNaN ? "–" : $0 < 0 ? "−∞" : "∞" } ?? "–" }
        let scaled = unit == .percent ? value * 100 : value
        guard scaled.isFinite else { return Self.scientific(value, isSigned: isSigned) + " × 100%" }
        let body = written(scaled)
        return unit == .percent ? body + "%" : body
    }

    /// The same style with one count of decimals that suits all of `values`: three significant digits of the greatest.
    public func fitted(to values: some Sequence<Double>) -> NumberStyle {
        guard decimals == nil else { return self }
        var style = self
        let factor = unit == .percent ? 100.0 : 1
        let sizes = values.lazy.filter(\.isFinite).map { ($0 * factor).magnitude }
        guard let greatest = sizes.max(), greatest > 0, greatest.isFinite else { return self }
        style.hasPowers = greatest >= Self.mostWrittenOut
        let isWhole = unit == .plain && sizes.allSatisfy { $0 == $0.rounded() && $0 < 1e15 }
        var decimals = isWhole ? 0 : Self.significant(greatest)
        // No zeros at the end that all of them would have.
        while decimals > 0, sizes.allSatisfy({ Decimals.fixed($0, decimals).hasSuffix("0") }) { decimals -= 1 }
        style.decimals = decimals
        return style
    }

    /// The style of a column of data, in which every number is to be read and not only the greatest: exact where a few decimals are, and
    /// otherwise with four digits of the smallest number, with at least two decimals and at most six, or four digits of the greatest.
    public static func column(of values: some Sequence<Double>) -> NumberStyle {
        let sizes = values.lazy.filter { $0.isFinite && $0 != 0 }.map(\.magnitude)
        var style = plain
        guard let greatest = sizes.max(), let smallest = sizes.min() else { return style }
        style.hasPowers = greatest >= mostWrittenOut
        style.keepsSmall = true
        style.decimals = 0
        guard greatest >= 5e-7 else { return style }
        let isWhole = sizes.allSatisfy { $0 == $0.rounded() && $0 < 1e15 }
        let wanted = min(significant(smallest, digits: 4), 6)
        var decimals = isWhole ? 0 : max(2, wanted, significant(greatest, digits: 4))
        while decimals > 0,
            sizes.allSatisfy({ style.isZero($0, decimals) || Decimals.fixed($0, decimals).hasSuffix("0") })
        {
            decimals -= 1
        }
        style.decimals = decimals
        return style
    }

    /// Whether a positive number would read as zero.
    private func isZero(_ size: Double, _ decimals: Int) -> Bool { size * Decimals.power(decimals) < 0.5 }

    /// The same style with as many decimals as tell multiples of `step` apart.
    func stepping(by step: Double) -> NumberStyle {
        var style = self
        let scaled = unit == .percent ? step * 100 : step
        var decimals = 0
        while decimals < 12 {
            let shifted = scaled * Decimals.power(decimals)
            if shifted >= 0.999, (shifted - shifted.rounded()).magnitude < 1e-6 * shifted { break }
            decimals += 1
        }
        style.decimals = decimals
        return style
    }

    /// Decimals that show so many significant digits of a positive number.
    private static func significant(_ value: Double, digits: Int = 3) -> Int {
        let exponent = Int(floor(log10(value)))
        return min(max(0, digits - 1 - exponent), 12)
    }

    /// From here on numbers have a power of ten.
    private static let mostWrittenOut = 1e12

    private func written(_ value: Double) -> String {
        let size = value.magnitude
        let isLarge = size >= (hasPowers ? 1e4 : Self.mostWrittenOut)
        let isLost = size < 5e-7 && decimals ?? 12 > 6 || keepsSmall && isZero(size, decimals ?? 12)
        if isLarge || size != 0 && isLost {
            return Self.scientific(value, isSigned: isSigned)
        }
        let isWhole = value == value.rounded()
        let places = decimals ?? (isWhole ? 0 : Self.significant(size))
        let digits = Decimals.grouped(size, places)
        let isZero = digits.utf8.allSatisfy { $0 == UInt8(ascii: "0") || $0 == UInt8(ascii: ".") }
        return Self.sign(value, isZero: isZero, isSigned: isSigned) + digits
    }

    private static func sign(_ value: Double, isZero: Bool, isSigned: Bool) -> String {
        isZero ? "" : value < 0 ? "−" : isSigned ? "+" : ""
    }

    /// `1.5×10¹²`.
    private static func scientific(_ value: Double, isSigned: Bool) -> String {
        var exponent = Int(floor(log10(value.magnitude)))
        var mantissa = Decimals.scaled(value.magnitude, byTen: -exponent)
        if mantissa >= 9.995 {
            mantissa /= 10
            exponent += 1
        }
        var digits = Decimals.fixed(mantissa, 2)
        while digits.hasSuffix("0") { digits.removeLast() }
        if digits.hasSuffix(".") { digits.removeLast() }
        let raised = String(exponent).map { character -> Character in
            guard let digit = character.wholeNumberValue else { return "⁻" }
            return Array("⁰¹²³⁴⁵⁶⁷⁸⁹")[digit]
        }
        return sign(value, isZero: false, isSigned: isSigned) + digits + "×10" + String(raised)
    }
}

/// Decimal digits without the C library, whose decimal point depends on the locale a script may set.
enum Decimals {
    /// `value`, which is finite and not negative, with `places` digits behind the point.
    static func fixed(_ value: Double, _ places: Int) -> String {
        let shifted = (value * power(places)).rounded()
        guard shifted < 9e15 else { return places > 0 ? fixed(value, places - 1) : "\(value)" }
        var digits = String(Int(shifted))
        guard places > 0 else { return digits }
        if digits.utf8.count <= places {
            digits = String(repeating: "0", count: places + 1 - digits.utf8.count) + digits
        }
        return "\(digits.dropLast(places)).\(digits.suffix(places))"
    }

    /// The same with commas between thousands.
    static func grouped(_ value: Double, _ places: Int) -> String {
        let text = fixed(value, places)
        let whole = text.prefix { $0 != "." }
        return Digits.grouped(whole) + text.dropFirst(whole.utf8.count)
    }

    /// A coordinate: one decimal, none where it is zero.
    static func coordinate(_ value: Double) -> String {
        guard value.isFinite else { return "0" }
        let text = fixed(value.magnitude, 1)
        let short = text.hasSuffix(".0") ? String(text.dropLast(2)) : text
        return value < 0 && short != "0" ? "-" + short : short
    }

    /// The power of ten nearest to 10^n that a double holds.
    static func power(_ exponent: Int) -> Double { Double("1e\(exponent)") ?? .infinity }

    /// `value · 10^exponent` without overflow on the way.
    static func scaled(_ value: Double, byTen exponent: Int) -> Double {
        if exponent > 300 { return value * 1e300 * power(exponent - 300) }
        if exponent < -300 { return value / 1e300 / power(-exponent - 300) }
        return exponent < 0 ? value / power(-exponent) : value * power(exponent)
    }
}
