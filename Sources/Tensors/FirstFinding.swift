import Support

/// The finding of lowest index that several threads report.
final class FirstFinding: Sendable {
    private let first = Locked<(index: Int, position: Int)?>(nil)

    /// The position reported with the lowest index.
    var position: Int? { first.withLock { $0?.position } }

    /// Reports a finding.
    func note(_ index: Int, _ position: Int) {
        first.withLock { if $0.map({ index < $0.index }) ?? true { $0 = (index, position) } }
    }
}
