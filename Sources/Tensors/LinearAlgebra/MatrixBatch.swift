import Glibc
import Support

/// The matrices in the last two dimensions of a tensor, for functions that treat each for itself in float64.
struct MatrixBatch {
    let rows: Int
    let columns: Int
    /// The dimensions before the last two.
    let batch: [Int]
    /// The dtype of results: the tensor's own, float64 for whole numbers.
    let dtype: DType
    private let source: Tensor
    private let name: String

    /// The matrices of `tensor`; `name` is what messages call the function. Refuses tensors of fewer than two dimensions and, if
    /// `square`, matrices that are not, and elements that are not finite.
    init(_ tensor: Tensor, for name: String, square: Bool = false, work: Work) throws(Failure) {
        guard tensor.rank >= 2, !square || tensor.shape[tensor.rank - 1] == tensor.shape[tensor.rank - 2] else {
            throw .operation(
                "\(name) needs a \(square ? "square " : "")matrix, this tensor has shape \(tensor.shape)")
        }
        (rows, columns) = (tensor.shape[tensor.rank - 2], tensor.shape[tensor.rank - 1])
        batch = Array(tensor.shape.dropLast(2))
        dtype = tensor.dtype.fractional
        self.name = name
        source = tensor
        try refuseNotFinite(work: work)
    }

    var count: Int { batch.reduce(1, *) }

    /// A copy of a matrix in float64.
    func matrix(_ index: Int, work: Work) throws(Failure) -> Matrix {
        try work.cancellation.check()
        return try Matrix(copying: view(index), work: work)
    }

    /// A copy of a symmetric matrix. Refuses one that is not, by more than rounding in the tensor's dtype.
    func symmetric(_ index: Int, work: Work) throws(Failure) -> Matrix {
        let result = try matrix(index, work: work)
        let tolerance = result.largest * (source.dtype == .float32 ? 1e-5 : 1e-9)
        for row in 0..<rows {
            for column in 0..<row {
                let (a, b) = (result[row, column], result[column, row])
                guard (a - b).magnitude <= tolerance else {
                    throw .operation(
                        "\(name) needs a symmetric matrix, but element \(place(index, row, column)) is "
                            + "\(short(a)) and \(place(index, column, row)) is \(short(b))")
                }
                let middle = a / 2 + b / 2
                result[row, column] = middle
                result[column, row] = middle
            }
        }
        return result
    }

    /// Where a matrix stands among several, for messages; nothing for a single one.
    func words(_ index: Int) -> String { batch.isEmpty ? "" : " in matrix \(position(index))" }

    /// Results of all matrices, each of shape `tail`, in the shape of the batch and the result's dtype.
    func assembled(_ parts: [Tensor], tail: [Int], work: Work) throws(Failure) -> Tensor {
        if batch.isEmpty, let only = parts.first { return try only.to(dtype, work: work).contiguous(work: work) }
        let result = try Tensor.zeros([count] + tail, dtype: dtype)
        for (index, part) in parts.enumerated() {
            try result.select(0, index).write(part.to(dtype, work: work), work: work)
        }
        return try result.reshape(batch + tail)
    }

    private func view(_ index: Int) throws(Failure) -> Tensor {
        var view = source
        for place in position(index) { view = try view.select(0, place - 1) }
        return view
    }

    /// The position of a matrix in the batch, counted from 1.
    private func position(_ index: Int) -> [Int] {
        var rest = index
        var result: [Int] = []
        for size in batch.reversed() {
            result.insert(rest % size + 1, at: 0)
            rest /= size
        }
        return result
    }

    private func place(_ index: Int, _ row: Int, _ column: Int) -> [Int] { position(index) + [row + 1, column + 1] }

    private func refuseNotFinite(work: Work) throws(Failure) {
        let isBad =
            switch source.dtype {
            case .float32: try source.firstElement(NotFinite<Float>(), work: work) != nil
            case .float64: try source.firstElement(NotFinite<Double>(), work: work) != nil
            case .int32, .int64, .bool: false
            }
        guard isBad else { return }
        // The first in order, whichever a thread found first.
        let elements = try source.values(as: Double.self)
        guard let first = elements.firstIndex(where: { !$0.isFinite }) else { return }
        let place = position(first / (rows * columns)) + [first / columns % rows + 1, first % columns + 1]
        throw .operation("\(name) needs finite numbers, element \(place) is \(Scalar.real(elements[first]).words)")
    }
}

private struct NotFinite<T: RealElement>: ElementTest {
    @inline(__always) func holds(_ x: T) -> Bool { !x.isFinite }
}

/// A number in messages: at most six digits.
func short(_ value: Double) -> String {
    var text = [CChar](repeating: 0, count: 32)
    let count = text.withUnsafeMutableBufferPointer { buffer in
        withVaList([value]) { vsnprintf(buffer.baseAddress, buffer.count, "%.6g", $0) }
    }
    return String(decoding: text.prefix(Int(count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
