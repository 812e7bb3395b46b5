import CKernels
import Support
import Tensors

extension Recorder {
    /// The function of every element.
    public func apply(_ function: MathFunction, _ x: Tensor) throws(Failure) -> Tensor {
        if function == .gelu, x.dtype == .float32 { return try activation(CK_GELU, x) }
        let input = x.detached
        let result = try input.apply(function, work: work)
        guard records(x) else { return result }
        return record(function.rawValue, result, from: x, keeping: [input, result]) { (g, work) throws(Failure) in
            try g.times(derivativeOf: function, at: input, output: result, work: work)
        }
    }

    /// Elements below `low` raised to it, above `high` lowered to it. Gradients pass where an element stayed.
    public func clamp(_ x: Tensor, _ low: Scalar?, _ high: Scalar?) throws(Failure) -> Tensor {
        let input = x.detached
        let result = try input.clamp(low, high, work: work)
        return record("clamp", result, from: x, keeping: [input, result]) { (g, work) throws(Failure) in
            let stayed = try Tensor.compare(.eq, .tensor(input), .tensor(result), work: work)
            return try stayed.choose(.tensor(g), .scalar(.integer(0)), work: work)
        }
    }

    /// Elements of `a` where `mask` is true, of `b` elsewhere.
    public func choose(_ mask: Tensor, _ a: Operand, _ b: Operand) throws(Failure) -> Tensor {
        let result = try mask.choose(a.detached, b.detached, work: work)
        guard work.recordsGradients, a.isTracked || b.isTracked else { return result }
        let inputs = [a, b].compactMap { $0.isTracked ? $0.tensor : nil }
        let (wantsA, wantsB) = (a.isTracked, b.isTracked)
        return record("where", result, from: inputs, keeping: [mask]) { (g, work) throws(Failure) in
            var gradients: [Tensor?] = []
            if wantsA { gradients.append(try mask.choose(.tensor(g), .scalar(.integer(0)), work: work)) }
            if wantsB { gradients.append(try mask.choose(.scalar(.integer(0)), .tensor(g), work: work)) }
            return gradients
        }
    }
}
