import Support
import Tensors

/// A function of every element, or of every row.
public final class Activation: Layer, @unchecked Sendable {
    /// Which function.
    public enum Function: String, CaseIterable, Sendable {
        case relu, tanh, sigmoid, gelu, softmax
    }

    private let function: Function

    /// A layer of that function.
    public init(_ function: Function) { self.function = function }

    public override var kind: String { function.rawValue }

    public override func forward(_ inputs: [Tensor], _ recorder: Recorder) throws(Failure) -> Tensor {
        let x = try single(inputs)
        return switch function {
        case .relu: try recorder.apply(.relu, x)
        case .tanh: try recorder.apply(.tanh, x)
        case .sigmoid: try recorder.apply(.sigmoid, x)
        case .gelu: try recorder.apply(.gelu, x)
        case .softmax: try recorder.softmax(x, dim: max(0, x.rank - 1))
        }
    }
}
