import Foundation
import Text

/// What scripts/goldens/words.py wrote.
struct Goldens: Decodable {
    struct Split: Decodable {
        let text: String
        let words: [String]
    }
    let split: [Split]
    let groups: [[String]]
    let weights: [[String: Double]]

    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Vectors")

    static func read() throws -> Goldens {
        try JSONDecoder().decode(Goldens.self, from: Data(contentsOf: folder.appendingPathComponent("words.json")))
    }

    /// The small dictionary of the goldens.
    static func dictionary() throws -> WordDictionary {
        try WordDictionary(folder.appendingPathComponent("words.txt").path)
    }
}
