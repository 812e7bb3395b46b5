import Support
import Tensors

/// A tensor laid out as text.
struct TensorText {
    private let tensor: Tensor
    private let width: Int
    private let format: TensorNumberFormat
    /// Columns of one number, the gap before it included.
    private let cell: Int

    private static let gap = "  "
    private static let ellipsis = "…"
    /// Rows of a matrix, and matrices, up to which all are shown, and how many are shown at each end of more.
    private static let allRows = 20
    private static let endRows = 5
    private static let allBlocks = 6
    private static let endBlocks = 3

    init(_ tensor: Tensor, width: Int) {
        self.tensor = tensor
        self.width = max(20, width)
        // The columns that fit depend on the numbers' width, which depends on the numbers: those at the ends of every row decide.
        let sample = TensorText.elements(tensor, TensorText.mostColumns(self.width))
        format = TensorNumberFormat(sample)
        cell = format.width(sample) + TensorText.gap.utf8.count
    }

    var text: String {
        let header = "tensor [\(tensor.shape.map(String.init).joined(separator: ", "))] \(tensor.dtype.rawValue)"
        if tensor.count == 0 { return header + "\n(no elements)" }
        var lines = [header]
        append(tensor, path: [], to: &lines)
        return lines.joined(separator: "\n")
    }

    private func append(_ part: Tensor, path: [Int], to lines: inout [String]) {
        switch part.rank {
        case 0: lines.append(format.text(part))
        case 1: lines.append(line(part))
        case 2:
            if !path.isEmpty { lines.append("[\(path.map(String.init).joined(separator: ", "))]") }
            let rows = TensorText.shown(part.shape[0], path.isEmpty ? Self.allRows : Self.allRows / 2, Self.endRows)
            for row in rows {
                lines.append(row.map { line(TensorText.select(part, $0)) } ?? Self.gap + Self.ellipsis)
            }
        default:
            for block in TensorText.shown(part.shape[0], Self.allBlocks, Self.endBlocks) {
                if let block {
                    append(TensorText.select(part, block), path: path + [block + 1], to: &lines)
                } else {
                    lines.append(Self.ellipsis)
                }
            }
        }
    }

    private func line(_ row: Tensor) -> String {
        let count = row.shape[0]
        let fitting = max(2, width / cell)
        // One place is the ellipsis's; what is odd goes to the left end.
        let most = fitting >= count ? count : max(1, (width - Self.gap.utf8.count - 1) / cell)
        var text = ""
        for position in 0..<(count > most ? (most + 1) / 2 : count) { text += padded(row, position) }
        guard count > most else { return text }
        text += Self.gap + Self.ellipsis
        for position in (count - most / 2)..<count { text += padded(row, position) }
        return text
    }

    private func padded(_ row: Tensor, _ position: Int) -> String {
        let number = format.text(TensorText.select(row, position))
        return String(repeating: " ", count: max(0, cell - number.utf8.count)) + number
    }

    // MARK: - What is shown

    /// Positions that are shown of `count`; nil stands for those left out.
    private static func shown(_ count: Int, _ all: Int, _ ends: Int) -> [Int?] {
        if count <= all { return Array(0..<count) }
        return Array(0..<ends) + [nil] + Array((count - ends)..<count)
    }

    /// Columns that can fit at most, a number taking one column and its gap.
    private static func mostColumns(_ width: Int) -> Int { width / (gap.utf8.count + 1) + 1 }

    /// The elements that can be shown.
    private static func elements(_ part: Tensor, _ columns: Int) -> [Scalar] {
        switch part.rank {
        case 0: return (try? part.item()).map { [$0] } ?? []
        case 1:
            return shown(part.shape[0], columns, columns / 2).flatMap {
                $0.map { elements(select(part, $0), columns) } ?? []
            }
        case 2:
            return shown(part.shape[0], allRows, endRows).flatMap {
                $0.map { elements(select(part, $0), columns) } ?? []
            }
        default:
            return shown(part.shape[0], allBlocks, endBlocks).flatMap {
                $0.map { elements(select(part, $0), columns) } ?? []
            }
        }
    }

    private static func select(_ part: Tensor, _ position: Int) -> Tensor {
        // Positions come from the shape, so that nothing can fail.
        (try? part.select(0, position)) ?? part
    }
}
