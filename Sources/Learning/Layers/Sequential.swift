import Support
import Tensors

/// Layers one after the other.
public final class Sequential: Layer, @unchecked Sendable {
    private let parts: [Layer]

    /// The layers in order.
    public init(_ parts: [Layer]) { self.parts = parts }

    public override var kind: String { "sequential" }
    public override var words: String { "sequential{\(parts.map(\.words).joined(separator: ", "))}" }
    public override var children: [(name: String, layer: Layer)] {
        parts.enumerated().map { (String($0 + 1), $1) }
    }

    public override func forward(_ inputs: [Tensor], _ recorder: Recorder) throws(Failure) -> Tensor {
        var x = try single(inputs)
        for part in parts {
            try recorder.work.cancellation.check()
            x = try part.forward([x], recorder)
        }
        return x
    }
}
