import CKernels
import Support

/// What matrices of one type are multiplied with. See ckernels.h for what each is given.
struct ProductKernels<T: TensorElement>: Sendable {
    let pack:
        @Sendable (
            _ columns: Int, _ lines: Int, _ from: UnsafePointer<T>, _ step: Int, _ isTransposed: Int32,
            _ panels: UnsafeMutablePointer<T>
        ) -> Void
    let multiply:
        @Sendable (
            _ rows: Int, _ columns: Int, _ inner: Int, _ left: UnsafePointer<T>, _ leftStep: Int,
            _ panels: UnsafePointer<T>, _ bias: UnsafePointer<T>?, _ result: UnsafeMutablePointer<T>, _ resultStep: Int
        ) -> Void
    /// The product of two vectors of `count` elements.
    let dot: @Sendable (_ count: Int, _ a: UnsafePointer<T>, _ b: UnsafePointer<T>) -> T
}

extension ProductKernels<Float> {
    static var float32: Self {
        Self(
            pack: { ck_pack_f32($0, $1, $2, $3, $4, $5) },
            multiply: { ck_gemm_f32($0, $1, $2, $3, $4, $5, $6, $7, $8) },
            dot: { Float(preciseDot($0, $1, $2)) })
    }
}

extension ProductKernels<Double> {
    static var float64: Self {
        Self(
            pack: { ck_pack_f64($0, $1, $2, $3, $4, $5) },
            multiply: { ck_gemm_f64($0, $1, $2, $3, $4, $5, $6, $7, $8) },
            dot: { ck_dot_f64($0, $1, $2) })
    }
}

extension Tensor {
    /// Writes the product of this matrix and another, and a bias of its columns, to `result`, whose elements lie in order. Both are of type
    /// `T`. A row of the result depends on its row of this side only.
    func packedProduct<T>(
        _ other: Tensor, bias: Tensor? = nil, into result: Tensor, _ kernels: ProductKernels<T>, _ work: Work
    ) throws(Failure) {
        let left = try rowsWithoutGaps(work)
        let isTransposed = other.strides[0] == 1 && other.strides[1] >= other.shape[0]
        let packed = try (isTransposed ? other : other.rowsWithoutGaps(work))
            .packed(isTransposed: isTransposed, kernels, work)
        let (m, k, n) = (shape[0], shape[1], other.shape[1])
        let blocks = ProductBlocks(of: T.self, rows: m, columns: n, inner: k)
        try work.forEach(blocks.count) { index, _ in
            let (rows, columns) = blocks[index]
            let (row, column) = (rows.lowerBound, columns.lowerBound)
            kernels.multiply(
                rows.count, columns.count, k, left.pointer(T.self) + row * left.strides[0], left.strides[0],
                packed.pointer(T.self) + column * k, bias.map { $0.pointer(T.self) + column },
                result.pointer(T.self) + row * n + column, n)
        }
    }

    /// As `packedProduct` for an `other` of one column, which is packed in no way.
    func vectorProduct<T>(
        _ other: Tensor, into result: Tensor, _ kernels: ProductKernels<T>, _ work: Work
    ) throws(Failure) {
        let left = try rowsWithoutGaps(work)
        let right = try other.contiguous(work: work)
        let (m, k) = (shape[0], shape[1])
        let rows = max(1, (1 << 18) / k)
        try work.forEach((m + rows - 1) / rows) { block, _ in
            for row in block * rows..<min(m, (block + 1) * rows) {
                result.pointer(T.self)[row] = kernels.dot(
                    k, left.pointer(T.self) + row * left.strides[0], right.pointer(T.self))
            }
        }
    }

    private func rowsWithoutGaps(_ work: Work) throws(Failure) -> Tensor {
        strides[1] == 1 && strides[0] >= shape[1] ? self : try clone(work: work)
    }

    /// This matrix [k, n] packed for `multiply`: panels of as many columns as a cache line holds, one after the other, each of `k` lines. Its rows,
    /// or where it is transposed its columns, lie without gaps. In blocks of panels, or of lines where a panel is long.
    private func packed<T>(
        isTransposed: Bool, _ kernels: ProductKernels<T>, _ work: Work
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
            kernels.pack(
                min(panelsPerBlock * width, n - column), min(linesPerBlock, k - line),
                pointer(T.self) + (isTransposed ? column * step + line : line * step + column), step,
                isTransposed ? 1 : 0, result.pointer(T.self) + column * k + line * width)
        }
        return result
    }
}

/// In float64: eight running sums, added up in one fixed order.
private func preciseDot(_ count: Int, _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>) -> Double {
    var (s0, s1, s2, s3, s4, s5, s6, s7) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    var i = 0
    while i + 8 <= count {
        s0 += Double(a[i]) * Double(b[i])
        s1 += Double(a[i + 1]) * Double(b[i + 1])
        s2 += Double(a[i + 2]) * Double(b[i + 2])
        s3 += Double(a[i + 3]) * Double(b[i + 3])
        s4 += Double(a[i + 4]) * Double(b[i + 4])
        s5 += Double(a[i + 5]) * Double(b[i + 5])
        s6 += Double(a[i + 6]) * Double(b[i + 6])
        s7 += Double(a[i + 7]) * Double(b[i + 7])
        i += 8
    }
    var rest = 0.0
    while i < count {
        rest += Double(a[i]) * Double(b[i])
        i += 1
    }
    return ((s0 + s4) + (s1 + s5)) + ((s2 + s6) + (s3 + s7)) + rest
}
