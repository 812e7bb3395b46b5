import Foundation
import Support
import Testing

/// The saved analyses that train, on a small slice of their data or on generated data of its shape.
@Suite struct LearningNotebookTests {
    private static let project = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

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
}
