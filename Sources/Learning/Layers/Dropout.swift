import Support
import Tensors

/// Elements set to 0 at random while training, the others scaled so that their expected sum stays.
public final class Dropout: Layer, @unchecked Sendable {
    private let rate: Double
    private let seed: UInt64
    private var count: UInt64 = 0

    /// Drops a share of `rate`, 0 to 1.
    public init(rate: Double, seed: UInt64) {
        (self.rate, self.seed) = (rate, seed)
    }

    public override var kind: String { "dropout" }
    public override var words: String { "dropout(\(rate))" }
    public override var settings: JSON? { ["rate": .double(rate), "seed": JSON(String(seed))] }
    public override var draws: UInt64 {
        get { count }
        set { count = newValue }
    }

    public override func forward(_ inputs: [Tensor], _ recorder: Recorder) throws(Failure) -> Tensor {
        let x = try single(inputs)
        guard isTraining, rate > 0 else { return x }
        count += 1
        var generator = SeededGenerator(seed: seed, stream: count)
        return try recorder.dropout(recorder.convert(x, to: x.dtype.fractional), rate: rate, seed: generator.next())
    }
}
