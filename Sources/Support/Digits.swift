/// Digits as people read them.
public enum Digits {
    /// The digits of a whole number with commas between thousands.
    public static func grouped(_ digits: some StringProtocol) -> String {
        var grouped = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.utf8.count - index) % 3 == 0 { grouped.append(",") }
            grouped.append(digit)
        }
        return grouped
    }
}
