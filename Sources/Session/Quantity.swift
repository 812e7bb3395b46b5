/// Amounts in words.
enum Quantity {
    /// "512 bytes", "3.4 MB".
    static func bytes(_ count: Int) -> String {
        guard count >= 1000 else { return "\(count) bytes" }
        var value = Double(count) / 1000
        for unit in ["kB", "MB", "GB"] {
            if value < 999.95 { return "\(tenths(value)) \(unit)" }
            value /= 1000
        }
        return "\(tenths(value)) TB"
    }

    /// "850 µs", "12.3 ms", "4.1 s", "2 min 5 s".
    static func seconds(_ seconds: Double) -> String {
        if seconds < 0.000_999_5 { return "\(Int((seconds * 1e6).rounded())) µs" }
        if seconds < 0.999_95 { return "\(tenths(seconds * 1e3)) ms" }
        if seconds < 59.95 { return "\(tenths(seconds)) s" }
        let whole = Int(seconds.rounded())
        return whole < 3600 ? "\(whole / 60) min \(whole % 60) s" : "\(whole / 3600) h \(whole / 60 % 60) min"
    }

    private static func tenths(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }
}
