import Charts
import Foundation
import Reports
import Support
import Tables
import Testing

@testable import Experiments

/// The report of an experiment.
@Suite struct ReportTests {
    private static let folder = ProcessInfo.processInfo.environment["COHORT_DATA"]
    private let result: ExperimentResult

    init() throws {
        var plan = Samples.mailPlan
        plan.copy = [("Mens E-Mail", "New shirts <b>today</b>"), ("No E-Mail", "")]
        plan.options.mde = 0.05
        result = try Samples.analyzed(plan, Samples.mails())
    }

    private func report(_ language: Language) -> ExperimentReport {
        ExperimentReport(
            result,
            provenance: .init(
                script: Array("return 1".utf8), scriptName: "a.lua", command: "cohort a.lua", version: "1"),
            language: language)
    }

    @Test func plantedLiftShips() {
        #expect(result.decision.verdict == .ship)
        #expect(result.decision.arm == "Mens E-Mail")
        #expect(result.healthStatus == .ok)
        #expect(result.timeline.count == 6 && result.timeline[0].days.count == 14)
    }

    @Test(arguments: Language.allCases)
    func everyPartIsThereTwiceTheSame(language: Language) throws {
        let document = report(language).document
        let headings = document.blocks.filter { if case .heading = $0 { true } else { false } }
        #expect(headings.count == 12)
        for form in [Document.Form.html, .markdown] {
            let bytes = try document.encoded(form)
            #expect(bytes == (try report(language).document.encoded(form)))
            let text = String(decoding: bytes, as: UTF8.self)
            #expect(text.firstMatch(of: /\b(nan|NaN|inf)\b/) == nil)
            #expect(!text.contains("<script") && !text.contains("src="))
            #expect(!text.contains("New shirts <b>today"))
        }
    }

    @Test func dataAreCompleteAndFinite() throws {
        let json = report(.english).json()
        #expect(json["schema"]?.int == 1)
        #expect(json["verdict"]?.string == "SHIP")
        #expect(json["metrics"]?.array?.count == 3)
        #expect(json["reproducibility"]?["script_sha256"]?.string?.count == 64)
        #expect(String(decoding: try json.encoded(), as: UTF8.self).contains("\"status\":\"ok\""))
    }

    /// The e-mail challenge of 2008, where COHORT_DATA has it: counts and effects that anybody can add up.
    @Test(.enabled(if: folder != nil)) func hillstrom() throws {
        let folder = try #require(Self.folder)
        var plan = Samples.mailPlan
        plan.unit = nil
        plan.date = nil
        plan.segments = ["channel", "history_segment"]
        let table = try Table.read("\(folder)/hillstrom.csv", ReadOptions(), work: Work())
        let result = try Samples.analyzed(plan, table)
        #expect(result.sizes == [21_306, 21_307, 21_387])
        #expect(result.metric("visit")?.arms.map(\.sum) == [2_262, 3_894, 3_238])
        #expect(result.decision.verdict == .ship && result.decision.arm == "Mens E-Mail")
        #expect(result.check("srm")?.status == .ok)
    }
}
