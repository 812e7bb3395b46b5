import Glibc
import Tensors

/// How the numbers of one tensor are written, so that they line up: whole, with one count of decimals, or scientific.
struct TensorNumberFormat {
    private enum Style { case fixed(decimals: Int), scientific(decimals: Int) }

    private let style: Style
    private static let mostDecimals = 4

    /// The format that suits `elements`: as few decimals as show them exactly, but at most four; scientific where the greatest is very
    /// large or very small, and a number among greater ones that would read as zero.
    init(_ elements: [Scalar]) {
        let numbers = elements.compactMap { element -> Double? in
            guard case .real(let value) = element, value.isFinite, value != 0 else { return nil }
            return value
        }
        let greatest = numbers.reduce(0) { max($0, $1.magnitude) }
        let fits = { (decimals: Int, format: (Double, Int) -> String) in
            numbers.allSatisfy { value in
                // float32 numbers count as exact when their shortest decimal form is reached.
                let written = strtod(format(value, decimals), nil)
                return written == value || Float(written) == Float(value)
            }
        }
        if !numbers.isEmpty, greatest >= 1e7 || greatest < 1e-3 {
            let decimals = (1...Self.mostDecimals).first { fits($0, Self.scientific) } ?? Self.mostDecimals
            style = .scientific(decimals: decimals)
        } else {
            style = .fixed(decimals: (0...Self.mostDecimals).first { fits($0, Self.fixed) } ?? Self.mostDecimals)
        }
    }

    /// The greatest width among `elements`.
    func width(_ elements: [Scalar]) -> Int { elements.reduce(1) { max($0, text($1).utf8.count) } }

    /// The only element of `tensor`.
    func text(_ tensor: Tensor) -> String { (try? tensor.item()).map(text) ?? "" }

    /// An element as text.
    func text(_ element: Scalar) -> String {
        switch element {
        case .integer(let value): return String(value)
        case .truth(let value): return value ? "true" : "false"
        case .real(let value):
            if value.isNaN { return "nan" }
            if value.isInfinite { return value < 0 ? "-inf" : "inf" }
            return switch style {
            case .fixed(let decimals): Self.small(value, decimals) ?? Self.fixed(value, decimals)
            case .scientific(let decimals): Self.scientific(value, decimals)
            }
        }
    }

    /// A number that would read as zero but is none, to its power of ten: `1e-09`.
    private static func small(_ value: Double, _ decimals: Int) -> String? {
        guard value != 0, decimals == mostDecimals, value.magnitude < 5e-5 else { return nil }
        return scientific(value, 0)
    }

    private static func fixed(_ value: Double, _ decimals: Int) -> String {
        formatted("%.*f", value == 0 ? 0 : value, decimals)
    }

    private static func scientific(_ value: Double, _ decimals: Int) -> String {
        formatted("%.*e", value == 0 ? 0 : value, decimals)
    }

    private static func formatted(_ format: String, _ value: Double, _ decimals: Int) -> String {
        // %f of the greatest double takes 309 digits.
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 400) { buffer in
            let count = withVaList([Int32(decimals), value]) { vsnprintf(buffer.baseAddress, buffer.count, format, $0) }
            return String(decoding: buffer.prefix(Int(count)).map(UInt8.init(bitPattern:)), as: UTF8.self)
        }
    }
}
