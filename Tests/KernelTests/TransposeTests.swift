import CKernels
import Testing

/// Every element arrives in its place and nothing beside them is touched, whatever the sizes and the strides.
@Test(arguments: [0, 1, 3, 4, 5, 15, 16, 17, 33, 64], [0, 1, 2, 4, 7, 16, 18, 40])
func transposesPutEveryElementInItsPlace(rows: Int, columns: Int) {
    let (from, to) = (columns + 3, rows + 5)
    let source = (0..<max(rows * from, 1)).map(Float.init)
    var target = [Float](repeating: -1, count: max(columns * to, 1))
    ck_transpose_f32(rows, columns, source, from, &target, to)
    for j in 0..<columns {
        for i in 0..<to { #expect(target[j * to + i] == (i < rows ? source[i * from + j] : -1)) }
    }
}
