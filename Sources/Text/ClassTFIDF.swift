import Glibc
import Support

/// Class-based TF-IDF of words as given (Grootendorst 2022): the weight of word t in class c is its share of the class's words times
/// ln(1 + A / f(t)), f being its count in all classes and A the mean number of words of a class.
public struct ClassTFIDF: Sendable {
    /// All words, in the order of their bytes.
    public let vocabulary: [String]
    /// ln(1 + A / f) of each word.
    public let idf: [Double]
    /// Weights by class, then by word.
    public let weights: [[Double]]

    /// Weighs the words of each class.
    public init(_ classes: [[String]]) throws(Failure) {
        guard !classes.isEmpty else { throw .argument("classes", expected: "at least one class", got: "none") }
        let total = classes.reduce(0) { $0 + $1.count }
        guard total > 0 else { throw .argument("classes", expected: "at least one word", got: "none") }
        // Bytes, not String: words that only look alike are different words.
        var counts: [[UInt8]: [Int: Int]] = [:]
        for (index, words) in classes.enumerated() {
            for word in words { counts[Array(word.utf8), default: [:]][index, default: 0] += 1 }
        }
        let keys = counts.keys.sorted { $0.lexicographicallyPrecedes($1) }
        let mean = Double(total) / Double(classes.count)
        let idf = keys.map { log1p(mean / Double((counts[$0] ?? [:]).values.reduce(0, +))) }
        self.idf = idf
        vocabulary = keys.map { String(decoding: $0, as: UTF8.self) }
        weights = classes.indices.map { index in
            keys.indices.map { place in
                let count = counts[keys[place]]?[index] ?? 0
                return count == 0 ? 0 : Double(count) / Double(classes[index].count) * idf[place]
            }
        }
    }
}
