/// An element that becomes one of another dtype. Whole-number targets drop the fraction; the caller has checked that they hold it.
protocol CastElement: TensorElement {
    var asFloat: Float { get }
    var asDouble: Double { get }
    var asInt32: Int32 { get }
    var asInt64: Int64 { get }
    var asBool: Bool { get }
}

extension CastElement where Self: FixedWidthInteger {
    @inline(__always) var asFloat: Float { Float(self) }
    @inline(__always) var asDouble: Double { Double(self) }
    @inline(__always) var asInt32: Int32 { Int32(truncatingIfNeeded: self) }
    @inline(__always) var asInt64: Int64 { Int64(truncatingIfNeeded: self) }
    @inline(__always) var asBool: Bool { self != 0 }
}

extension CastElement where Self: BinaryFloatingPoint {
    @inline(__always) var asFloat: Float { Float(self) }
    @inline(__always) var asDouble: Double { Double(self) }
    @inline(__always) var asInt32: Int32 { Int32(self) }
    @inline(__always) var asInt64: Int64 { Int64(self) }
    @inline(__always) var asBool: Bool { self != 0 }
}

extension Int32: CastElement {}
extension Int64: CastElement {}
extension Float: CastElement {}
extension Double: CastElement {}

extension Bool: CastElement {
    @inline(__always) var asFloat: Float { self ? 1 : 0 }
    @inline(__always) var asDouble: Double { self ? 1 : 0 }
    @inline(__always) var asInt32: Int32 { self ? 1 : 0 }
    @inline(__always) var asInt64: Int64 { self ? 1 : 0 }
    @inline(__always) var asBool: Bool { self }
}

struct ToFloat<T: CastElement>: UnaryOperation {
    @inline(__always) func apply(_ x: T) -> Float { x.asFloat }
}

struct ToDouble<T: CastElement>: UnaryOperation {
    @inline(__always) func apply(_ x: T) -> Double { x.asDouble }
}

struct ToInt32<T: CastElement>: UnaryOperation {
    @inline(__always) func apply(_ x: T) -> Int32 { x.asInt32 }
}

struct ToInt64<T: CastElement>: UnaryOperation {
    @inline(__always) func apply(_ x: T) -> Int64 { x.asInt64 }
}

struct ToBool<T: CastElement>: UnaryOperation {
    @inline(__always) func apply(_ x: T) -> Bool { x.asBool }
}

/// Whether an element lies outside `low ..< high` or is no number at all.
struct OutsideRange<T: NumericElement>: ElementTest {
    let low: T
    let high: T
    @inline(__always) func holds(_ x: T) -> Bool { !(x >= low && x < high) }
}
