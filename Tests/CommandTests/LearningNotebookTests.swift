import Foundation
import Support
import Testing

/// The saved analyses that train, on a small slice of their data or on generated data of its shape.
@Suite struct LearningNotebookTests {
    private static let data = ProcessInfo.processInfo.environment["COHORT_DATA"]
    private static let project = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

    private static let isAsked = ProcessInfo.processInfo.environment["COHORT_TEST_NOTEBOOKS"] != nil

    private var cohort: Executable

    init() throws {
        cohort = try Executable()
        cohort.variables = ["COHORT_HOME": Folders.data]
        for name in ["COHORT_DUCKDB", "COHORT_LIGHTGBM"] {
            if let library = Folders.variable(name) { cohort.variables[name] = library }
        }
    }

    private func run(_ arguments: String...) throws -> String {
        let result = try cohort.run(
            arguments.map { $0.hasPrefix("notebooks/") ? "\(Self.project)/\($0)" : $0 })
        #expect(result.status == 0, "\(result.error)")
        return result.output
    }

    @Test func someCustomersOfCDNOWBuyAgain() throws {
        let output = try run(
            "notebooks/buy_again.lua", "\(Folders.data)/data/cdnow/CDNOW_master.txt", "2000", "2")
        // 609 with an order from 19971001 on, counted with awk.
        #expect(output.contains("2000 customers, of whom 30.4 % ordered again"))
        #expect(output.contains("1200 customers to learn from, 400 to choose by, 400 to judge by"))
        for model in ["all alike", "three numbers", "all cells", "network"] { #expect(output.contains("│ \(model)")) }
        #expect(output.contains("The network ranks customers with an AUC of 0."))
        // Whoever ordered often orders again: no model of these may be far from the three numbers.
        let match = try #require(output.firstMatch(of: /three numbers with (0\.\d+)/))
        #expect(try #require(Double(match.1)) > 0.7)
    }

    /// A table of the shape of Hillstrom's e-mail challenge where each product's buyers come for its own mail alone.
    private func mails(_ count: Int) -> String {
        var generator = SeededGenerator(seed: 64_000)
        var lines = ["recency,history,mens,womens,zip_code,newbie,channel,segment,visit,conversion,spend"]
        for _ in 0..<count {
            let (buysWomens, arm) = (generator.below(2) == 1, generator.below(3))
            let visits = generator.uniform() < (arm == (buysWomens ? 2 : 1) ? 0.5 : 0.1)
            let fields: [String] = [
                "\(1 + generator.below(12))", "\(30 + generator.below(500))", buysWomens ? "0" : "1",
                buysWomens ? "1" : "0", ["Urban", "Surburban", "Rural"][generator.below(3)], "\(generator.below(2))",
                ["Phone", "Web", "Multichannel"][generator.below(3)],
                ["No E-Mail", "Mens E-Mail", "Womens E-Mail"][arm], visits ? "1" : "0", "0", visits ? "10" : "0",
            ]
            lines.append(fields.joined(separator: ","))
        }
        return lines.joined(separator: "\n") + "\n"
    }

    @Test mutating func theMailIsChosenForEveryCustomerWhereThatPays() throws {
        _ = try cohort.file("data/hillstrom.csv", mails(9_000))
        cohort.variables["COHORT_DATA"] = cohort.home + "/data"
        let output = try run("notebooks/mail_strategy.lua", "9000", "6")
        #expect(output.contains("by product: Mens E-Mail, Womens E-Mail,"))
        // Half of the customers get a mail that moves them by 40 points more: 20 points of all.
        let gain = try #require(
            output.firstMatch(of: /'network' chooses another mail .* (\+\d+\.\d+) points of visits/))
        #expect(abs(try #require(Double(gain.1)) - 20) < 5)
        #expect(output.contains("Choosing the mail by the network brings more visits than the best single mail."))
        #expect(output.contains("may do as well"), "the rule by product is right here")
        let policy = try #require(output.split(separator: "\n").first { $0.contains("│ by product") })
        let estimates = policy.matches(of: /(\d+\.\d+) ±/).compactMap { Double($0.1) }
        #expect(estimates.count == 4)
        for estimate in estimates.prefix(3) { #expect(abs(estimate - 50) < 5) }
    }

    @Test(.enabled(if: data != nil))
    mutating func noMailForEveryCustomerIsShownToBeatOneForAll() throws {
        cohort.variables["COHORT_DATA"] = Self.data
        let output = try run("notebooks/mail_strategy.lua")
        #expect(output.contains("the best single strategy is Mens E-Mail"))
        #expect(output.contains("That the network's choice brings more visits than the best single mail is not shown."))
    }

    @Test func theMailsSayWhatTheyNeed() throws {
        let result = try cohort.run(["\(Self.project)/notebooks/mail_strategy.lua"])
        #expect(result.status == 2)
        #expect(result.error.contains("COHORT_DATA must name the folder"))
    }

    @Test(.enabled(if: isAsked, "the encoders are slow here"))
    func filmsAreRecommendedToSome() throws {
        let output = try run("notebooks/film_recommendations.lua", "\(Folders.data)/data/ml-100k", "120", "4")
        #expect(output.contains("120 people, 1682 films (168 of them cold)"))
        for model in ["popular", "item-kNN", "texts as they are", "text towers, ratings", "text towers, ranking"] {
            #expect(output.contains("│ \(model)"))
        }
        // Texts alone tell something of films that nobody has rated.
        #expect(output.contains("For films without ratings they are better than chance"))
    }
}
