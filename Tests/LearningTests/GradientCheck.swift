import Support
import Tensors
import Testing

@testable import Learning

/// Compares the gradients of `compute`, whose result is weighted by fixed random numbers and summed, with central differences in float64.
func checkGradients(
    _ name: String, _ inputs: [Tensor], step: Double = 1e-5, tolerance: Double = 1e-6,
    _ compute: (Recorder, [Tensor]) throws(Failure) -> Tensor
) throws {
    let recorder = Recorder(Work(threads: 1))
    let leaves = try inputs.map { (x) throws(Failure) in try x.requiringGradient() }
    let output = try compute(recorder, leaves)
    let weights = try Tensor.randn(output.shape, seed: 99, dtype: .float64)
    func loss(_ inputs: [Tensor]) throws -> Double {
        let y = try compute(recorder, inputs).detached
        return try Tensor.combine(.multiply, .tensor(y), .tensor(weights)).sum().double
    }
    try #require(output.isTracked || output.count == 0, "\(name) is not recorded")
    try output.backward(weights)
    for (index, input) in inputs.enumerated() {
        let gradient = try leaves[index].gradNode?.gradient?.values(as: Double.self) ?? []
        guard input.count > 0 else { continue }
        try #require(gradient.count == input.count, "\(name): input \(index) has no gradient")
        let values = try input.values(as: Double.self)
        for position in values.indices {
            var (up, down) = (values, values)
            up[position] += step
            down[position] -= step
            var (above, below) = (inputs, inputs)
            above[index] = try laidOut(up, like: input)
            below[index] = try laidOut(down, like: input)
            let slope = (try loss(above) - loss(below)) / (2 * step)
            let error = abs(slope - gradient[position])
            #expect(
                error <= tolerance * max(1, abs(slope)),
                "\(name): input \(index), element \(position): \(gradient[position]), by differences \(slope)")
        }
    }
}

/// The values in a tensor of the same shape, transposed in memory if `model` is.
private func laidOut(_ values: [Double], like model: Tensor) throws -> Tensor {
    let tensor = try Tensor(values, shape: model.shape)
    guard !model.isContiguous, model.rank >= 2 else { return tensor }
    return try tensor.transpose(0, 1).clone().transpose(0, 1)
}

/// Random numbers in float64.
func random(_ shape: [Int], _ seed: UInt64, positive: Bool = false) throws -> Tensor {
    let tensor = try Tensor.randn(shape, seed: seed, dtype: .float64)
    return positive
        ? try Tensor.combine(.add, .tensor(tensor.apply(.abs)), .scalar(.real(0.5))) : tensor
}
