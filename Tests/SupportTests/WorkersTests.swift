import Testing

@testable import Support

@Suite struct WorkersTests {
    @Test(arguments: [1, 2, 7])
    func everyIndexRunsOnce(threads: Int) throws {
        let counts = Locked([Int](repeating: 0, count: 1000))
        try Work(threads: threads).forEach(1000) { index, worker in
            counts.withLock { $0[index] += 1 }
        }
        #expect(counts.withLock { $0 } == [Int](repeating: 1, count: 1000))
    }

    @Test func lowestFailureIsThrown() {
        #expect(throws: Failure.operation("5")) {
            try Work(threads: 4).forEach(100) { index, _ throws(Failure) in
                if index == 5 { throw .operation("\(index)") }
            }
        }
    }

    @Test func cancellationStops() {
        let work = Work(threads: 2)
        work.cancellation.cancel()
        #expect(throws: Failure.cancelled) { try work.forEach(10) { _, _ in } }
    }
}
