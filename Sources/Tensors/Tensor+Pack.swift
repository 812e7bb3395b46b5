import CKernels
import Support

/// What packs a matrix for a product's kernel: `columns` x `lines` of the elements at `from`.
typealias PackKernel<T> =
    @Sendable (
        _ columns: Int, _ lines: Int, _ from: UnsafePointer<T>, _ step: Int, _ isTransposed: Int32,
        _ panels: UnsafeMutablePointer<T>
    ) -> Void

extension Tensor {
    /// This matrix [k, n] packed for the products' kernels: panels of as many columns as a cache line holds, one after the other, each of `k`
    /// lines. Its rows, or where it is transposed its columns, lie without gaps. In blocks of panels, or of lines where a panel is long.
    func packed<T: TensorElement>(
        _ type: T.Type, isTransposed: Bool, work: Work, _ kernel: PackKernel<T>
    ) throws(Failure) -> Tensor {
        let (k, n) = (shape[0], shape[1])
        let width = 64 / T.dtype.byteCount
        let panels = (n + width - 1) / width
        let (size, overflow) = (panels * width).multipliedReportingOverflow(by: k)
        guard !overflow else { throw Failure(.memory, "a product of that size does not fit in memory") }
        let result = try Tensor.uninitialized([size], dtype: T.dtype)
        guard size > 0 else { return result }
        let block = StridedWalk.blockElements
        let panelsPerBlock = max(1, block / (k * width))
        // Kernels take four lines at a time.
        let linesPerBlock = panelsPerBlock > 1 ? k : min(k, block / width)
        let (across, down) = ((panels + panelsPerBlock - 1) / panelsPerBlock, (k + linesPerBlock - 1) / linesPerBlock)
        let step = strides[isTransposed ? 1 : 0]
        try work.forEach(across * down) { index, _ in
            let (column, line) = (index / down * panelsPerBlock * width, index % down * linesPerBlock)
            kernel(
                min(panelsPerBlock * width, n - column), min(linesPerBlock, k - line),
                pointer(T.self) + (isTransposed ? column * step + line : line * step + column), step,
                isTransposed ? 1 : 0, result.pointer(T.self) + column * k + line * width)
        }
        return result
    }
}
