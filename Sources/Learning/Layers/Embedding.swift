import Support
import Tensors

/// A row of a table for every whole number.
public final class Embedding: Layer, @unchecked Sendable {
    /// [count, dimension]
    public let weight: Trainable
    private let base: Int

    /// Rows of the standard normal distribution. `base` is the number of the first row, 0 or 1.
    public init(count: Int, dimension: Int, base: Int, seed: UInt64) throws(Failure) {
        try Trainable.checkSize([count, dimension])
        weight = try Trainable(Tensor.randn([count, dimension], seed: seed))
        self.base = base
    }

    public override var kind: String { "embedding" }
    public override var words: String { "embedding(\(weight.tensor.shape[0]), \(weight.tensor.shape[1]))" }
    public override var ownParameters: [(name: String, parameter: Trainable)] { [("weight", weight)] }
    public override var settings: JSON? {
        [
            "count": JSON(weight.tensor.shape[0]), "dimension": JSON(weight.tensor.shape[1]), "base": JSON(base),
        ]
    }

    public override func forward(_ inputs: [Tensor], _ recorder: Recorder) throws(Failure) -> Tensor {
        let numbers = try single(inputs)
        let count = weight.tensor.shape[0]
        var indices: [Int] = []
        indices.reserveCapacity(numbers.count)
        for (position, number) in try numbers.values(as: Double.self).enumerated() {
            guard let row = Int(exactly: number), row >= base, row - base < count else {
                let got = Int(exactly: number).map { String($0) } ?? "\(number)"
                throw .operation(
                    "\(words) has rows \(base) to \(base + count - 1), got \(got) at element \(position + 1)",
                    hint: base == 1 ? "token ids count from 0: make it with {base = 0}" : nil)
            }
            indices.append(row - base)
        }
        let rows = try recorder.rows(weight.tensor, indices)
        return try recorder.reshape(rows, numbers.shape + [weight.tensor.shape[1]])
    }
}
