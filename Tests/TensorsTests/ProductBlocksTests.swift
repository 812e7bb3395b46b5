import Testing

@testable import Tensors

@Suite struct ProductBlocksTests {
    @Test(arguments: [(1, 1, 1), (1, 1536, 384), (97, 65, 3), (670, 1536, 384), (12, 7, 100_000), (2000, 300, 2)])
    func `Every element is in one block`(rows: Int, columns: Int, inner: Int) {
        let blocks = ProductBlocks(of: Float.self, rows: rows, columns: columns, inner: inner)
        var times = [Int](repeating: 0, count: rows * columns)
        for index in 0..<blocks.count {
            let block = blocks[index]
            #expect(block.columns.lowerBound % 64 == 0)
            #expect(block.rows.count * block.columns.count * inner <= max(10_000_000, 96 * 64 * inner))
            for row in block.rows { for column in block.columns { times[row * columns + column] += 1 } }
        }
        #expect(times.allSatisfy { $0 == 1 })
    }

    @Test func `Small products are one block, large ones many`() {
        #expect(ProductBlocks(of: Float.self, rows: 1, columns: 1536, inner: 384).count == 1)
        #expect(ProductBlocks(of: Float.self, rows: 16, columns: 384, inner: 384).count == 1)
        #expect(ProductBlocks(of: Float.self, rows: 256, columns: 128, inner: 64).count == 1)
        #expect(ProductBlocks(of: Float.self, rows: 100_000, columns: 10, inner: 384).count == 39)
        #expect(ProductBlocks(of: Float.self, rows: 1, columns: 100_000, inner: 1000).count > 2)
        #expect(ProductBlocks(of: Float.self, rows: 0, columns: 10, inner: 10).count == 0)
        #expect(ProductBlocks(of: Float.self, rows: 10, columns: 0, inner: 10).count == 0)
    }
}
