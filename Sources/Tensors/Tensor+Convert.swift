import CKernels
import Glibc
import Support

extension Tensor {
    /// This tensor if it is contiguous, otherwise a contiguous copy.
    public func contiguous(work: Work = Work()) throws(Failure) -> Tensor {
        if isContiguous { return self }
        return try clone(work: work)
    }

    /// A contiguous copy with memory of its own.
    public func clone(work: Work = Work()) throws(Failure) -> Tensor {
        if isContiguous {
            let result = try Tensor.uninitialized(shape, dtype: dtype)
            let (bytes, block) = (count * dtype.byteCount, 1 << 22)
            try work.forEach((bytes + block - 1) / block) { index, _ in
                let from = index * block
                memcpy(
                    result.storage.start + from, storage.start + offset * dtype.byteCount + from,
                    min(block, bytes - from))
            }
            return result
        }
        switch dtype {
        case .float32:
            if rank == 2, strides[0] == 1, strides[1] >= shape[0] { return try transposedCopy(work) }
            return try mapped(ToFloat<Float>(), work: work)
        case .float64: return try mapped(ToDouble<Double>(), work: work)
        case .int32: return try mapped(ToInt32<Int32>(), work: work)
        case .int64: return try mapped(ToInt64<Int64>(), work: work)
        case .bool: return try mapped(ToBool<Bool>(), work: work)
        }
    }

    // A transposed matrix in order: what the way back through a product needs of every layer.
    private func transposedCopy(_ work: Work) throws(Failure) -> Tensor {
        let result = try Tensor.uninitialized(shape, dtype: .float32)
        let (lines, width, step) = (shape[1], shape[0], strides[1])
        let perBlock = max(4, StridedWalk.blockElements / max(1, width) / 4 * 4)
        try work.forEach((lines + perBlock - 1) / perBlock) { block, _ in
            let from = block * perBlock
            ck_transpose_f32(
                min(perBlock, lines - from), width, pointer(Float.self) + from * step, step,
                result.pointer(Float.self) + from, lines)
        }
        return result
    }

    /// This tensor with elements of `dtype`: itself if it has them already, otherwise a copy.
    ///
    /// Floating point to integer drops the fraction and refuses NaN and what does not fit; so does int64 to int32. Any value
    /// but zero is true, NaN included.
    public func to(_ dtype: DType, work: Work = Work()) throws(Failure) -> Tensor {
        if dtype == self.dtype { return self }
        switch self.dtype {
        case .float32:
            if dtype == .int32 { try refuse(OutsideRange<Float>(low: -0x1p31, high: 0x1p31), dtype, work) }
            if dtype == .int64 { try refuse(OutsideRange<Float>(low: -0x1p63, high: 0x1p63), dtype, work) }
            return try cast(Float.self, dtype, work)
        case .float64:
            // The smallest int32 also takes the fractions above -2^31 - 1.
            if dtype == .int32 {
                try refuse(OutsideRange<Double>(low: (-0x1p31 - 1).nextUp, high: 0x1p31), dtype, work)
            }
            if dtype == .int64 { try refuse(OutsideRange<Double>(low: -0x1p63, high: 0x1p63), dtype, work) }
            return try cast(Double.self, dtype, work)
        case .int32: return try cast(Int32.self, dtype, work)
        case .int64:
            if dtype == .int32 { try refuse(OutsideRange<Int64>(low: -1 << 31, high: 1 << 31), dtype, work) }
            return try cast(Int64.self, dtype, work)
        case .bool: return try cast(Bool.self, dtype, work)
        }
    }

    private func cast<T: CastElement>(_ type: T.Type, _ dtype: DType, _ work: Work) throws(Failure) -> Tensor {
        switch dtype {
        case .float32: try mapped(ToFloat<T>(), work: work)
        case .float64: try mapped(ToDouble<T>(), work: work)
        case .int32: try mapped(ToInt32<T>(), work: work)
        case .int64: try mapped(ToInt64<T>(), work: work)
        case .bool: try mapped(ToBool<T>(), work: work)
        }
    }

    private func refuse<T: NumericElement>(
        _ test: OutsideRange<T>, _ dtype: DType, _ work: Work
    ) throws(Failure) {
        guard let value = try firstElement(test, work: work) else { return }
        throw .argument(
            "dtype", expected: "a dtype that holds every element",
            got: "\(dtype.rawValue) for the element \(value.scalar.words)",
            hint: value.isNotANumber ? "replace NaN first, as in t:eq(t):where(t, 0)" : nil)
    }
}
