/// The name in `names` that `word` was probably meant to be, if any is close: a different case, a beginning, or at most two letters
/// exchanged, left out or added (one for words of up to five).
public func nearest(to word: String, in names: [String]) -> String? {
    let lowered = word.lowercased()
    if let same = names.first(where: { $0.lowercased() == lowered }) { return same }
    let allowed = word.utf8.count <= 5 ? 1 : 2
    var best: (distance: Int, name: String)?
    for name in names {
        guard abs(name.utf8.count - word.utf8.count) <= allowed else { continue }
        let distance = editDistance(Array(lowered.utf8), Array(name.lowercased().utf8))
        if distance <= allowed, distance < max(name.utf8.count, word.utf8.count),
            best.map({ distance < $0.distance }) ?? true
        {
            best = (distance, name)
        }
    }
    if let best { return best.name }
    guard word.utf8.count >= 2 else { return nil }
    return names.filter { $0.lowercased().hasPrefix(lowered) }.min { $0.utf8.count < $1.utf8.count }
}

/// Letters to change, insert, delete or exchange with their neighbour (optimal string alignment) to make `a` into `b`.
private func editDistance(_ a: [UInt8], _ b: [UInt8]) -> Int {
    guard a.count <= 64, b.count <= 64 else { return .max }
    if a.isEmpty || b.isEmpty { return max(a.count, b.count) }
    var before: [Int] = []
    var previous = Array(0...b.count)
    for i in 1...a.count {
        var current = [i] + Array(repeating: 0, count: b.count)
        for j in 1...b.count {
            let same = a[i - 1] == b[j - 1]
            current[j] = min(previous[j] + 1, current[j - 1] + 1, previous[j - 1] + (same ? 0 : 1))
            if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
                current[j] = min(current[j], before[j - 2] + 1)
            }
        }
        before = previous
        previous = current
    }
    return previous[b.count]
}
