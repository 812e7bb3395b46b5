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

    /// Whether elements are whole numbers.
    public var isInteger: Bool { self == .int32 || self == .int64 }
}
