import Tensors

extension Tensor: Displayable {
    /// Shape and dtype on the first line, then the numbers: one line for a vector, one per row for a matrix, the matrices one after the
    /// other for more dimensions. What does not fit is left out of the middle.
    public func text(width: Int) -> String { TensorText(self, width: width).text }
}
