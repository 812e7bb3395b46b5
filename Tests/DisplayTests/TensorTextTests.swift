import Tensors
import Testing

@testable import Display

@Suite struct TensorTextTests {
    private func text(_ values: [Double], _ shape: [Int], _ dtype: DType = .float32, width: Int = 80) throws -> String {
        try Tensor(values, shape: shape).to(dtype).text(width: width)
    }

    @Test func numbersLineUp() throws {
        #expect(
            try text([1.5, -20, 3.25, 0], [2, 2]) == """
                tensor [2, 2] float32
                    1.50  -20.00
                    3.25    0.00
                """)
    }

    @Test func wholeNumbersHaveNoDecimals() throws {
        #expect(try text([1, 2, -3], [3], .float64) == "tensor [3] float64\n   1   2  -3")
        #expect(try text([1, 0], [2], .bool) == "tensor [2] bool\n   true  false")
        #expect(try text([1e6, 7], [2], .int64) == "tensor [2] int64\n  1000000        7")
    }

    @Test func decimalsStopAtFour() throws {
        #expect(try text([0.1, 1.0 / 3], [2]) == "tensor [2] float32\n  0.1000  0.3333")
    }

    @Test func extremesAreScientific() throws {
        #expect(try text([1e-9, 2.5e-8], [2], .float64) == "tensor [2] float64\n  1.0e-09  2.5e-08")
        #expect(try text([1e30, 1], [2], .float64) == "tensor [2] float64\n  1.0e+30  1.0e+00")
    }

    @Test func namesWhatIsNoNumber() throws {
        #expect(
            try text([.nan, .infinity, -.infinity, 1], [4]) == "tensor [4] float32\n   nan   inf  -inf     1")
    }

    @Test func singleAndEmpty() throws {
        #expect(try text([2.5], []) == "tensor [] float32\n2.5")
        #expect(try text([], [0, 3]) == "tensor [0, 3] float32\n(no elements)")
    }

    @Test func middleIsLeftOut() throws {
        let lines = try text((0..<5000).map(Double.init), [100, 50], .int64, width: 40).split(separator: "\n")
        #expect(lines.count == 12)
        #expect(lines[1] == "     0     1     2  …    47    48    49")
        #expect(lines[6] == "  …")
        #expect(lines[11] == "  4950  4951  4952  …  4997  4998  4999")
    }

    @Test func wideRowsFit() throws {
        for width in [20, 33, 80, 101] {
            let tensor = try Tensor.randn([3, 384], seed: 1)
            for line in tensor.text(width: width).split(separator: "\n") { #expect(line.count <= max(width, 25)) }
        }
    }

    @Test func matricesAreNumbered() throws {
        #expect(
            try text([1, 2, 3, 4, 5, 6, 7, 8], [2, 2, 2], .int32) == """
                tensor [2, 2, 2] int32
                [1]
                  1  2
                  3  4
                [2]
                  5  6
                  7  8
                """)
        let lines = try text((0..<32).map(Double.init), [16, 1, 2], .int32).split(separator: "\n")
        #expect(lines.count == 1 + 6 * 2 + 1)
        #expect(lines.last == "  30  31")
    }
}
