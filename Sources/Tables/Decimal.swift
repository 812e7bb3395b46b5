/// A 128-bit whole number over a power of ten, as Arrow's decimal128 keeps it.
struct Decimal: Equatable {
    let unscaled: Int128
    let scale: Int

    /// As an integer when that is exact, otherwise as the nearest floating-point number.
    var value: Value {
        if scale <= 0 {
            var whole = unscaled
            for _ in 0..<min(-scale, 38) {
                let (product, overflow) = whole.multipliedReportingOverflow(by: 10)
                if overflow { return .number(number) }
                whole = product
            }
            return Int64(exactly: whole).map(Value.integer) ?? .number(number)
        }
        let (quotient, remainder) = unscaled.quotientAndRemainder(dividingBy: Decimal.power(scale))
        if remainder == 0, let whole = Int64(exactly: quotient) { return .integer(whole) }
        return .number(number)
    }

    /// The nearest floating-point number: by way of the digits, since a division of two rounded numbers rounds twice.
    var number: Double { Double(text) ?? Double(unscaled) }

    /// The exact digits, `scale` of them after the point.
    var text: String {
        if scale <= 0 { return String(unscaled) + (unscaled == 0 ? "" : String(repeating: "0", count: -scale)) }
        var digits = String(unscaled.magnitude)
        if digits.utf8.count <= scale { digits = String(repeating: "0", count: scale + 1 - digits.utf8.count) + digits }
        digits.insert(".", at: digits.utf8.index(digits.utf8.endIndex, offsetBy: -scale))
        return unscaled < 0 ? "-" + digits : digits
    }

    static func power(_ exponent: Int) -> Int128 {
        var result: Int128 = 1
        for _ in 0..<min(exponent, 38) { result *= 10 }
        return result
    }
}
