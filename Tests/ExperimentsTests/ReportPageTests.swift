import Charts
import Foundation
import Reports
import Support
import Tables
import Testing

@testable import Experiments

/// What a reader of an experiment's report sees, and what nobody may see.
@Suite struct ReportPageTests {
    /// Mails whose users have names that would be found anywhere.
    private static func named(_ units: Int = 2_000) throws -> Table {
        let mails = try Samples.mails(units)
        var columns = try mails.names.filter { $0 != "id" }.map { ($0, try mails.column($0)) }
        columns.append(("id", try Column((0..<units).map { .text("zebra-\($0)-quagga") }, name: "id")))
        return try Table(names: columns.map(\.0), columns: columns.map(\.1))
    }

    private static func plan() -> ExperimentPlan {
        var plan = Samples.mailPlan
        plan.copy = [("No E-Mail", "nothing"), ("Mens E-Mail", "Shirts & <i>ties</i>"), ("Womens E-Mail", "裙子上新")]
        plan.options.mde = 0.1
        plan.metrics[2].role = .guardrail
        plan.metrics[2].margin = .init(0.1, isRelative: true)
        plan.metrics[2].unit = "$"
        return plan
    }

    private static func forms(_ result: ExperimentResult, _ language: Language) throws -> [String] {
        let report = ExperimentReport(result, provenance: .init(version: "1"), language: language)
        return [
            String(decoding: try report.document.encoded(.html), as: UTF8.self),
            String(decoding: try report.document.encoded(.markdown), as: UTF8.self),
            String(decoding: try report.json().encoded(.pretty), as: UTF8.self),
        ]
    }

    @Test(arguments: Language.allCases)
    func noUserIsNamed(language: Language) throws {
        let result = try Samples.analyzed(Self.plan(), Self.named())
        for text in try Self.forms(result, language) { #expect(!text.contains("zebra") && !text.contains("quagga")) }
    }

    @Test func noUserIsNamedWhereSomethingIsWrongWithThem() throws {
        // Units in two arms and repeated ones are where a name might be given as an example.
        let table = try Samples.table([
            ("id", Samples.texts((0..<400).map { "zebra-\($0 / 2)-quagga" })),
            ("segment", Samples.texts((0..<400).map { $0 % 8 < 4 ? "No E-Mail" : $0 % 3 == 0 ? "Mens E-Mail" : "b" })),
            ("visit", Samples.integers((0..<400).map { $0 % 5 == 0 ? 1 : 0 })),
        ])
        var plan = ExperimentPlan(
            variant: "segment", control: "No E-Mail", metrics: [Metric(.proportion(of: nil), "visit")])
        plan.unit = "id"
        let result = try Samples.analyzed(plan, table)
        #expect(result.healthStatus > .ok)
        for text in try Self.forms(result, .english) { #expect(!text.contains("zebra")) }
    }

    @Test(arguments: Language.allCases)
    func bytesDoNotDependOnThreads(language: Language) throws {
        let table = try Self.named()
        let one = try Samples.analyzed(Self.plan(), table, threads: 1)
        let two = try Samples.analyzed(Self.plan(), table, threads: 2)
        #expect(try Self.forms(one, language) == Self.forms(two, language))
    }

    @Test(arguments: Language.allCases)
    func aPageIsAccessible(language: Language) throws {
        let html = try Self.forms(Samples.analyzed(Self.plan(), Self.named()), language)[0]
        #expect(html.contains("<html lang=\"\(language.tag)\">"))
        let pictures = html.components(separatedBy: "<svg").dropFirst()
        #expect(pictures.count > 10)
        for picture in pictures {
            #expect(picture.hasPrefix(" class=\"chart\"") || picture.contains("role=\"img\""))
            #expect(picture.contains("<title id=") && picture.contains("<desc id="))
        }
        for heading in html.matches(of: /<th\b[^>]*>/) { #expect(heading.output.contains("scope=")) }
        for table in html.components(separatedBy: "<table").dropFirst() {
            #expect(table.contains("<caption"), "\(table.prefix(200))")
        }
        for outside in ["<script", "<link", "<img", "<iframe", "http://", "https://", "url("] {
            let found = html.replacing("http://www.w3.org/2000/svg", with: "").contains(outside)
            #expect(!found, "\(outside)")
        }
    }

    @Test func whatEachArmSaidIsThere() throws {
        for text in try Self.forms(Samples.analyzed(Self.plan(), Self.named()), .english) {
            for copy in ["nothing", "ties", "裙子上新"] { #expect(text.contains(copy)) }
            #expect(!text.contains("<i>ties") || text.hasPrefix("{"))
        }
    }

    /// Punctuation between Chinese characters is as wide as they are.
    @Test func chineseIsSetWithItsOwnPunctuation() throws {
        for text in try Self.forms(Samples.analyzed(Self.plan(), Self.named()), .chinese).prefix(2) {
            let words = text.replacing(/<style>[\s\S]*?<\/style>/, with: "").replacing(/<[^>]*>/, with: "|")
                .replacing(/`[^`]*`/, with: "`")
            for found in words.matches(of: /[\u{4E00}-\u{9FFF}][,;:(]|[,;:)(][\u{4E00}-\u{9FFF}]/) {
                Issue.record("\(words[found.range.lowerBound...].prefix(30))")
            }
        }
    }

    @Test func figuresHaveTheirUnit() throws {
        let result = try Samples.analyzed(Self.plan(), Self.named(6_000))
        let share = MetricFigures(try #require(result.metric("visit")))
        #expect(share.value(0.1062) == "10.6%")
        #expect(share.effect(0.0512) == "+5.1\u{A0}pp")
        #expect(share.effect(-0.0512) == "−5.1\u{A0}pp")
        #expect(share.interval(.init(-0.01, 0.02)) == "[−1.0,\u{A0}+2.0]\u{A0}pp")
        #expect(share.lift(0.719) == "+71.9%")
        #expect(share.liftInterval(.init(.leastNonzeroMagnitude, 0.5)) == "(0,\u{A0}+50.0%]")
        let money = MetricFigures(try #require(result.metric("spend")))
        #expect(money.value(1234.5) == "$1,234.50")
        #expect(money.effect(-0.5) == "−$0.50")
        #expect(money.effect(nil) == nil)
    }

    /// An experiment of one unit an arm, without variance, writes every part as well.
    @Test(arguments: Language.allCases)
    func littleDataAreTold(language: Language) throws {
        let table = try Samples.table([
            ("segment", Samples.texts(["No E-Mail", "b"])), ("visit", Samples.integers([0, 0])),
            ("spend", Samples.numbers([0, 1e12])),
        ])
        let plan = ExperimentPlan(
            variant: "segment", control: "No E-Mail",
            metrics: [
                Metric(.proportion(of: nil), "visit"), Metric(.mean, "spend"),
                Metric(.quantile(0.5), "spend", name: "median"),
            ])
        for text in try Self.forms(Samples.analyzed(plan, table), language) {
            #expect(text.firstMatch(of: /\b(nan|NaN|inf)\b/) == nil)
        }
    }
}
