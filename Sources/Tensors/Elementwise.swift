import Support

/// What is done to one element. A type rather than a closure, so that every loop is compiled for its operation.
protocol UnaryOperation<Input, Output>: Sendable {
    associatedtype Input: TensorElement
    associatedtype Output: TensorElement
    func apply(_ x: Input) -> Output
}

/// What is done to two elements.
protocol BinaryOperation<Input, Output>: Sendable {
    associatedtype Input: TensorElement
    associatedtype Output: TensorElement
    func apply(_ x: Input, _ y: Input) -> Output
}

/// A question about one element.
protocol ElementTest<Input>: Sendable {
    associatedtype Input: TensorElement
    func holds(_ x: Input) -> Bool
}

extension Tensor {
    /// The operation on every element; the tensor's dtype must be the operation's.
    func mapped<Op: UnaryOperation>(_ op: Op, work: Work) throws(Failure) -> Tensor {
        let result = try Tensor.uninitialized(shape, dtype: Op.Output.dtype)
        let walk = StridedWalk(shape: shape, strides)
        let step = walk.step.a
        try walk.run(work: work) { start, target, count in
            let x = pointer(Op.Input.self) + start.a
            let r = result.pointer(Op.Output.self) + target
            if step == 1 {
                for i in 0..<count { r[i] = op.apply(x[i]) }
            } else {
                for i in 0..<count { r[i] = op.apply(x[i &* step]) }
            }
        }
        return result
    }

    /// The operation on the elements of two tensors that have one shape and the operation's dtype.
    static func zipped<Op: BinaryOperation>(_ op: Op, _ a: Tensor, _ b: Tensor, work: Work) throws(Failure) -> Tensor {
        let result = try Tensor.uninitialized(a.shape, dtype: Op.Output.dtype)
        let walk = StridedWalk(shape: a.shape, a.strides, b.strides)
        let (stepA, stepB, _) = walk.step
        try walk.run(work: work) { start, target, count in
            let x = a.pointer(Op.Input.self) + start.a
            let y = b.pointer(Op.Input.self) + start.b
            let r = result.pointer(Op.Output.self) + target
            if stepA == 1, stepB == 1 {
                for i in 0..<count { r[i] = op.apply(x[i], y[i]) }
            } else if stepA == 1, stepB == 0 {
                let right = y[0]
                for i in 0..<count { r[i] = op.apply(x[i], right) }
            } else if stepA == 0, stepB == 1 {
                let left = x[0]
                for i in 0..<count { r[i] = op.apply(left, y[i]) }
            } else {
                for i in 0..<count { r[i] = op.apply(x[i &* stepA], y[i &* stepB]) }
            }
        }
        return result
    }

    /// Some element for which the test holds, the first in order if one thread walks; nil if there is none.
    func firstElement<Test: ElementTest>(_ test: Test, work: Work) throws(Failure) -> Test.Input? {
        let walk = StridedWalk(shape: shape, strides)
        let step = walk.step.a
        let found = FirstFinding()
        try walk.run(work: work) { start, target, count in
            let x = pointer(Test.Input.self) + start.a
            var any = false
            // No early exit within a run: the loop without one is the one that is vectorised.
            if step == 1 {
                for i in 0..<count where test.holds(x[i]) { any = true }
            } else {
                for i in 0..<count where test.holds(x[i &* step]) { any = true }
            }
            guard any else { return }
            for i in 0..<count where test.holds(x[i &* step]) { return found.note(target + i, start.a + i &* step) }
        }
        return found.position.map { pointer(Test.Input.self)[$0] }
    }
}
