import Foundation
import Support
import Tables

@testable import Experiments

/// Tables for the tests.
enum Samples {
    static func table(_ columns: [(String, [Value])]) throws -> Table {
        try Table(names: columns.map(\.0), columns: try columns.map { try Column($0.1, name: $0.0) })
    }

    static func numbers(_ values: [Double]) -> [Value] { values.map { $0.isNaN ? .null : .number($0) } }
    static func integers(_ values: [Int]) -> [Value] { values.map { .integer(Int64($0)) } }
    static func texts(_ values: [String?]) -> [Value] { values.map { $0.map { .text($0) } ?? .null } }

    /// An experiment of e-mails like the classic one of 2008: three arms, history, visit, conversion, spend; the planted lifts of visits are
    /// 7 and 4 points over 11 %.
    static func mails(_ units: Int = 6_000, seed: UInt64 = 3, days: Int = 14) throws -> Table {
        var generator = SeededGenerator(seed: seed)
        let names = ["No E-Mail", "Mens E-Mail", "Womens E-Mail"]
        let channels = ["Phone", "Web", "Multichannel"]
        var (arms, history, visit, conversion, spend): ([String?], [Double], [Int], [Int], [Double]) = (
            [], [], [], [], []
        )
        var (channel, dates, ids): ([String?], [String?], [Int]) = ([], [], [])
        for unit in 0..<units {
            let arm = generator.below(3)
            let past = 30 + 200 * -log(1 - generator.uniform())
            let visits = generator.uniform() < 0.11 + [0, 0.07, 0.04][arm] + min(0.1, past / 5_000)
            let buys = visits && generator.uniform() < 0.1
            arms.append(names[arm])
            history.append(past)
            visit.append(visits ? 1 : 0)
            conversion.append(buys ? 1 : 0)
            spend.append(buys ? 20 + 0.2 * past + 40 * generator.uniform() : 0)
            channel.append(channels[generator.below(3)])
            dates.append(Column.dateText(19_800 + Int32(unit * days / units)))
            ids.append(unit)
        }
        return try table([
            ("id", integers(ids)), ("segment", texts(arms)), ("history", numbers(history)), ("visit", integers(visit)),
            ("conversion", integers(conversion)), ("spend", numbers(spend)), ("channel", texts(channel)),
            ("day", texts(dates)),
        ])
    }

    static var mailPlan: ExperimentPlan {
        var plan = ExperimentPlan(
            variant: "segment", control: "No E-Mail",
            metrics: [
                Metric(.proportion(of: nil), "visit"), Metric(.proportion(of: nil), "conversion"),
                Metric(.mean, "spend"),
            ])
        plan.unit = "id"
        plan.segments = ["channel"]
        plan.covariates = ["history"]
        plan.date = "day"
        return plan
    }

    static func analyzed(_ plan: ExperimentPlan, _ table: Table, threads: Int = 2) throws -> ExperimentResult {
        let work = Work(threads: threads)
        return try ExperimentData(plan, table: table, work: work).analyzed(plan.options, work: work)
    }
}
