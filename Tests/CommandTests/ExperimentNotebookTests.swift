import Foundation
import Support
import Testing

/// The saved analyses of experiments as a user runs them. They need no encoder, so they run with every build.
@Suite struct ExperimentNotebookTests {
    private static let project = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path
    private static let data = ProcessInfo.processInfo.environment["COHORT_DATA"]

    private var cohort: Executable

    init() throws {
        cohort = try Executable()
        cohort.variables = ["COHORT_HOME": Folders.data]
        if let library = Folders.variable("COHORT_DUCKDB") { cohort.variables["COHORT_DUCKDB"] = library }
    }

    private func run(_ arguments: String...) throws -> String {
        let arguments = arguments.map {
            $0.hasPrefix("notebooks/") || $0.hasPrefix("scripts/") ? "\(Self.project)/\($0)" : $0
        }
        let result = try cohort.run(arguments)
        #expect(result.status == 0, "\(result.error)")
        return result.output
    }

    private func read(_ name: String) throws -> String {
        try String(contentsOfFile: "\(cohort.home)/\(name)", encoding: .utf8)
    }

    /// A table of the shape of Hillstrom's e-mail challenge, with a planted effect: men's mails bring most visits, no mail fewest.
    private func mails(_ count: Int) -> String {
        var generator = SeededGenerator(seed: 2_008)
        var lines = [
            "recency,history_segment,history,mens,womens,zip_code,newbie,channel,segment,visit,conversion,spend"
        ]
        let bands = [
            (100.0, "1) $0 - $100"), (200, "2) $100 - $200"), (350, "3) $200 - $350"), (.infinity, "4) $350 +"),
        ]
        for _ in 0..<count {
            let arm = generator.below(3)
            let history = 30 - 180 * log(1 - generator.uniform())
            let band = bands.first { history < $0.0 }?.1 ?? ""
            let visits = generator.uniform() < [0.106, 0.183, 0.151][arm]
            let buys = visits && generator.uniform() < 0.08
            let fields: [String] = [
                "\(1 + generator.below(12))", band, String(format: "%.2f", history), "\(generator.below(2))",
                "\(generator.below(2))", ["Urban", "Surburban", "Rural"][generator.below(3)], "\(generator.below(2))",
                ["Phone", "Web", "Multichannel"][generator.below(3)],
                ["No E-Mail", "Mens E-Mail", "Womens E-Mail"][arm],
                visits ? "1" : "0", buys ? "1" : "0",
                buys ? String(format: "%.2f", 30 + 170 * generator.uniform()) : "0",
            ]
            lines.append(fields.joined(separator: ","))
        }
        return lines.joined(separator: "\n") + "\n"
    }

    @Test(arguments: ["en", "zh"])
    mutating func emailExperimentOfItsShape(language: String) throws {
        _ = try cohort.file("data/hillstrom.csv", mails(9_000))
        cohort.variables["COHORT_DATA"] = cohort.home + "/data"
        let output = try run("notebooks/ab_report.lua", "out.html", language)
        #expect(output.contains("SHIP: Mens E-Mail"))
        #expect(output.contains("history_segment") && output.contains("│ channel"))
        let page = try read("out.html")
        #expect(page.contains(language == "zh" ? "指标总表" : "Scorecard"))
        #expect(page.contains("E-mail of men&#39;s merchandise") || page.contains("E-mail of men's merchandise"))
    }

    @Test(.enabled(if: data != nil))
    mutating func emailExperimentOfHillstrom() throws {
        let folder = try #require(Self.data)
        cohort.variables["COHORT_DATA"] = folder
        let output = try run("notebooks/ab_report.lua", "out.md")
        #expect(output.contains("SHIP: Mens E-Mail") && output.contains("64,000 units"))
        // Shares and sums that a pivot table gives as well, adjusted by next to nothing.
        let page = try read("out.md")
        for figure in ["10.63%", "18.27%", "15.14%", "$0.65", "$1.42"] { #expect(page.contains(figure), "\(figure)") }
    }

    @Test func emailExperimentSaysWhatItNeeds() throws {
        let result = try cohort.run(["\(Self.project)/notebooks/ab_report.lua"])
        #expect(result.status == 2)
        #expect(result.error.contains("COHORT_DATA must name the folder"))
    }

    @Test(arguments: ["en", "zh"])
    func adCopiesAreDecidedAsPlanted(language: String) throws {
        let output = try run("notebooks/ad_copy_test.lua", "out.html", language)
        #expect(output.contains("SHIP: story"))
        #expect(output.contains("●"), "the forest plot is drawn at the prompt")
        let page = try read("out.html")
        #expect(page.contains("five in the morning") || page.contains("Five in the morning"))
        #expect(page.contains("清晨五点的山路"))
        #expect(!page.contains("u00001"))
    }

    @Test func adCopiesAreAsTheirScriptMakesThem() throws {
        _ = try run("--seed", "20", "scripts/sample-ad-copy.lua", "\(cohort.home)/ad_copy.csv")
        let kept = try String(contentsOfFile: "\(Self.project)/notebooks/data/ad_copy.csv", encoding: .utf8)
        #expect(try read("ad_copy.csv") == kept)
    }

    @Test func aDesignIsPlanned() throws {
        let output = try run("notebooks/ab_design.lua")
        #expect(output.contains("control buys at 10.35%"))
        #expect(output.contains("a lift of 30% is found with a power of 94%"))
        #expect(output.contains("clicks/views"))
    }

    @Test(arguments: ["html", "md"])
    func analysesRenderAsReports(form: String) throws {
        for name in form == "md" ? ["ad_copy_test"] : ["ad_copy_test", "ab_design"] {
            _ = try run("render", "notebooks/\(name).lua", "-o", "\(name).\(form)")
            let page = try read("\(name).\(form)")
            #expect(page.contains(form == "md" ? "```lua" : "class=\"code\""))
            #expect(page.firstMatch(of: /\bfailed\b.*cell|This cell failed/) == nil)
        }
        let page = try read("ad_copy_test.\(form)")
        #expect(page.contains("SHIP: story"))
        if form == "html" { #expect(page.contains("class=\"verdict good\"") && page.contains("<svg")) }
    }
}
