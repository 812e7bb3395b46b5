import Support
import Testing

@testable import Tensors

/// The ends of number ranges, of memory and of patience.
@Suite struct LimitTests {
    private func values<T: TensorElement>(_ tensor: Tensor, _ type: T.Type) throws -> [T] {
        try tensor.values(as: type)
    }

    @Test func integerConversionIsExactOrRefused() throws {
        let large = try Tensor([Int64.max, Int64.min, 1 << 53 + 1], shape: [3])
        #expect(try large.to(.int64).values(as: Int64.self) == [Int64.max, Int64.min, 1 << 53 + 1])
        #expect(try Tensor([-2.9, 2.9, -0.5], shape: [3]).to(.int32).values(as: Int32.self) == [-2, 2, 0])
        let ends = try Tensor([-2_147_483_648.9, 2_147_483_647.9], shape: [2])
        #expect(try ends.to(.int32).values(as: Int32.self) == [Int32.min, Int32.max])
        for bad in [Double.nan, .infinity, -.infinity, 2_147_483_648, -2_147_483_649] {
            #expect(throws: Failure.self) { try Tensor([1, bad], shape: [2]).to(.int32) }
        }
        for bad in [Double.nan, .infinity, 0x1p63, -0x1.8p63] {
            #expect(throws: Failure.self) { try Tensor([1, bad], shape: [2]).to(.int64) }
            #expect(throws: Failure.self) { try Tensor([1, Float(bad)], shape: [2]).to(.int64) }
        }
        #expect(try Tensor([-0x1p63], shape: [1]).to(.int64).values(as: Int64.self) == [Int64.min])
        #expect(throws: Failure.self) { try Tensor([Int64(1) << 31], shape: [1]).to(.int32) }
    }

