import Support
import Testing

@testable import Tensors

/// An operation on a view gives what it gives on a copy with elements in order.
@Suite struct ViewTests {
    private struct Maker {
        var generator: SeededGenerator

        /// A random tensor that is sliced, transposed and stepped at random.
        mutating func view(_ dtype: DType) throws -> Tensor {
            let rank = 1 + generator.below(3)
            let shape = (0..<rank).map { _ in 1 + generator.below(6) }
            var tensor = try Tensor.randint(-9, 9, shape, seed: generator.next()).to(dtype)
            for _ in 0..<3 {
                let dim = generator.below(rank)
                switch generator.below(3) {
                case 0: tensor = try tensor.transpose(dim, generator.below(rank))
                case 1 where tensor.shape[dim] > 1:
                    let from = generator.below(tensor.shape[dim])
                    tensor = try tensor.slice(dim, from..<from + 1 + generator.below(tensor.shape[dim] - from))
                default: break
                }
            }
            return tensor
        }
    }

    private func expectSame(_ a: Tensor, _ b: Tensor, _ words: String) throws {
        #expect(a.shape == b.shape && a.dtype == b.dtype, "\(words)")
        #expect(try a.values(as: Double.self) == b.values(as: Double.self), "\(words)")
    }

    @Test(arguments: DType.allCases)
    func viewsComputeLikeCopies(_ dtype: DType) throws {
        var maker = Maker(generator: SeededGenerator(seed: 7))
        for round in 0..<60 {
            let view = try maker.view(dtype)
            let copy = try view.clone()
            #expect(copy.isContiguous)
            let words = "round \(round), shape \(view.shape), strides \(view.strides)"
            try expectSame(view, copy, words)
            try expectSame(view.to(.float64), copy.to(.float64), words)
            try expectSame(view.apply(.abs), copy.apply(.abs), words)
            for dim in 0..<view.rank {
                try expectSame(view.sum(dim: dim), copy.sum(dim: dim), words)
                try expectSame(view.mean(dim: dim, keepdim: true), copy.mean(dim: dim, keepdim: true), words)
                try expectSame(view.extremes(.max, dim: dim).positions, copy.extremes(.max, dim: dim).positions, words)
                try expectSame(view.sorted(dim: dim).values, copy.sorted(dim: dim).values, words)
                try expectSame(view.cumulativeSum(dim: dim), copy.cumulativeSum(dim: dim), words)
                let row = try view.select(dim, 0)
                if dim == 0 {
                    let sum = try Tensor.combine(.add, .tensor(view), .tensor(row))
                    try expectSame(sum, Tensor.combine(.add, .tensor(copy), .tensor(row.clone())), words)
                }
            }
            let mask = try Tensor.compare(.gt, .tensor(view), .scalar(.integer(0)))
            try expectSame(view.masked(mask), copy.masked(mask), words)
            try expectSame(
                mask.choose(.tensor(view), .scalar(.integer(0))), mask.choose(.tensor(copy), .scalar(.integer(0))),
                words)
            try expectSame(view.reshape([-1]), copy.reshape([-1]), words)
            if view.rank == 2 {
                try expectSame(view.matmul(view.transposed()), copy.matmul(copy.transposed().clone()), words)
            }
        }
    }

    @Test(arguments: DType.allCases)
    func writesThroughViewsShow(_ dtype: DType) throws {
        var maker = Maker(generator: SeededGenerator(seed: 8))
        for _ in 0..<40 {
            let view = try maker.view(dtype)
            let before = try view.clone()
            let mask = try Tensor.compare(.gt, .tensor(view), .scalar(.integer(1)))
            try view.assign(.scalar(.integer(1)), where: mask)
            try expectSame(view, mask.choose(.scalar(.integer(1)), .tensor(before)).to(dtype), "\(view.shape)")
            let rows = try Tensor.stack([before.select(0, 0), before.select(0, before.shape[0] - 1)], dim: 0)
            if before.shape[0] > 1 {
                try view.assign(.tensor(rows), rows: [before.shape[0] - 1, 0])
                try expectSame(view.select(0, 0), before.select(0, before.shape[0] - 1), "rows")
                try expectSame(view.select(0, before.shape[0] - 1), before.select(0, 0), "rows")
            }
        }
    }

    @Test func overlappingAssignmentReadsFirst() throws {
        let tensor = try Tensor([1, 2, 3, 4, 5] as [Float], shape: [5])
        try tensor.slice(0, 1..<5).assign(.tensor(tensor.slice(0, 0..<4)))
        #expect(try tensor.values(as: Float.self) == [1, 1, 2, 3, 4])
    }

    @Test func borrowedMemoryIsCopiedOnceAtTheFirstWrite() throws {
        final class Owner {
            let memory = UnsafeMutableBufferPointer<Float>.allocate(capacity: 4)
            deinit { memory.deallocate() }
        }
        let owner = Owner()
        for index in 0..<4 { owner.memory[index] = Float(index) }
        let tensor = try Tensor(
            borrowing: UnsafeRawBufferPointer(owner.memory), from: owner, dtype: .float32, shape: [2, 2])
        let row = try tensor.select(0, 1)
        try row.assign(.scalar(.real(9)))
        #expect(try tensor.values(as: Float.self) == [0, 1, 9, 9])
        #expect(Array(owner.memory) == [0, 1, 2, 3])
        try tensor.assign(.scalar(.real(5)))
        #expect(try row.values(as: Float.self) == [5, 5])
    }

    @Test func stackAndConcatUndoSelection() throws {
        var maker = Maker(generator: SeededGenerator(seed: 9))
        for _ in 0..<30 {
            let view = try maker.view(.float32)
            for dim in 0..<view.rank {
                let parts = try (0..<view.shape[dim]).map { try view.select(dim, $0) }
                try expectSame(Tensor.stack(parts, dim: dim), view.clone(), "stack")
                let slices = try (0..<view.shape[dim]).map { try view.slice(dim, $0..<$0 + 1) }
                try expectSame(Tensor.concat(slices, dim: dim), view.clone(), "concat")
            }
        }
    }
}
