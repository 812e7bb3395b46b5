import Glibc

/// A Swift type that can be a tensor's element.
public protocol TensorElement: Sendable, BitwiseCopyable {
    /// The dtype whose memory holds this type.
    static var dtype: DType { get }
}

extension Float: TensorElement {
    /// float32
    public static var dtype: DType { .float32 }
}
extension Double: TensorElement {
    /// float64
    public static var dtype: DType { .float64 }
}
extension Int32: TensorElement {
    /// int32
    public static var dtype: DType { .int32 }
}
extension Int64: TensorElement {
    /// int64
    public static var dtype: DType { .int64 }
}
extension Bool: TensorElement {
    /// bool
    public static var dtype: DType { .bool }
}

/// An element that can be reckoned with. Whole numbers wrap around at their ends, as Lua's do.
protocol NumericElement: TensorElement, Comparable {
    static var zero: Self { get }
    static var one: Self { get }
    static func sum(_ a: Self, _ b: Self) -> Self
    static func difference(_ a: Self, _ b: Self) -> Self
    static func product(_ a: Self, _ b: Self) -> Self
    /// Lua's `//`: the quotient rounded down. Whole numbers: `b` is not zero.
    static func floorQuotient(_ a: Self, _ b: Self) -> Self
    /// Lua's `%`: what `//` leaves, with the sign of `b`. Whole numbers: `b` is not zero.
    static func modulo(_ a: Self, _ b: Self) -> Self
    static func magnitude(_ a: Self) -> Self
    var isNotANumber: Bool { get }
    var double: Double { get }
    var scalar: Scalar { get }
    /// A key whose order as an unsigned number is the order of the elements, NaN last. Zero of either sign has one key.
    var sortKey: UInt64 { get }
}

extension NumericElement where Self: FixedWidthInteger {
    static var one: Self { 1 }
    @inline(__always) static func sum(_ a: Self, _ b: Self) -> Self { a &+ b }
    @inline(__always) static func difference(_ a: Self, _ b: Self) -> Self { a &- b }
    @inline(__always) static func product(_ a: Self, _ b: Self) -> Self { a &* b }
    @inline(__always) static func floorQuotient(_ a: Self, _ b: Self) -> Self {
        // The one quotient that does not fit wraps around.
        if b == -1 { return 0 &- a }
        let quotient = a / b
        return a % b != 0 && (a < 0) != (b < 0) ? quotient - 1 : quotient
    }
    @inline(__always) static func modulo(_ a: Self, _ b: Self) -> Self {
        if b == -1 { return 0 }
        let rest = a % b
        return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest
    }
    @inline(__always) static func magnitude(_ a: Self) -> Self { a < 0 ? 0 &- a : a }
    @inline(__always) var isNotANumber: Bool { false }
    @inline(__always) var double: Double { Double(self) }
    @inline(__always) var scalar: Scalar { .integer(Int64(self)) }
    @inline(__always) var sortKey: UInt64 { UInt64(bitPattern: Int64(self)) ^ (1 << 63) }
}

extension Int32: NumericElement {}
extension Int64: NumericElement {}

/// An element with a fraction.
protocol RealElement: NumericElement, BinaryFloatingPoint {
    static func exp(_ x: Self) -> Self
    static func log(_ x: Self) -> Self
    static func tanh(_ x: Self) -> Self
    static func erf(_ x: Self) -> Self
    static func power(_ x: Self, _ y: Self) -> Self
}

extension NumericElement where Self: BinaryFloatingPoint {
    static var one: Self { 1 }
    @inline(__always) static func sum(_ a: Self, _ b: Self) -> Self { a + b }
    @inline(__always) static func difference(_ a: Self, _ b: Self) -> Self { a - b }
    @inline(__always) static func product(_ a: Self, _ b: Self) -> Self { a * b }
    @inline(__always) static func floorQuotient(_ a: Self, _ b: Self) -> Self { (a / b).rounded(.down) }
    @inline(__always) static func modulo(_ a: Self, _ b: Self) -> Self {
        let rest = a.truncatingRemainder(dividingBy: b)
        return (rest > 0 ? b < 0 : rest < 0 && b > 0) ? rest + b : rest
    }
    @inline(__always) static func magnitude(_ a: Self) -> Self { a.magnitude }
    @inline(__always) var isNotANumber: Bool { self != self }
    @inline(__always) var double: Double { Double(self) }
    @inline(__always) var scalar: Scalar { .real(Double(self)) }
}

extension Float: RealElement {
    @inline(__always) static func exp(_ x: Float) -> Float { Glibc.expf(x) }
    @inline(__always) static func log(_ x: Float) -> Float { Glibc.logf(x) }
    @inline(__always) static func tanh(_ x: Float) -> Float { Glibc.tanhf(x) }
    @inline(__always) static func erf(_ x: Float) -> Float { Glibc.erff(x) }
    @inline(__always) static func power(_ x: Float, _ y: Float) -> Float { Glibc.powf(x, y) }
    @inline(__always) var sortKey: UInt64 {
        if self != self { return UInt64(UInt32.max) }
        let bits = (self + 0).bitPattern
        return UInt64(bits >> 31 == 0 ? bits | (1 << 31) : ~bits)
    }
}

extension Double: RealElement {
    @inline(__always) static func exp(_ x: Double) -> Double { Glibc.exp(x) }
    @inline(__always) static func log(_ x: Double) -> Double { Glibc.log(x) }
    @inline(__always) static func tanh(_ x: Double) -> Double { Glibc.tanh(x) }
    @inline(__always) static func erf(_ x: Double) -> Double { Glibc.erf(x) }
    @inline(__always) static func power(_ x: Double, _ y: Double) -> Double { Glibc.pow(x, y) }
    @inline(__always) var sortKey: UInt64 {
        if self != self { return UInt64.max }
        let bits = (self + 0).bitPattern
        return bits >> 63 == 0 ? bits | (1 << 63) : ~bits
    }
}
