import Support
import Tensors
import Testing

@testable import Learning

/// The graph itself: what it keeps, frees, refuses.
@Suite struct BackwardTests {
    private let recorder = Recorder(Work(threads: 1))

    private func leaf(_ values: [Double]) throws -> Tensor {
        try Tensor(values, shape: [values.count]).requiringGradient()
    }

    private func gradient(_ tensor: Tensor) throws -> [Double]? {
        try tensor.gradNode?.gradient?.values(as: Double.self)
    }

    @Test func gradientsAddUp() throws {
        let x = try leaf([1, 2])
        for _ in 0..<2 { try recorder.sum(recorder.combine(.multiply, .tensor(x), .tensor(x))).backward() }
        #expect(try gradient(x) == [4, 8])
        x.gradNode?.clearGradient()
        #expect(try gradient(x) == nil)
    }

    /// y = x + x; z = y * y: both ways into y and out of x meet.
    @Test func waysThatMeetAreSummedBeforeTheyGoOn() throws {
        let x = try leaf([3])
        let y = try recorder.combine(.add, .tensor(x), .tensor(x))
        let z = try recorder.combine(.multiply, .tensor(y), .tensor(y))
        try recorder.combine(.add, .tensor(z), .tensor(y)).backward()
        #expect(try gradient(x) == [26])
    }

    /// The memory of a table's gradient is used again at the next step, but not while somebody has it.
    @Test(arguments: [DType.float32, .float64])
    func gradientsOfGatheredRowsAreTheirHoldersAlone(dtype: DType) throws {
        let x = try Tensor.zeros([3, 2], dtype: dtype).requiringGradient()
        func step(_ rows: [Int]) throws -> Tensor {
            x.gradNode?.clearGradient()
            try recorder.sum(recorder.rows(x, rows)).backward()
            return try #require(x.gradNode?.gradient)
        }
        let held = try step([0, 2, 2])
        let row = try step([1]).select(0, 1)
        #expect(try held.values(as: Double.self) == [1, 1, 0, 0, 2, 2])
        #expect(try step([2, 2]).values(as: Double.self) == [0, 0, 0, 0, 2, 2])
        #expect(try row.values(as: Double.self) == [1, 1])
        weak let before = try step([0]).storage
        let again = try step([1])
        #expect(again.storage === before)
        #expect(try again.values(as: Double.self) == [0, 0, 1, 1, 0, 0])
        // Two lookups in one step, added to what is there.
        try recorder.sum(
            recorder.combine(.add, .tensor(recorder.rows(x, [0, 1])), .tensor(recorder.rows(x, [1, 2])))
        ).backward()
        #expect(try x.gradNode?.gradient?.values(as: Double.self) == [1, 1, 3, 3, 1, 1])
    }

    @Test func gradientsOfTwoLeavesShareNoMemory() throws {
        let (a, b) = (try leaf([1]), try leaf([2]))
        try recorder.combine(.add, .tensor(a), .tensor(b)).backward()
        #expect(a.gradNode?.gradient?.storage !== b.gradNode?.gradient?.storage)
    }

    /// In a process of its own: memory is counted for all of it, and other tests hold some for a while.
    @Test func theTapeIsFreedAsItIsConsumed() async {
        await #expect(processExitsWith: .success) {
            let recorder = Recorder(Work(threads: 1))
            let before = NativeMemory.bytes
            let x = try Tensor.zeros([1000], dtype: .float64).requiringGradient()
            var y = x
            for _ in 0..<50 {
                y = try recorder.apply(.exp, recorder.combine(.multiply, .tensor(y), .scalar(.real(0.1))))
            }
            let loss = try recorder.sum(y)
            y = x
            #expect(NativeMemory.bytes - before > 700_000)
            try loss.backward()
            #expect(NativeMemory.bytes - before < 100_000)
            withExtendedLifetime(loss) {}
        }
    }

    @Test func aGraphNobodyHoldsIsFreed() throws {
        let x = try leaf([1])
        weak var node: GradNode?
        do {
            let y = try recorder.apply(.exp, recorder.apply(.exp, x))
            node = y.gradNode
            #expect(node != nil)
        }
        #expect(node == nil)
    }

    @Test func deepGraphsNeitherRecurseGoingBackNorEnding() throws {
        let x = try leaf([1])
        var y = x
        for _ in 0..<100_000 { y = try recorder.combine(.add, .tensor(y), .tensor(x)) }
        try y.backward()
        #expect(try gradient(x) == [100_001])
        var unused = x
        for _ in 0..<100_000 { unused = try recorder.negated(unused) }
        unused = x
    }

    @Test func asSecondWayBackNeedsTheTapeKept() throws {
        let x = try leaf([2])
        let y = try recorder.combine(.multiply, .tensor(x), .tensor(x))
        try y.backward(retaining: true)
        try y.backward()
        #expect(try gradient(x) == [8])
        #expect(throws: Failure.self) { try y.backward() }
        #expect(try gradient(x) == [8])
    }

    @Test func changesInPlaceAreNoticed() throws {
        let (x, factor) = (try leaf([2]), try Tensor([3.0], shape: [1]))
        let y = try recorder.combine(.multiply, .tensor(x), .tensor(factor))
        try factor.assign(.scalar(.real(5)))
        let failure = #expect(throws: Failure.self) { try y.backward() }
        #expect(failure?.problem.contains("changed in place") == true)
        #expect(try gradient(x) == nil)
        // Where the values are not needed, changing them is no harm.
        let z = try recorder.combine(.add, .tensor(x), .tensor(factor))
        try factor.assign(.scalar(.real(7)))
        try z.backward()
        #expect(try gradient(x) == [1])
    }

    @Test func aFailedWayBackChangesNoGradient() throws {
        let (a, b) = (try leaf([1, 2]), try leaf([3, 4]))
        let work = Work(threads: 1)
        let y = try recorder.sum(recorder.combine(.multiply, .tensor(a), .tensor(recorder.apply(.exp, b))))
        work.cancellation.cancel()
        #expect(throws: Failure.cancelled) { try y.backward(work: work) }
        #expect(try gradient(a) == nil && gradient(b) == nil)
    }

    @Test func whatCannotStartIsRefused() throws {
        #expect(throws: Failure.self) { try Tensor([1.0], shape: [1]).backward() }
        let x = try leaf([1, 2])
        #expect(throws: Failure.self) { try x.backward() }
        #expect(throws: Failure.self) { try x.backward(Tensor([1.0], shape: [1])) }
        let y = try recorder.apply(.exp, x)
        #expect(throws: Failure.self) { try y.requiringGradient() }
        #expect(throws: Failure.self) { try recorder.combine(.floorDivide, .tensor(x), .scalar(.integer(2))) }
    }

    @Test func nothingIsRecordedWithoutLeavesOrWhenTurnedOff() throws {
        var quiet = Work(threads: 1)
        quiet.recordsGradients = false
        #expect(try !Recorder(quiet).apply(.exp, leaf([1])).isTracked)
        #expect(try !recorder.apply(.exp, Tensor([1.0], shape: [1])).isTracked)
        #expect(try !leaf([1]).detached.isTracked)
    }
}
