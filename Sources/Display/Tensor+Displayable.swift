import Support
import Tensors

extension Tensor: Displayable {
    /// Shape and dtype on the first line, then the numbers: one line for a vector, one per row for a matrix, the matrices one after the
    /// other for more dimensions. What does not fit is left out of the middle; where all is wanted, a vector takes several lines.
    public func text(in frame: Frame) -> String { TensorText(self, frame).text }

    /// Shape and dtype.
    public var summary: String {
        "tensor [\(shape.map(String.init).joined(separator: ", "))] \(dtype.rawValue)"
    }
}
