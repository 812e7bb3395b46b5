import CKernels
import Support

extension Tensor {
    /// Writes the product of two float64 matrices to `result`, by the processor's widest vectors. A row of it depends on its row of the left
    /// side only.
    func doubleProduct(_ other: Tensor, into result: Tensor, _ work: Work) throws(Failure) {
        let left = strides[1] == 1 && strides[0] >= shape[1] ? self : try clone(work: work)
        let (m, k, n) = (shape[0], shape[1], other.shape[1])
        if n == 1 {
            let right = try other.contiguous(work: work)
            let rows = max(1, (1 << 18) / k)
            try work.forEach((m + rows - 1) / rows) { block, _ in
                for row in block * rows..<min(m, (block + 1) * rows) {
                    result.pointer(Double.self)[row] = ck_dot_f64(
                        k, left.pointer(Double.self) + row * left.strides[0], right.pointer(Double.self))
                }
            }
            return
        }
        let isTransposed = other.strides[0] == 1 && other.strides[1] >= k
        let isPlain = other.strides[1] == 1 && other.strides[0] >= n
        let right = isTransposed || isPlain ? other : try other.clone(work: work)
        let packed = try right.packed(Double.self, isTransposed: isTransposed, work: work) {
            ck_pack_f64($0, $1, $2, $3, $4, $5)
        }
        let blocks = ProductBlocks(of: Double.self, rows: m, columns: n, inner: k)
        try work.forEach(blocks.count) { index, _ in
            let (rows, columns) = blocks[index]
            let (row, column) = (rows.lowerBound, columns.lowerBound)
            ck_gemm_f64(
                rows.count, columns.count, k, left.pointer(Double.self) + row * left.strides[0], left.strides[0],
                packed.pointer(Double.self) + column * k, nil, result.pointer(Double.self) + row * n + column, n)
        }
    }
}
