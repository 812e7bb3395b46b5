import Support
import Testing

@Suite struct BlocksTests {
    private let length = Work.blockLength

    @Test func blocksMakeUpTheWholeInOrder() throws {
        for count in [-1, 0, 1, length, length + 1, 3 * length - 1] {
            var next = 0
            try Work().inBlocks(count) { range in
                #expect(range.lowerBound == next && range.count <= length)
                next = range.upperBound
            }
            #expect(next == max(0, count))
        }
        var ends: [Int] = []
        try Work().inBlocks(7, of: 3) { ends.append($0.upperBound) }
        #expect(ends == [3, 6, 7])
    }

    @Test func piecesOfRowsMakeUpTheWholeInOrder() throws {
        for (rows, width) in [(0, 5), (5, 0), (3, 1), (length + 5, 1), (3, length - 1), (2, 2 * length + 1)] {
            var next = 0
            try Work().inBlocks(rows: rows, width: width) { row, columns in
                #expect(row * width + columns.lowerBound == next && columns.count <= length)
                next = row * width + columns.upperBound
            }
            #expect(next == rows * width)
        }
    }

    @Test func noMoreThanABlockIsWalkedAfterACancellation() throws {
        /// Elements walked after the cancellation at the thousandth.
        func late(_ walk: (Work, (Int) -> Void) throws -> Void) -> Int {
            let work = Work(cancellation: Cancellation())
            var seen = 0
            #expect(throws: Failure.cancelled) {
                try walk(work) { _ in
                    seen += 1
                    if seen == 1000 { work.cancellation.cancel() }
                }
            }
            return seen - 1000
        }
        let count = 4 * length
        #expect(late { work, visit in try work.inBlocks(count) { $0.forEach(visit) } } < length)
        #expect(
            late { work, visit in try work.inBlocks(rows: count, width: 1) { _, part in part.forEach(visit) } } < length
        )
        #expect(
            late { work, visit in try work.inBlocks(rows: 1, width: count) { _, part in part.forEach(visit) } } < length
        )
        #expect(
            late { work, visit in
                _ = try work.array(count) { (index) -> Int in
                    visit(index)
                    return index
                }
            } < length)
        #expect(
            late { work, visit in
                _ = try work.indices(below: count) {
                    visit($0)
                    return false
                }
            } < length)
        #expect(
            late { work, visit in
                _ = try work.firstIndex(below: count) {
                    visit($0)
                    return false
                }
            } < length)
    }

    @Test func arraysAndIndicesAreThoseOfPlainLoops() throws {
        let count = 2 * length + 3
        let numbers = try Work().array(count) { $0 * 7 % 5 }
        #expect(numbers == (0..<count).map { $0 * 7 % 5 })
        #expect(try numbers.withUnsafeBufferPointer { (part) throws(Failure) in try Work().array(part) } == numbers)
        #expect(try Work().indices(below: count) { numbers[$0] == 3 } == numbers.indices.filter { numbers[$0] == 3 })
        #expect(try Work().firstIndex(below: count) { $0 > length + 1 } == length + 2)
        #expect(try Work().firstIndex(below: count) { $0 > count } == nil)
        #expect(try Work().array(0) { $0 }.isEmpty)
        #expect(throws: Failure.operation("7")) {
            try Work().array(10) { (index) throws(Failure) -> Int in
                if index == 7 { throw .operation("7") }
                return index
            }
        }
    }
}
