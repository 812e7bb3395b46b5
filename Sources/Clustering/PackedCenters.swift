import CKernels
import Support

/// Centres packed for one product that yields ‖c‖² − 2 x·c for a block of rows.
struct PackedCenters: Sendable {
    let count: Int
    let columns: Int
    private let packed: Scratch<Float>
    private let bias: Scratch<Float>

    /// `centers` holds `count` x `columns` values in row-major order.
    init(_ centers: UnsafePointer<Float>, count: Int, columns: Int) {
        self.count = count
        self.columns = columns
        packed = Scratch(count: ck_packed_count_f32(count, columns), repeating: 0)
        bias = Scratch(count: count, repeating: 0)
        let scaled = Scratch<Float>(count: count * columns, repeating: 0)
        for center in 0..<count {
            var square = 0.0
            for index in center * columns..<(center + 1) * columns {
                square += Double(centers[index]) * Double(centers[index])
                scaled.start[index] = -2 * centers[index]
            }
            bias[center] = Float(square)
        }
        ck_pack_f32(count, columns, scaled.start, columns, 1, packed.start)
    }

    /// ‖c‖² of one centre.
    func squaredNorm(_ center: Int) -> Float { bias[center] }

    /// Writes ‖c‖² − 2 x·c for each row of `range` (outer) and each centre (inner) to `scores`.
    func score(_ matrix: RowMatrix, _ range: Range<Int>, into scores: UnsafeMutablePointer<Float>) {
        ck_gemm_f32(
            range.count, count, columns, matrix.row(range.lowerBound), columns, packed.start, bias.start, scores, count)
    }
}

/// The position and value of the first smallest of `count` scores.
@inline(__always)
func smallest(_ scores: UnsafePointer<Float>, _ count: Int) -> (index: Int, value: Float) {
    var best = 0
    var value = scores[0]
    for index in 1..<max(count, 1) where scores[index] < value {
        value = scores[index]
        best = index
    }
    return (best, value)
}
