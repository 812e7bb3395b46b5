import Support

/// The type of elements as they lie in a file, little-endian: more types than tensors compute with. Narrow floats widen to float32,
/// narrow integers to the next wider type that holds them.
public enum StoredType: String, CaseIterable, Sendable {
    case float64, float32, float16, bfloat16
    case int64, int32, int16, int8
    case uint32, uint16, uint8
    case bool

    /// Bytes of one element in the file.
    public var byteCount: Int {
        switch self {
        case .float64, .int64: 8
        case .float32, .int32, .uint32: 4
        case .float16, .bfloat16, .int16, .uint16: 2
        case .int8, .uint8, .bool: 1
        }
    }

    /// The dtype of a tensor made from such elements; every value is kept exactly.
    public var dtype: DType {
        switch self {
        case .float64: .float64
        case .float32, .float16, .bfloat16: .float32
        case .int64, .uint32: .int64
        case .int32, .int16, .int8, .uint16, .uint8: .int32
        case .bool: .bool
        }
    }

    /// The type in which a tensor's elements are stored without change.
    public init(_ dtype: DType) {
        switch dtype {
        case .float32: self = .float32
        case .float64: self = .float64
        case .int32: self = .int32
        case .int64: self = .int64
        case .bool: self = .bool
        }
    }
}

extension StoredType {
    /// A tensor over `bytes`, which hold exactly the elements of `shape`: borrowed from `owner` where type and alignment allow, a copy
    /// otherwise. A `bool` byte other than 0 and 1 makes nil.
    func tensor(_ bytes: UnsafeRawBufferPointer, shape: [Int], borrowingFrom owner: AnyObject) throws(Failure)
        -> Tensor?
    {
        switch self {
        case .float64: return try borrowed(Double.self, bytes, shape, owner)
        case .float32: return try borrowed(Float.self, bytes, shape, owner)
        case .int64: return try borrowed(Int64.self, bytes, shape, owner)
        case .int32: return try borrowed(Int32.self, bytes, shape, owner)
        case .bool:
            // Any other byte would be an undefined value of Swift's Bool.
            guard bytes.allSatisfy({ $0 <= 1 }) else { return nil }
            return try borrowed(Bool.self, bytes, shape, owner)
        case .float16: return try converted(bytes, shape) { Float(half: $0 as UInt16) }
        case .bfloat16: return try converted(bytes, shape) { Float(bitPattern: UInt32($0 as UInt16) << 16) }
        case .int16: return try converted(bytes, shape) { Int32($0 as Int16) }
        case .int8: return try converted(bytes, shape) { Int32($0 as Int8) }
        case .uint32: return try converted(bytes, shape) { Int64($0 as UInt32) }
        case .uint16: return try converted(bytes, shape) { Int32($0 as UInt16) }
        case .uint8: return try converted(bytes, shape) { Int32($0 as UInt8) }
        }
    }

    private func borrowed<T: TensorElement>(
        _ type: T.Type, _ bytes: UnsafeRawBufferPointer, _ shape: [Int], _ owner: AnyObject
    ) throws(Failure) -> Tensor {
        if Int(bitPattern: bytes.baseAddress) % MemoryLayout<T>.alignment == 0 {
            return try Tensor(borrowing: bytes, from: owner, dtype: T.dtype, shape: shape)
        }
        return try Tensor.build(shape, of: T.self) { target in
            UnsafeMutableRawBufferPointer(target).copyMemory(from: bytes)
        }
    }

    private func converted<Source: BitwiseCopyable, T: TensorElement>(
        _ bytes: UnsafeRawBufferPointer, _ shape: [Int], _ convert: (Source) -> T
    ) throws(Failure) -> Tensor {
        try Tensor.build(shape, of: T.self) { target in
            for index in target.indices {
                target[index] = convert(
                    bytes.loadUnaligned(fromByteOffset: index * MemoryLayout<Source>.size, as: Source.self))
            }
        }
    }
}

extension Float {
    /// The float32 of the same value as an IEEE 754 half-precision number given by its bits.
    ///
    /// Half's exponent and fraction, moved into place, read as a float32 that is 2^112 too small, subnormals included; without a
    /// branch, so that the compiler makes vector code of loops over it.
    @inlinable @inline(__always)
    public init(half bits: UInt16) {
        let magnitude = UInt32(bits & 0x7fff) << 13
        let scaled = (Float(bitPattern: magnitude) * 0x1p112).bitPattern
        // Infinities and NaN keep the highest exponent.
        let widened = magnitude >= 0x0f80_0000 ? magnitude | 0x7f80_0000 : scaled
        self.init(bitPattern: widened | UInt32(bits & 0x8000) << 16)
    }
}
