import Support
import Tensors
import Testing

@testable import Learning

@Suite struct OptimiserTests {
    private func leaf(_ value: Double, _ gradient: Double) throws -> Tensor {
        let leaf = try Tensor([value], shape: [1]).requiringGradient()
        try leaf.backward(Tensor([gradient], shape: [1]))
        return leaf
    }

    /// Adam's first step is lr against the gradient's sign, whatever its size: m / (1 - b1) over the root of v / (1 - b2) is ±1.
    @Test(arguments: [0.001, 5.0, -300])
    func firstStepOfAdam(gradient: Double) throws {
        let w = try leaf(1, gradient)
        let method = Optimiser.Method.adam(betas: (0.9, 0.999), eps: 0, decouples: false)
        try Optimiser([w], method: method, rate: 0.1).step()
        #expect(try abs(w.item().double - (1 - 0.1 * (gradient < 0 ? -1 : 1))) < 1e-12)
    }

    @Test func parametersWithoutGradientStay() throws {
        let (a, b) = (try leaf(1, 2), try Tensor([5.0], shape: [1]).requiringGradient())
        let optimiser = try Optimiser([a, b], method: .sgd(momentum: 0.9, isNesterov: false), rate: 0.5)
        try optimiser.step()
        #expect(try a.item().double == 0 && b.item().double == 5)
        optimiser.zeroGradients()
        try optimiser.step()
        #expect(try a.item().double == 0)
    }

    @Test func aStoppedStepMovesNothing() throws {
        let w = try leaf(1, 2)
        let work = Work(threads: 1)
        work.cancellation.cancel()
        let optimiser = try Optimiser([w], method: .sgd(momentum: 0, isNesterov: false), rate: 0.5)
        #expect(throws: Failure.cancelled) { try optimiser.step(work: work) }
        #expect(try w.item().double == 1 && optimiser.steps == 0)
    }

    @Test func aStepOfAdamIsTheSameOnAnyThreadsAndNothingStopsIt() throws {
        // More than two blocks, the last one short.
        let count = 3 * (1 << 16) / 2 + (1 << 16) + 5
        let start = try Tensor.randn([count], seed: 1), slopes = try Tensor.randn([count], seed: 2)
        let method = Optimiser.Method.adam(betas: (0.9, 0.999), eps: 1e-8, decouples: true)
        func moved(_ threads: Int) throws -> [UInt32] {
            let leaf = try start.clone().requiringGradient()
            leaf.gradNode?.gradient = slopes
            let optimiser = try Optimiser([leaf], method: method, rate: 0.01, weightDecay: 0.1)
            let stopped = Cancellation()
            stopped.cancel()
            let before = Cancellation.replacePresent(with: stopped)
            let result = Result {
                for _ in 0..<2 { try optimiser.step(work: Work(threads: threads, cancellation: Cancellation())) }
            }
            Cancellation.replacePresent(with: before)
            try result.get()
            return try leaf.detached.values(as: Float.self).map(\.bitPattern)
        }
        let one = try moved(1)
        #expect(try moved(2) == one && moved(3) == one)
    }

    @Test func whatCannotLearnIsRefused() throws {
        let method = Optimiser.Method.sgd(momentum: 0, isNesterov: false)
        #expect(throws: Failure.self) { try Optimiser([], method: method, rate: 1) }
        #expect(throws: Failure.self) { try Optimiser([Tensor([1.0], shape: [1])], method: method, rate: 1) }
    }

    @Test func clippingKeepsTheDirection() throws {
        let (a, b) = (try leaf(0, 3), try leaf(0, 4))
        #expect(try clipGradients([a, b], greatest: 10) == 5)
        #expect(try a.gradNode?.gradient?.item().double == 3)
        #expect(try clipGradients([a, b], greatest: 1) == 5)
        #expect(try abs((b.gradNode?.gradient?.item().double ?? 0) - 0.8) < 1e-6)
    }

    @Test func schedules() {
        let linear = Schedule(.linear, warmup: 2, total: 6)
        #expect((0..<8).map(linear.factor) == [0.5, 1, 1, 0.75, 0.5, 0.25, 0, 0])
        let cosine = Schedule(.cosine, warmup: 0, total: 4)
        #expect(zip((0..<5).map(cosine.factor), [1, 0.853553, 0.5, 0.146447, 0]).allSatisfy { abs($0 - $1) < 1e-6 })
        #expect((0..<3).map(Schedule(.constant, warmup: 1, total: 1).factor) == [1, 1, 1])
    }
}
