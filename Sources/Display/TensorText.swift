import Support
import Tensors

/// A tensor laid out as text.
struct TensorText {
    private let tensor: Tensor
    private let frame: Frame
    private let width: Int
    private let format: TensorNumberFormat
    /// Columns of one number, the gap before it included.
    private let cell: Int

    private static let gap = "  "
    private static let ellipsis = "…"
    /// Rows of a matrix up to which all are shown, and how many are shown at each end of more.
    private static let allRows = 20
    private static let endRows = 5
    /// The same of the matrices of a tensor of more dimensions.
    private static let allBlocks = 6
    private static let endBlocks = 3

    init(_ tensor: Tensor, _ frame: Frame) {
        self.tensor = tensor
        self.frame = frame
        width = max(20, frame.width)
        // The columns that fit depend on the numbers' width, which depends on the numbers: those at the ends of every row decide.
        let columns = frame.isWhole ? Int.max : width / (TensorText.gap.utf8.count + 1) + 1
        var sample: [Scalar] = []
        if tensor.rank == 0 { sample = (try? tensor.item()).map { [$0] } ?? [] }
        for block in TensorText.blocks(of: tensor, frame).compactMap({ $0 }) {
            for row in TensorText.rows(of: block.rows, isOnly: block.path.isEmpty, frame).compactMap({ $0 }) {
                let count = row.shape[0]
                let ends = TensorText.positions(count, all: columns, ends: columns / 2)
                for position in ends { if let position { sample += TensorText.element(row, position) } }
            }
        }
        format = TensorNumberFormat(sample)
        cell = format.width(sample) + TensorText.gap.utf8.count
    }

    var text: String {
        let header = frame.quiet(DisplayWidth.wrapped(tensor.summary, to: width))
        if tensor.count == 0 { return header + "\n(no elements)" }
        if tensor.rank == 0 { return header + "\n" + format.text(tensor) }
        var lines = [header]
        for block in TensorText.blocks(of: tensor, frame) {
            guard let block else {
                lines.append(Self.ellipsis)
                continue
            }
            if !block.path.isEmpty {
                let path = "[\(block.path.map(String.init).joined(separator: ", "))]"
                lines.append(frame.quiet(DisplayWidth.wrapped(path, to: width)))
            }
            for row in TensorText.rows(of: block.rows, isOnly: block.path.isEmpty, frame) {
                lines.append(row.map(line) ?? Self.gap + Self.ellipsis)
            }
        }
        return lines.joined(separator: "\n")
    }

    private func line(_ row: Tensor) -> String {
        let count = row.shape[0]
        if frame.isWhole { return wholeLine(row, count) }
        let fitting = max(1, width / cell)
        // One place is the ellipsis's; what is odd goes to the left end.
        let most = fitting >= count ? count : max(1, (width - Self.gap.utf8.count - 1) / cell)
        var text = ""
        for position in 0..<(count > most ? (most + 1) / 2 : count) { text += padded(row, position) }
        guard count > most else { return text }
        text += Self.gap + Self.ellipsis
        for position in (count - most / 2)..<count { text += padded(row, position) }
        return text
    }

    private func wholeLine(_ row: Tensor, _ count: Int) -> String {
        // The rows of a matrix stay on one line each, so that columns line up.
        let perLine = tensor.rank == 1 ? max(1, width / cell) : count
        var text = ""
        for position in 0..<count {
            if position > 0, position % perLine == 0 { text += "\n" }
            text += padded(row, position)
        }
        return text
    }

    private func padded(_ row: Tensor, _ position: Int) -> String {
        let number = TensorText.element(row, position).first.map(format.text) ?? ""
        return String(repeating: " ", count: max(0, cell - number.utf8.count)) + number
    }

    // MARK: - What is shown

    /// Positions that are shown of `count`; nil stands for those left out.
    private static func positions(_ count: Int, all: Int, ends: Int) -> [Int?] {
        if count <= all { return Array(0..<count) }
        return Array(0..<ends) + [nil] + Array((count - ends)..<count)
    }

    /// A matrix within a tensor: where it stands, from 1, and the tensor of its rows.
    private struct Block {
        let path: [Int]
        let rows: Tensor
    }

    /// The matrices that are shown; nil stands for those left out.
    private static func blocks(of tensor: Tensor, _ frame: Frame) -> [Block?] {
        guard tensor.rank > 0, tensor.count > 0 else { return [] }
        guard tensor.rank > 2 else { return [Block(path: [], rows: tensor)] }
        let leading = tensor.shape.dropLast(2)
        let count = leading.reduce(1, *)
        return positions(count, all: frame.isWhole ? count : allBlocks, ends: endBlocks).map { position in
            guard var rest = position else { return nil }
            var path: [Int] = []
            for size in leading.reversed() {
                path.insert(rest % size, at: 0)
                rest /= size
            }
            return Block(path: path.map { $0 + 1 }, rows: path.reduce(tensor, select))
        }
    }

    /// The rows of a vector or matrix that are shown; nil stands for those left out.
    private static func rows(of matrix: Tensor, isOnly: Bool, _ frame: Frame) -> [Tensor?] {
        guard matrix.rank == 2 else { return [matrix] }
        let count = matrix.shape[0]
        let all = frame.isWhole ? count : isOnly ? allRows : allRows / 2
        return positions(count, all: all, ends: endRows).map { $0.map { select(matrix, $0) } }
    }

    // Positions come from the shape, so that nothing can fail.

    private static func select(_ part: Tensor, _ position: Int) -> Tensor {
        (try? part.select(0, position)) ?? part
    }

    private static func element(_ row: Tensor, _ position: Int) -> [Scalar] {
        (try? row.element(position)).map { [$0] } ?? []
    }
}
