import Session
import Support

/// What the second Tab shows: the candidates with a line on each, or side by side if there is nothing to say of them.
struct CandidateList {
    let candidates: [Completion.Candidate]

    /// The rows of the list, none wider than `width`.
    func rows(width: Int) -> [String] {
        let width = max(20, width)
        return candidates.allSatisfy { $0.prose.isEmpty } ? columns(width) : explained(width)
    }

    private func explained(_ width: Int) -> [String] {
        let labels = candidates.map { DisplayWidth.escaped($0.label) }
        // One long name must not push all the explanations off the screen.
        let widest = labels.map { DisplayWidth.of($0) }.max() ?? 0
        let column = min(widest, max(12, width / 2))
        return zip(labels, candidates).map { label, candidate in
            let prose = DisplayWidth.escaped(candidate.prose)
            guard !prose.isEmpty else { return DisplayWidth.cut(label, to: width) }
            let name = DisplayWidth.fill(DisplayWidth.cut(label, to: column), to: column)
            return DisplayWidth.cut("\(name)  \(prose)", to: width)
        }
    }

    /// Side by side, read downwards as `ls` has it.
    private func columns(_ width: Int) -> [String] {
        let labels = candidates.map { DisplayWidth.cut(DisplayWidth.escaped($0.label), to: width) }
        let column = (labels.map { DisplayWidth.of($0) }.max() ?? 0) + 2
        let perRow = max(1, (width + 2) / column)
        let count = (labels.count + perRow - 1) / perRow
        return (0..<count).map { row in
            let cells = stride(from: row, to: labels.count, by: count).map { labels[$0] }
            return cells.enumerated()
                .map { $0.offset == cells.count - 1 ? $0.element : DisplayWidth.fill($0.element, to: column) }.joined()
        }
    }
}