    @Test func integerArithmeticWrapsAndDividesLikeLua() throws {
        let a = try Tensor([Int64.max, Int64.min, -7, 7], shape: [4])
        let one = Operand.scalar(.integer(1))
        #expect(try Tensor.combine(.add, .tensor(a), one).values(as: Int64.self) == [Int64.min, Int64.min + 1, -6, 8])
        let divisor = Operand.scalar(.integer(-1))
        #expect(
            try Tensor.combine(.floorDivide, .tensor(a), divisor).values(as: Int64.self) == [
                -Int64.max, Int64.min, 7, -7,
            ])
        #expect(try Tensor.combine(.modulo, .tensor(a), divisor).values(as: Int64.self) == [0, 0, 0, 0])
        #expect(
            try Tensor.combine(.floorDivide, .tensor(a), .scalar(.integer(2))).values(as: Int64.self)[2...] == [-4, 3])
        #expect(try a.negated().values(as: Int64.self) == [-Int64.max, Int64.min, 7, -7])
        for operation in [ArithmeticOperation.floorDivide, .modulo] {
            #expect(throws: Failure.self) { try Tensor.combine(operation, .tensor(a), .scalar(.integer(0))) }
        }
    }

    @Test(arguments: [
        (5.5, -2.0), (-5.5, 2.0), (-5.5, -2.0), (5.5, .infinity), (-5.5, .infinity), (5.5, -.infinity), (0.0, 3.0),
        (1.0, 0.0), (.infinity, 2.0), (-6.0, 3.0),
    ])
    func floatModuloIsLuas(_ a: Double, _ b: Double) throws {
        // a - floor(a / b) * b where that is exact; towards an infinite divisor a stays or becomes that infinity.
        let expected: Double =
            if b.isInfinite { (a < 0) == (b < 0) || a == 0 ? a : b } else if b == 0 || a.isInfinite { .nan } else {
                a - (a / b).rounded(.down) * b
            }
        let result = try Tensor.combine(.modulo, .tensor(Tensor([a], shape: [1])), .scalar(.real(b))).item().double
        #expect(result == expected || result.isNaN && expected.isNaN)
    }

    @Test func integerSumsAreExactOrRefused() throws {
        // In between, the sum does not fit 64 bits; at the end it does.
        let swing = try Tensor([Int64.max, Int64.max, Int64.min, Int64.min, 5], shape: [5])
        #expect(try swing.sum() == .integer(3))
        let over = try Tensor([Int64.max, 1], shape: [2])
        #expect(throws: Failure.self) { try over.sum() }
        #expect(throws: Failure.self) { try over.sum(dim: 0) }
        #expect(throws: Failure.self) { try over.cumulativeSum(dim: 0) }
        #expect(try Tensor([true, true, false], shape: [3]).sum() == .integer(2))
    }

    @Test func float32SumsAreTakenInFloat64() throws {
        let tensor = try Tensor.full([1 << 20], .real(0.1), dtype: .float32)
        let exact = Double(Float(0.1)) * Double(1 << 20)
        #expect(abs(try tensor.sum().double - exact) < 1e-6)
        #expect(abs(try tensor.mean() - Double(Float(0.1))) < 1e-15)
    }

    @Test func memoryBeyondTheMachineIsRefused() throws {
        for shape in [[1 << 38], [1 << 20, 1 << 20], [Int.max], [0, Int.max, Int.max], [-1]] {
            #expect(throws: Failure.self) { try Tensor.zeros(shape) }
        }
        let failure = #expect(throws: Failure.self) { try Tensor.zeros([1 << 40]) }
        #expect(failure?.kind == .memory)
        let tall = try Tensor.zeros([1 << 15, 1])
        #expect(throws: Failure.self) {
            try Tensor.combine(.add, .tensor(tall.broadcast(to: [1 << 15, 1 << 30])), .scalar(.integer(1)))
        }
    }

    /// In a process of its own: other tests' tensors are counted, too.
    @Test func nativeMemoryIsCounted() async {
        await #expect(processExitsWith: .success) {
            let before = NativeMemory.bytes
            let tensor = try Tensor.zeros([1 << 24], dtype: .bool)
            #expect(NativeMemory.bytes - before >= 1 << 24)
            withExtendedLifetime(tensor) {}
        }
    }

    @Test func threadsDoNotChangeResults() throws {
        let tensor = try Tensor.randn([700, 300], seed: 3)
        let long = try Tensor.randn([300_000], seed: 4)
        func results(_ threads: Int) throws -> [[Double]] {
            let work = Work(threads: threads)
            return [
                [try long.sum(work: work).double, try long.variance(work: work), try long.norm(work: work)],
                try tensor.sum(dim: 0, work: work).values(as: Double.self),
                try tensor.variance(dim: 1, work: work).values(as: Double.self),
                try tensor.matmul(tensor.transposed(), work: work).values(as: Double.self),
                try Tensor.randn([40_000], seed: 5, work: work).values(as: Double.self),
                try long.sorted(dim: 0, work: work).values.values(as: Double.self),
            ]
        }
        let one = try results(1)
        #expect(try results(2) == one)
        #expect(try results(5) == one)
    }

    @Test func cancelledWorkStops() throws {
        let work = Work()
        work.cancellation.cancel()
        let tensor = try Tensor.zeros([64, 64])
        #expect(throws: Failure.cancelled) { try Tensor.combine(.add, .tensor(tensor), .tensor(tensor), work: work) }
        #expect(throws: Failure.cancelled) { try tensor.sum(dim: 0, work: work) }
        #expect(throws: Failure.cancelled) { try tensor.matmul(tensor, work: work) }
        #expect(throws: Failure.cancelled) { try tensor.sorted(dim: 0, work: work) }
    }

    @Test func randomNumbersAreWhatTheySay() throws {
        let uniform = try Tensor.rand([20_000], seed: 1)
        #expect(try uniform.extreme(.min).double >= 0)
        #expect(try uniform.extreme(.max).double < 1)
        #expect(abs(try uniform.mean() - 0.5) < 0.01)
        let normal = try Tensor.randn([20_000], seed: 1, dtype: .float64)
        #expect(abs(try normal.mean()) < 0.03)
        #expect(abs(try normal.standardDeviation() - 1) < 0.03)
        let dice = try Tensor.randint(1, 6, [6000], seed: 1)
        for face in 1...6 {
            let share = try Tensor.compare(.eq, .tensor(dice), .scalar(.integer(Int64(face)))).sum()
            #expect(abs(share.double - 1000) < 120)
        }
        #expect(try Tensor.randint(.min / 2, .max / 2 - 1, [9], seed: 1).count == 9)
        #expect(throws: Failure.self) { try Tensor.randint(.min, .max, [1], seed: 1) }
    }
}
