import Support

/// Up to three operands walked together in the row-major order of one shape. Dimensions are merged where every operand's strides
/// allow it, so that what is contiguous becomes one long run.
struct StridedWalk: Sendable {
    /// Positions of the three operands, in elements from each one's first.
    typealias Positions = (a: Int, b: Int, c: Int)

    /// Elements in one run, and how far apart they lie in each operand.
    let inner: Int
    let step: Positions
    private let rows: Int
    private let outer: [(size: Int, step: Positions)]

    /// Elements a block holds: large enough to be worth a thread, small enough to stop quickly.
    static let blockElements = 1 << 17

    /// A walk over `shape`; operands that are left out count as single values.
    init(shape: [Int], _ a: [Int], _ b: [Int] = [], _ c: [Int] = []) {
        var merged: [(size: Int, step: Positions)] = []
        for dim in shape.indices.reversed() where shape[dim] != 1 {
            let step: Positions = (a[dim], b.isEmpty ? 0 : b[dim], c.isEmpty ? 0 : c[dim])
            if let last = merged.last, step.a == last.step.a * last.size, step.b == last.step.b * last.size,
                step.c == last.step.c * last.size
            {
                merged[merged.count - 1].size *= shape[dim]
            } else {
                merged.append((shape[dim], step))
            }
        }
        let first = merged.first ?? (size: 1, step: (1, 1, 1))
        inner = first.size
        step = first.step
        outer = Array(merged.dropFirst().reversed())
        rows = first.size == 0 ? 0 : outer.reduce(1) { $0 * $1.size }
    }

    /// Calls `body` for every run of elements: where it starts in each operand, where in the row-major result, how long it is.
    func run(
        work: Work, _ body: @Sendable (_ start: Positions, _ result: Int, _ count: Int) -> Void
    ) throws(Failure) {
        guard rows > 0 else { return }
        let block = StridedWalk.blockElements
        if inner > block {
            let pieces = (inner + block - 1) / block
            try work.forEach(rows * pieces) { index, _ in
                let row = index / pieces
                let from = index % pieces * block
                let start = position(row)
                body(
                    (start.a + from * step.a, start.b + from * step.b, start.c + from * step.c),
                    row * inner + from, min(block, inner - from))
            }
        } else {
            let rowsPerBlock = block / inner
            try work.forEach((rows + rowsPerBlock - 1) / rowsPerBlock) { index, _ in
                walk(index * rowsPerBlock..<min(rows, (index + 1) * rowsPerBlock), body)
            }
        }
    }

    private func walk(_ range: Range<Int>, _ body: (Positions, Int, Int) -> Void) {
        var index = [Int](repeating: 0, count: outer.count)
        var rest = range.lowerBound
        for dim in outer.indices.reversed() {
            index[dim] = rest % outer[dim].size
            rest /= outer[dim].size
        }
        var at = position(range.lowerBound)
        for row in range {
            body(at, row * inner, inner)
            var dim = outer.count - 1
            while dim >= 0 {
                let (size, step) = outer[dim]
                index[dim] += 1
                at = (at.a + step.a, at.b + step.b, at.c + step.c)
                if index[dim] < size { break }
                at = (at.a - size * step.a, at.b - size * step.b, at.c - size * step.c)
                index[dim] = 0
                dim -= 1
            }
        }
    }

    private func position(_ row: Int) -> Positions {
        var rest = row
        var at: Positions = (0, 0, 0)
        for (size, step) in outer.reversed() {
            let index = rest % size
            rest /= size
            at = (at.a + index * step.a, at.b + index * step.b, at.c + index * step.c)
        }
        return at
    }
}
