extension JSONScanner {
    /// Reads a number.
    mutating func number() throws(Failure) {
        let start = position
        let negative = bytes[position] == UInt8(ascii: "-")
        if negative { position += 1 }
        // The digits as one integer, as long as 64 bits hold them, and the power of ten that scales it.
        var mantissa: UInt64 = 0
        var exact = true
        var scale = 0
        let whole = position
        while let digit = digit() { accumulate(digit, &mantissa, &exact) }
        guard position > whole else { throw failure("a digit expected, got \(shown(position))") }
        if position - whole > 1, bytes[whole] == UInt8(ascii: "0") {
            position = start
            throw failure("a number must not begin with 0")
        }
        var isInteger = true
        if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
            isInteger = false
            position += 1
            let fraction = position
            while let digit = digit() { accumulate(digit, &mantissa, &exact) }
            guard position > fraction else { throw failure("a digit expected, got \(shown(position))") }
            scale = fraction - position
        }
        if position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") {
            isInteger = false
            scale += try exponent()
        }
        if isInteger, exact, !(negative && mantissa == 0) {
            if negative, mantissa <= 1 << 63 { return try sink.int(Int64(truncatingIfNeeded: 0 &- mantissa)) }
            if !negative, mantissa < 1 << 63 { return try sink.int(Int64(mantissa)) }
        }
        // Both factors are exact doubles, so that the one rounding of the product or quotient is the correct one (Clinger 1990).
        if exact, mantissa <= 1 << 53, abs(scale) <= 22 {
            let power = powersOfTen[abs(scale)]
            let magnitude = scale < 0 ? Double(mantissa) / power : Double(mantissa) * power
            return try sink.double(negative ? -magnitude : magnitude)
        }
        let text = String(decoding: UnsafeBufferPointer(rebasing: bytes[start..<position]), as: UTF8.self)
        guard let result = Double(text), result.isFinite else {
            position = start
            throw failure("the number is too large")
        }
        try sink.double(result)
    }

    private mutating func exponent() throws(Failure) -> Int {
        position += 1
        var negative = false
        if position < bytes.count, bytes[position] == UInt8(ascii: "-") || bytes[position] == UInt8(ascii: "+") {
            negative = bytes[position] == UInt8(ascii: "-")
            position += 1
        }
        let start = position
        var result = 0
        // Past any exponent of a double the value no longer matters; the text decides.
        while let digit = digit() { result = min(result * 10 + Int(digit), 1_000_000) }
        guard position > start else { throw failure("a digit expected, got \(shown(position))") }
        return negative ? -result : result
    }

    private mutating func digit() -> UInt8? {
        guard position < bytes.count else { return nil }
        let digit = bytes[position] &- UInt8(ascii: "0")
        guard digit < 10 else { return nil }
        position += 1
        return digit
    }

    private func accumulate(_ digit: UInt8, _ mantissa: inout UInt64, _ exact: inout Bool) {
        let (product, overflow) = mantissa.multipliedReportingOverflow(by: 10)
        let (sum, carry) = product.addingReportingOverflow(UInt64(digit))
        if overflow || carry { exact = false }
        mantissa = sum
    }
}

private let powersOfTen: [Double] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
    1e21, 1e22,
]
