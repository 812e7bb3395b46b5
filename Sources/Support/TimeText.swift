/// Lengths of time in words, to three digits: `850 ns`, `0.8 ms`, `1.25 s`, `2 min 3 s`.
public enum TimeText {
    /// `seconds` in the unit that suits them.
    public static func of(_ seconds: Double) -> String {
        guard seconds.isFinite else { return "\(seconds) s" }
        if seconds < 0 { return "-" + of(-seconds) }
        if seconds == 0 { return "0 s" }
        // Limits lie where rounding reaches the next unit: 999.6 ms is a second.
        if seconds < 999.5e-9 { return "\(short(seconds * 1e9)) ns" }
        if seconds < 99.95e-6 { return "\(short(seconds * 1e6)) µs" }
        if seconds < 0.9995 { return "\(short(seconds * 1e3)) ms" }
        if seconds < 59.95 { return "\(short(seconds)) s" }
        guard seconds < 1e15 else { return "\(seconds) s" }
        let whole = Int(seconds.rounded())
        if whole < 3600 { return "\(whole / 60) min \(whole % 60) s" }
        return "\(whole / 3600) h \(whole % 3600 / 60) min"
    }

    /// Three digits, without zeros at the end: 0.8, 1.25, 12.5, 125.
    private static func short(_ value: Double) -> String {
        let scale = value < 9.995 ? 100.0 : value < 99.95 ? 10 : 1
        let rounded = (value * scale).rounded() / scale
        let text = "\(rounded)"
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
}
