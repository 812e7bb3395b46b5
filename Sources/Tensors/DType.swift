/// The type of a tensor's elements.
public enum DType: String, CaseIterable, Sendable {
    case float32, float64, int32, int64, bool

    /// Bytes of one element.
    public var byteCount: Int {
        switch self {
        case .float32, .int32: 4
        case .float64, .int64: 8
        case .bool: 1
        }
    }

    /// Whether elements may have a fraction.
    public var isFloatingPoint: Bool { self == .float32 || self == .float64 }
}

/// A Swift type that can be a tensor's element.
public protocol TensorElement: Sendable {
    /// The dtype whose memory holds this type.
    static var dtype: DType { get }
}

extension Float: TensorElement { public static var dtype: DType { .float32 } }
extension Double: TensorElement { public static var dtype: DType { .float64 } }
extension Int32: TensorElement { public static var dtype: DType { .int32 } }
extension Int64: TensorElement { public static var dtype: DType { .int64 } }
extension Bool: TensorElement { public static var dtype: DType { .bool } }
