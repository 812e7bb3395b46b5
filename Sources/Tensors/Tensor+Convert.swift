import Support

extension Tensor {
    /// This tensor if it is contiguous, otherwise a contiguous copy.
    public func contiguous() throws(Failure) -> Tensor {
        if isContiguous { return self }
        return try clone()
    }

    /// A contiguous copy with memory of its own.
    public func clone() throws(Failure) -> Tensor {
        switch dtype {
        case .float32: try copy(Float.self)
        case .float64: try copy(Double.self)
        case .int32: try copy(Int32.self)
        case .int64: try copy(Int64.self)
        case .bool: try copy(Bool.self)
        }
    }

    private func copy<T: TensorElement>(_ type: T.Type) throws(Failure) -> Tensor {
        try Tensor.build(shape, of: T.self) { target in
            let source = storage.start.assumingMemoryBound(to: T.self)
            var index = [Int](repeating: 0, count: rank)
            var position = offset
            for element in 0..<target.count {
                target[element] = source[position]
                var dim = rank - 1
                while dim >= 0 {
                    index[dim] += 1
                    position += strides[dim]
                    if index[dim] < shape[dim] { break }
                    position -= index[dim] * strides[dim]
                    index[dim] = 0
                    dim -= 1
                }
            }
        }
    }

    /// This tensor with elements of `dtype`: itself if it has them already, otherwise a copy. Floating point to integer drops the fraction;
    /// any non-zero value is true.
    public func to(_ dtype: DType) throws(Failure) -> Tensor {
        if dtype == self.dtype { return self }
        let source = try contiguous()
        func read(_ index: Int) -> Double {
            let position = source.offset + index
            switch source.dtype {
            case .float32: return Double(source.storage.start.assumingMemoryBound(to: Float.self)[position])
            case .float64: return source.storage.start.assumingMemoryBound(to: Double.self)[position]
            case .int32: return Double(source.storage.start.assumingMemoryBound(to: Int32.self)[position])
            case .int64: return Double(source.storage.start.assumingMemoryBound(to: Int64.self)[position])
            case .bool: return source.storage.start.assumingMemoryBound(to: Bool.self)[position] ? 1 : 0
            }
        }
        switch dtype {
        case .float32: return try Tensor.build(shape, of: Float.self) { t in for i in 0..<t.count { t[i] = Float(read(i)) } }
        case .float64: return try Tensor.build(shape, of: Double.self) { t in for i in 0..<t.count { t[i] = read(i) } }
        case .int32: return try Tensor.build(shape, of: Int32.self) { t in for i in 0..<t.count { t[i] = Int32(exactly: read(i).rounded(.towardZero)) ?? 0 } }
        case .int64: return try Tensor.build(shape, of: Int64.self) { t in for i in 0..<t.count { t[i] = Int64(exactly: read(i).rounded(.towardZero)) ?? 0 } }
        case .bool: return try Tensor.build(shape, of: Bool.self) { t in for i in 0..<t.count { t[i] = read(i) != 0 } }
        }
    }
}
