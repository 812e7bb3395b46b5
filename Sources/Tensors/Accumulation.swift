import Support

/// What an element adds to a float64 sum, given its group's centre.
protocol SumTerm<Input>: Sendable {
    associatedtype Input: TensorElement
    func term(_ x: Input, _ center: Double) -> Double
}

struct ElementTerm<T: NumericElement>: SumTerm {
    @inline(__always) func term(_ x: T, _ center: Double) -> Double { x.double }
}

struct SquareTerm<T: NumericElement>: SumTerm {
    // With a centre of zero the sum of squares, with the mean the sum of squared deviations.
    @inline(__always) func term(_ x: T, _ center: Double) -> Double {
        let deviation = x.double - center
        return deviation * deviation
    }
}

/// Sums in float64, whatever the dtype. Every sum is taken in blocks that depend on the shape alone, so it is the same to the bit
/// for any number of threads.
struct Accumulation<Term: SumTerm>: Sendable {
    let term: Term
    /// Contiguous, of the term's dtype.
    let source: Tensor
    let layout: ReductionLayout
    /// One float64 per group, or nil for zeros.
    let centers: Tensor?

    private static var blockLength: Int { 1 << 16 }
    private static var chunkColumns: Int { 2048 }

    /// One float64 sum per group: `outer` x `inner` of them.
    func sums(work: Work) throws(Failure) -> Tensor {
        let result = try Tensor.zeros([layout.outer * layout.inner], dtype: .float64)
        guard result.count > 0, layout.length > 0 else { return result }
        if layout.inner == 1 {
            try sumRows(into: result, work)
        } else {
            try sumColumns(into: result, work)
        }
        return result
    }

    private func sumRows(into result: Tensor, _ work: Work) throws(Failure) {
        let (outer, length) = (layout.outer, layout.length)
        let block = Self.blockLength
        let pieces = (length + block - 1) / block
        if pieces == 1 {
            let rowsPerBlock = block / length
            try work.forEach((outer + rowsPerBlock - 1) / rowsPerBlock) { index, _ in
                let target = result.pointer(Double.self)
                let values = source.pointer(Term.Input.self)
                for row in index * rowsPerBlock..<min(outer, (index + 1) * rowsPerBlock) {
                    target[row] = run(values + row * length, length, center(row))
                }
            }
            return
        }
        let partial = try Tensor.uninitialized([outer * pieces], dtype: .float64)
        try work.forEach(outer * pieces) { index, _ in
            let (row, from) = (index / pieces, index % pieces * block)
            let values = source.pointer(Term.Input.self) + row * length + from
            partial.pointer(Double.self)[index] = run(values, min(block, length - from), center(row))
        }
        withExtendedLifetime((partial, result)) {
            let values = partial.pointer(Double.self)
            for row in 0..<outer {
                var total = 0.0
                for piece in 0..<pieces { total += values[row * pieces + piece] }
                result.pointer(Double.self)[row] = total
            }
        }
    }

    private func sumColumns(into result: Tensor, _ work: Work) throws(Failure) {
        let (outer, length, inner) = (layout.outer, layout.length, layout.inner)
        let chunk = Self.chunkColumns
        let chunks = (inner + chunk - 1) / chunk
        // Few columns: rows in blocks as well. At most 64 blocks, so that their partial sums stay small.
        let blockRows = chunks > 1 ? length : max(Self.blockLength / inner, (length + 63) / 64)
        let blocks = (length + blockRows - 1) / blockRows
        let partial = blocks == 1 ? result : try Tensor.zeros([outer * blocks * inner], dtype: .float64)
        try work.forEach(outer * blocks * chunks) { index, _ in
            let columns = index % chunks * chunk
            let block = index / chunks % blocks
            let group = index / chunks / blocks
            let width = min(chunk, inner - columns)
            let target = partial.pointer(Double.self) + (group * blocks + block) * inner + columns
            let middle = centers.map { $0.pointer(Double.self) + group * inner + columns }
            for row in block * blockRows..<min(length, (block + 1) * blockRows) {
                let values = source.pointer(Term.Input.self) + (group * length + row) * inner + columns
                if let middle {
                    for j in 0..<width { target[j] += term.term(values[j], middle[j]) }
                } else {
                    for j in 0..<width { target[j] += term.term(values[j], 0) }
                }
                if row & 1023 == 1023, work.cancellation.isCancelled { return }
            }
        }
        guard blocks > 1 else { return }
        withExtendedLifetime((partial, result)) {
            let target = result.pointer(Double.self)
            let values = partial.pointer(Double.self)
            for group in 0..<outer {
                for block in 0..<blocks {
                    for j in 0..<inner { target[group * inner + j] += values[(group * blocks + block) * inner + j] }
                }
            }
        }
    }

    @inline(__always)
    private func center(_ group: Int) -> Double { centers?.pointer(Double.self)[group] ?? 0 }

    // Eight running sums, added up in one fixed order.
    private func run(_ values: UnsafePointer<Term.Input>, _ count: Int, _ center: Double) -> Double {
        var (s0, s1, s2, s3, s4, s5, s6, s7) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
        var i = 0
        while i + 8 <= count {
            s0 += term.term(values[i], center)
            s1 += term.term(values[i + 1], center)
            s2 += term.term(values[i + 2], center)
            s3 += term.term(values[i + 3], center)
            s4 += term.term(values[i + 4], center)
            s5 += term.term(values[i + 5], center)
            s6 += term.term(values[i + 6], center)
            s7 += term.term(values[i + 7], center)
            i += 8
        }
        var rest = 0.0
        while i < count {
            rest += term.term(values[i], center)
            i += 1
        }
        return ((s0 + s4) + (s1 + s5)) + ((s2 + s6) + (s3 + s7)) + rest
    }
}
