import Foundation
import Support
import Testing

@testable import Text

/// Names of the ten categories of 62,774 Chinese reviews (online_shopping_10_cats.zip in the folder that COHORT_DATA names).
@Suite struct OnlineShoppingTests {
    private static let archive = Folders.variable("COHORT_DATA").map { "\($0)/online_shopping_10_cats.zip" }
    private static var isThere: Bool { archive.map(fileExists) ?? false }

    /// Words that tell each category, of which the five found must hold one.
    private static let expected: [String: Set<String>] = [
        "书籍": ["书"], "平板": ["平板"], "手机": ["手机"], "水果": ["水果", "苹果"], "洗发水": ["洗发水"], "热水器": ["热水器"],
        "蒙牛": ["蒙牛", "牛奶"], "衣服": ["衣服"], "计算机": ["系统", "驱动", "键盘"], "酒店": ["酒店"],
    ]

    private func reviews() throws -> (texts: [String], labels: [Int], categories: [String]) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["unzip", "-p", try #require(Self.archive)]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        var (texts, labels, categories) = ([String](), [Int](), [String]())
        // Reviews may hold line breaks between quotes: what does not begin with a category belongs to the review before.
        for line in String(decoding: data, as: UTF8.self).split(whereSeparator: \.isNewline).dropFirst() {
            let parts = line.split(separator: ",", maxSplits: 2, omittingEmptySubsequences: false)
            guard parts.count == 3, Self.expected.keys.contains(String(parts[0])) else { continue }
            if categories.last != String(parts[0]) { categories.append(String(parts[0])) }
            texts.append(String(parts[2]))
            labels.append(categories.count - 1)
        }
        return (texts, labels, categories)
    }

    @Test(.enabled(if: isThere && (try? WordDictionary.installed()) ?? nil != nil))
    func categoriesAreNamedWithTheDictionary() throws { try check(dictionary: WordDictionary.installed()) }

    @Test(.enabled(if: isThere))
    func categoriesAreNamedWithoutADictionary() throws { try check(dictionary: nil) }

    private func check(dictionary: WordDictionary?) throws {
        let (texts, labels, categories) = try reviews()
        #expect(categories.count == 10)
        let found = try Keywords.find(texts, labels: labels, groups: categories.count, dictionary: dictionary)
        for (category, words) in zip(categories, found) {
            let names = words.map(\.word)
            #expect(!Self.expected[category, default: []].isDisjoint(with: names), "\(category): \(names)")
            // One or two characters may be a word; most names have more.
            #expect(names.count { $0.count == 1 } <= 1, "\(category): \(names)")
        }
    }
}
