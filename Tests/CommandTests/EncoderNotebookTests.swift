import Foundation
import Support
import Testing

/// The saved analyses that train encoders: on generated texts with the small model of the repository, as a user would run them on real ones.
@Suite struct EncoderNotebookTests {
    private static let project = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path
    private static let model = "\(project)/Tests/Vectors/tiny-bert/base"

    private var cohort: Executable

    init() throws {
        cohort = try Executable()
        cohort.variables = ["COHORT_HOME": Folders.data]
        if let library = Folders.variable("COHORT_DUCKDB") { cohort.variables["COHORT_DUCKDB"] = library }
    }

    private func run(_ script: String, _ arguments: String...) throws -> String {
        let result = try cohort.run(["\(Self.project)/notebooks/\(script)"] + arguments)
        #expect(result.status == 0, "\(result.error)")
        return result.output
    }

    /// The per cents that stand before " %" in the line that contains `words`.
    private func shares(_ output: String, _ words: String) -> [Double] {
        let line = output.split(separator: "\n").first { $0.contains(words) } ?? ""
        return line.matches(of: /(-?[0-9]+\.[0-9]) %/).compactMap { Double($0.1) }
    }

    /// Every combination of words, in a fixed order; what comes of `word` says the class.
    private func texts(_ words: [String], _ count: Int) -> [(text: String, class: Int)] {
        let others = ["the hotel", "a book", "phone", "user", "the price", "hotel phone", "a user book"]
        return (0..<count).map { i in
            let word = words[i % words.count]
            let tail = String(repeating: " \(others[(i / 7) % 7])", count: 1 + i / 49 % 3)
            return ("\(others[i % 7]) \(word)\(tail) \(i)", i % words.count)
        }
    }

    @Test mutating func reviewsArePleasedOrNot() throws {
        let rows = texts(["good", "bad"], 320).map { "goods,\(1 - $0.class),\($0.text)" }
        let file = try cohort.file("reviews.csv", "cat,label,review\n" + rows.joined(separator: "\n") + "\n")
        let output = try run(
            "review_sentiment.lua", "--file", file, "--train", "200", "--test", "60", "--tokens", "20", "--epochs", "4",
            "--rate", "0.005", "--model", Self.model, "--out", "\(cohort.home)/encoder")
        #expect(output.contains("200 reviews to learn from, 60 to choose by, 60 to test on"))
        #expect(shares(output, "logistic regression on frozen vectors").count == 2)
        #expect(output.split(separator: "\n").count { $0.hasPrefix("epoch ") } == 4)
        #expect(try #require(shares(output, "fine-tuned: test").first) > 90, "\(output)")
        #expect(FileSystem.isFile("\(cohort.home)/encoder/model.safetensors"))
        let missing = try cohort.run(["\(Self.project)/notebooks/review_sentiment.lua"])
        #expect(missing.status == 1 && missing.error.contains("COHORT_DATA"))
    }

    @Test mutating func questionsHaveIntents() throws {
        let rows = texts(["good", "书", "店"], 240).map { "\($0.text),intent\($0.class)" }
        let file = try cohort.file("questions.csv", "text,category\n" + rows.joined(separator: "\n") + "\n")
        let output = try run(
            "intents.lua", "--file", file, "--examples", "5,all", "--tune", "all", "--epochs", "16", "--rate", "0.005",
            "--tokens", "24", "--model", Self.model)
        #expect(output.contains("240 questions in 3 intents, 24 of them to test on"))
        #expect(shares(output, "5 examples of each (15)").count == 2)
        let all = shares(output, "all examples of each (216)")
        #expect(all.count == 3 && (all.last ?? 0) > 75, "\(output)")
    }

    @Test mutating func aSmallEncoderLearnsToGuessCharacters() throws {
        let (things, words) = (["书", "酒店", "手机", "水果"], ["很好", "太差", "不错", "一般"])
        let rows = (0..<320).map { i in
            "这\(["本", "家", "部", "种"][i % 4])\(things[i % 4])\(words[i / 4 % 4])，我\(i / 16 % 2 == 0 ? "喜欢" : "不买")它\(i)"
        }
        let file = try cohort.file("reviews.csv", "review\n" + rows.map { "\"\($0)\"" }.joined(separator: "\n") + "\n")
        let output = try run(
            "pretraining.lua", "--file", file, "--reviews", "260", "--test", "60", "--layers", "1", "--hidden", "32",
            "--tokens", "24", "--epochs", "6", "--out", "\(cohort.home)/encoder")
        let counted = shares(output, "masked tokens of unseen reviews")
        let network = try #require(shares(output, "the network is right for").first)
        #expect(counted.count == 2 && output.split(separator: "\n").count { $0.hasPrefix("epoch ") } == 6)
        #expect(network > (counted.first ?? 100), "\(output)")
        #expect(FileSystem.isFile("\(cohort.home)/encoder/model.safetensors"))
    }
}
