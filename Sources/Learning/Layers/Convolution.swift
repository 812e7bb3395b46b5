import Support
import Tensors

/// A convolution over pictures [n, c, h, w], or over sequences [n, c, l].
public final class Convolution: Layer, @unchecked Sendable {
    /// [outputs, inputs, kernel rows, kernel columns], or [outputs, inputs, kernel] over sequences.
    public let weight: Trainable
    /// [outputs]
    public let bias: Trainable
    private let window: Window
    private let dimensions: Int

    /// Weights and bias are drawn evenly from ±1 / sqrt(inputs x kernel size), as PyTorch does.
    ///
    /// - Parameter dimensions: 2 for pictures, 1 for sequences (kernel, step and border then have one row).
    public init(inputs: Int, outputs: Int, window: Window, dimensions: Int, seed: UInt64) throws(Failure) {
        var seeds = SeededGenerator(seed: seed)
        // Sizes that are fine each by itself may multiply to more than an integer holds.
        let seen = Double(inputs) * Double(window.height) * Double(window.width)
        let bound = 1 / max(1, seen).squareRoot()
        let kernel = dimensions == 2 ? [window.height, window.width] : [window.width]
        weight = try .uniform([outputs, inputs] + kernel, bound, &seeds)
        bias = try .uniform([outputs], bound, &seeds)
        self.window = window
        self.dimensions = dimensions
    }

    public override var kind: String { "conv\(dimensions)d" }
    public override var words: String {
        "\(kind)(\(weight.tensor.shape[1]), \(weight.tensor.shape[0]), \(window.kernelWords(dimensions)))"
    }
    public override var ownParameters: [(name: String, parameter: Trainable)] {
        [("weight", weight), ("bias", bias)]
    }
    public override var settings: JSON? {
        ["inputs": JSON(weight.tensor.shape[1]), "outputs": JSON(weight.tensor.shape[0]), "window": window.json]
    }

    public override func forward(_ inputs: [Tensor], _ recorder: Recorder) throws(Failure) -> Tensor {
        let given = try single(inputs)
        let x = try pictures(given, dimensions, recorder)
        let (outputs, channels) = (weight.tensor.shape[0], weight.tensor.shape[1])
        guard x.shape[1] == channels else {
            throw .operation("\(words) takes \(channels) channels as second size, got shape \(given.shape)")
        }
        let places = try placesOf(window, on: x, given)
        let columns = try recorder.windows(recorder.convert(x, to: weight.tensor.dtype), window)
        let kernel = try recorder.reshape(weight.tensor, [outputs, channels * window.height * window.width])
        let rows = try recorder.affine(columns, kernel, bias.tensor)
        let byPicture = try recorder.reshape(rows, [x.shape[0], places.rows * places.columns, outputs])
        let last = dimensions == 2 ? [places.rows, places.columns] : [places.columns]
        return try recorder.reshape(recorder.transpose(byPicture, 1, 2), [x.shape[0], outputs] + last)
    }
}

/// The greatest or the mean of what a window sees, for every channel apart.
public final class Pooling: Layer, @unchecked Sendable {
    private let window: Window
    private let dimensions: Int
    private let takesGreatest: Bool

    /// Over pictures [n, c, h, w] (2 dimensions) or sequences [n, c, l] (1). The border counts as 0 in a mean and is never the greatest.
    public init(window: Window, dimensions: Int, takesGreatest: Bool) {
        (self.window, self.dimensions, self.takesGreatest) = (window, dimensions, takesGreatest)
    }

    public override var kind: String { "\(takesGreatest ? "max" : "avg")_pool\(dimensions)d" }
    public override var words: String { "\(kind)(\(window.kernelWords(dimensions)))" }
    public override var settings: JSON? { ["window": window.json] }

    public override func forward(_ inputs: [Tensor], _ recorder: Recorder) throws(Failure) -> Tensor {
        let given = try single(inputs)
        let x = try pictures(given, dimensions, recorder)
        let places = try placesOf(window, on: x, given)
        // Channels apart: each is a picture of its own.
        let (count, channels) = (x.shape[0], x.shape[1])
        let apart = try recorder.reshape(x, [count * channels, 1, x.shape[2], x.shape[3]])
        let real = try recorder.convert(apart, to: x.dtype.fractional)
        let seen = try recorder.windows(real, window, fill: takesGreatest ? -.infinity : 0)
        let values =
            takesGreatest
            ? try recorder.extremes(.max, seen, dim: 1).values : try recorder.mean(seen, dim: 1)
        let last = dimensions == 2 ? [places.rows, places.columns] : [places.columns]
        return try recorder.reshape(values, [count, channels] + last)
    }
}

extension Layer {
    /// The input as pictures: a sequence is one of a single row.
    fileprivate func pictures(_ x: Tensor, _ dimensions: Int, _ recorder: Recorder) throws(Failure) -> Tensor {
        try checkRank(x, dimensions + 2, dimensions == 2 ? "[n, channels, rows, columns]" : "[n, channels, length]")
        return dimensions == 2 ? x : try recorder.reshape(x, [x.shape[0], x.shape[1], 1, x.shape[2]])
    }

    fileprivate func placesOf(
        _ window: Window, on x: Tensor, _ given: Tensor
    ) throws(Failure) -> (rows: Int, columns: Int) {
        guard let places = window.places(rows: x.shape[2], columns: x.shape[3]) else {
            throw .operation("\(words) has a window larger than its input, which has shape \(given.shape)")
        }
        return places
    }
}

extension Window {
    fileprivate func kernelWords(_ dimensions: Int) -> String {
        dimensions == 1 || height == width ? "\(width)" : "{\(height), \(width)}"
    }

    var json: JSON { .array([height, width, down, right, border.rows, border.columns].map { JSON($0) }) }

    init?(_ json: JSON?) {
        let sizes = json?.array?.compactMap(\.int) ?? []
        guard sizes.count == 6, sizes[..<4].allSatisfy({ $0 > 0 }), sizes[4...].allSatisfy({ $0 >= 0 }) else {
            return nil
        }
        self.init(
            height: sizes[0], width: sizes[1], down: sizes[2], right: sizes[3], border: (sizes[4], sizes[5]))
    }
}

/// All sizes after the first as one.
public final class Flatten: Layer, @unchecked Sendable {
    public override var kind: String { "flatten" }

    public override func forward(_ inputs: [Tensor], _ recorder: Recorder) throws(Failure) -> Tensor {
        let x = try single(inputs)
        guard x.rank > 0 else { throw .operation("flatten() takes tensors with rows, got a single value") }
        return try recorder.reshape(x, [x.shape[0], x.shape.dropFirst().reduce(1, *)])
    }
}
