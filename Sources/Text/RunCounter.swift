import Glibc
import Support

/// Counts the runs of Chinese characters of a corpus, one length after the other.
///
/// A run is counted only if both runs one shorter inside it are frequent; it is numbered by that pair of numbers, which is exact.
struct RunCounter {
    /// Chinese characters of the corpus, each run of them closed by a 0.
    private var stream: [UInt32] = [0]
    /// `levels[n - 1][i]` is the number of the run of n characters that begins at `stream[i]`, or -1.
    private var levels: [[Int32]] = []
    /// Occurrences of each run of each length.
    private var counts: [[Int32]] = []
    /// Where each run of each length first occurs.
    private var firsts: [[Int32]] = []
    private(set) var characters = 0

    init(_ texts: [String]) {
        var scanned = ScannedText()
        for text in texts {
            // Positions have 32 bits; a corpus of two thousand million characters says enough before its end.
            guard stream.count < Int(Int32.max) - text.utf8.count else { break }
            scanned.scan(text)
            for (point, kind) in zip(scanned.points, scanned.kinds) {
                if kind == .han {
                    stream.append(point)
                    characters += 1
                } else if stream.last != 0 {
                    stream.append(0)
                }
            }
            if stream.last != 0 { stream.append(0) }
        }
        count(keys: stream.map { $0 == 0 ? nil : UInt64($0) }, minimum: 1)
    }

    /// Goes on to runs one character longer. False if none is frequent.
    mutating func lengthen(minimumCount: Int) -> Bool {
        let shorter = levels[levels.count - 1]
        let keys = stream.indices.map { index -> UInt64? in
            guard index + 1 < shorter.count, shorter[index] >= 0, shorter[index + 1] >= 0 else { return nil }
            return UInt64(shorter[index]) << 32 | UInt64(shorter[index + 1])
        }
        count(keys: keys, minimum: minimumCount)
        return counts[counts.count - 1].contains { $0 > 0 }
    }

    private mutating func count(keys: [UInt64?], minimum: Int) {
        var table = CountTable()
        var numbers = [Int32](repeating: -1, count: keys.count)
        var first: [Int32] = []
        for (index, key) in keys.enumerated() {
            guard let key else { continue }
            let number = table.add(key)
            if number == first.count { first.append(Int32(index)) }
            numbers[index] = Int32(number)
        }
        // Frequent runs only keep a number.
        var renumbered = [Int32](repeating: -1, count: first.count)
        var kept: (counts: [Int32], firsts: [Int32]) = ([], [])
        for number in first.indices where table.counts[number] >= minimum {
            renumbered[number] = Int32(kept.counts.count)
            kept.counts.append(table.counts[number])
            kept.firsts.append(first[number])
        }
        for index in numbers.indices where numbers[index] >= 0 { numbers[index] = renumbered[Int(numbers[index])] }
        levels.append(numbers)
        counts.append(kept.counts)
        firsts.append(kept.firsts)
    }

    /// Occurrences of a run of the present length.
    func count(_ run: Int) -> Int { Int(counts[counts.count - 1][run]) }

    /// The characters of a run of the present length.
    func points(_ run: Int, length: Int) -> [UInt32] {
        let start = Int(firsts[firsts.count - 1][run])
        return Array(stream[start..<start + length])
    }

    /// The smallest over the ways to cut the run in two of ln(p(run) / (p(left) p(right))).
    func cohesion(_ run: Int) -> Double {
        let length = levels.count
        let start = Int(firsts[length - 1][run])
        var lowest = Double.infinity
        for left in 1..<length {
            let right = length - left
            let leftCount = counts[left - 1][Int(levels[left - 1][start])]
            let rightCount = counts[right - 1][Int(levels[right - 1][start + left])]
            lowest = min(lowest, Double(count(run)) / (Double(leftCount) * Double(rightCount)))
        }
        return log(lowest * Double(characters))
    }

    /// The runs of the present length whose cohesion is at least `minimum`, or 0.7 times the most that a run of its count can have,
    /// in the order of their first occurrence.
    func cohesive(_ minimum: Double) -> [Int] {
        counts[counts.count - 1].indices.filter {
            cohesion($0) >= min(minimum, 0.7 * log(Double(characters) / Double(count($0))))
        }
    }

    /// For each of the given runs of the present length the lower of the entropies of its left and right neighbours, in nats.
    /// Beginnings and ends of runs of Chinese characters count as neighbours that differ from each other.
    func entropies(of runs: [Int]) -> [Int: Double] {
        let level = levels[levels.count - 1]
        var wanted = [Bool](repeating: false, count: counts[counts.count - 1].count)
        for run in runs { wanted[run] = true }
        func side(_ neighbour: (Int) -> UInt32) -> [Double] {
            var table = CountTable()
            // Σ c ln c over the neighbours' counts c, kept up while they grow.
            var sums = [Double](repeating: 0, count: wanted.count)
            for index in level.indices where level[index] >= 0 && wanted[Int(level[index])] {
                let point = neighbour(index)
                guard point != 0 else { continue }
                let run = Int(level[index])
                let number = table.add(UInt64(run) << 32 | UInt64(point))
                let count = Double(table.counts[number])
                sums[run] += count * log(count) - (count > 1 ? (count - 1) * log(count - 1) : 0)
            }
            return sums
        }
        let length = levels.count
        let left = side { stream[$0 - 1] }
        let right = side { stream[$0 + length] }
        var entropies: [Int: Double] = [:]
        for run in runs {
            let count = Double(self.count(run))
            entropies[run] = log(count) - max(left[run], right[run]) / count
        }
        return entropies
    }

    /// Adds every character with its frequency.
    func addCharacters(to lexicon: inout Lexicon) {
        for (run, first) in firsts[0].enumerated() {
            lexicon.add([stream[Int(first)]], frequency: Double(counts[0][run]))
        }
    }
}
