import Foundation
import LuaKit
import LuaModules
import Testing

/// What scikit-learn and scipy give: scripts/goldens/metric_values.py.
@Suite struct MetricValueTests {
    private struct Golden: Decodable {
        let cases: [Case]
    }

    private struct Case: Decodable {
        let call: String
        let value: Value
    }

    /// A number, or lists of them, flattened.
    private struct Value: Decodable {
        var numbers: [Double] = []

        init(from decoder: any Decoder) throws {
            if let number = try? decoder.singleValueContainer().decode(Double.self) {
                numbers = [number]
            } else {
                for part in try decoder.singleValueContainer().decode([Value].self) { numbers += part.numbers }
            }
        }
    }

    private func numbers(_ value: LuaValue) -> [Double] {
        if let number = value.double { return [number] }
        return value.table?.list.flatMap(numbers) ?? []
    }

    @Test func valuesAgree() throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let data = try Data(contentsOf: folder.appending(path: "Vectors/metric_values.json"))
        let cases = try JSONDecoder().decode(Golden.self, from: data).cases
        #expect(cases.count > 100)
        let state = try LuaModules.makeState()
        for entry in cases {
            guard case .values(let values) = state.run("return \(entry.call)", name: "@t.lua"), let first = values.first
            else {
                Issue.record("\(entry.call.prefix(40)) … \(entry.call.suffix(60)) failed")
                continue
            }
            let ours = numbers(first)
            #expect(ours.count == entry.value.numbers.count, "\(entry.call.suffix(80))")
            for (a, b) in zip(ours, entry.value.numbers) {
                #expect(
                    (a - b).magnitude <= 1e-9 * max(1, b.magnitude),
                    "\(entry.call.prefix(30)) … \(entry.call.suffix(80)): \(a), \(b)")
            }
        }
    }

    private func outcome(_ code: String) throws -> String {
        let state = try LuaModules.makeState()
        switch state.run("return \(code)", name: "@t.lua") {
        case .values(let values): return values.map { $0.double.map { "\($0)" } ?? "\($0)" }.joined(separator: " ")
        case .failure(let message, _): return message
        case let other: return "\(other)"
        }
    }

    @Test(arguments: [
        (
            "metrics.mse({1, 2}, {1, 2, 3})",
            "bad argument 'prediction' to metrics.mse: 2 numbers, as many as in 'truth' expected, got 3"
        ),
        (
            "metrics.mae({1, 0/0}, {1, 2})",
            "bad argument 'truth' to metrics.mae: finite numbers expected, got nan at position 2"
        ),
        ("metrics.rmse({}, {})", "at least one item expected, got none"),
        ("metrics.r2({1}, {1})", "at least 2 numbers expected, got 1"),
        ("metrics.mse({1, 2}, {1, 2}, {sample_weight = {1}})", "2 weights, as many as in 'truth' expected, got 1"),
        ("metrics.mse({1, 2}, {1, 2}, {sample_weight = {1, -1}})", "got -1.0 at position 2"),
        ("metrics.mse({1, 2}, {1, 2}, {sample_weight = {0, 0}})", "at least one weight above 0 expected, got zeros"),
        (
            "metrics.pearson({1, 1}, {1, 2})",
            "bad argument 'truth' to metrics.pearson: numbers that vary expected, got one value only"
        ),
        (
            "metrics.spearman({1, 2}, {3, 3})",
            "bad argument 'prediction' to metrics.spearman: numbers that vary expected"
        ),
        ("metrics.roc_auc({1, 1}, {0.1, 0.2})", "items of both classes expected, got one class only"),
        (
            "metrics.roc_auc({1, 2}, {0.1, 0.2})",
            "0 or 1 for each item expected, got 2 at position 2 (give positive = … to name a class)"
        ),
        ("metrics.roc_auc({1, 0}, {0.1, 0/0})", "finite scores expected, got nan at position 2"),
        (
            "metrics.roc_auc({1, 2}, {{0.5, 0.5}, {0.2, 0.8}, {0, 1}})",
            "2 rows, as many as labels in 'truth' expected, got 3"
        ),
        ("metrics.log_loss({1, 0}, {0.5, 1.5})", "probabilities from 0 to 1 expected, got 1.5 at position 2"),
        ("metrics.log_loss({1, 2}, {{0.5, 0.4}, {0.2, 0.8}})", "rows that sum to 1 expected"),
        (
            "metrics.log_loss({1, 5}, {{0.2, 0.3, 0.5}, {0.2, 0.3, 0.5}})",
            "classes from 1 to 3, or those of labels = {…} expected, got 5 at position 2"
        ),
        ("metrics.accuracy({1, 2}, {1})", "2 labels, as many as in 'truth' expected, got 1"),
        ("metrics.f1({1, 2}, {1, 2}, {average = 'mean'})", "average"),
        (
            "metrics.f1({1, 2, 3}, {1, 2, 2})",
            "bad argument 'average' to metrics.f1: macro, micro or weighted for 3 classes expected, got binary (or name one class, as in positive = 1)"
        ),
        ("metrics.calibration({1, 0}, {0.5, 1}, {bins = 1 << 40})", "integer from 1 to 100000 expected"),
        ("metrics.calibration({1, 0}, {0.5, 2})", "probabilities from 0 to 1 expected"),
        ("metrics.ndcg({{1, 2}}, {{1, 2, 3}})", "shape [1, 2], as 'truth' has expected, got shape [1, 3]"),
        (
            "metrics.ctr(5, 3)",
            "bad argument 'clicks' to metrics.ctr: at most as many as impressions expected, got 5.0 of 3.0"
        ),
        ("metrics.ctr({1, 2}, {3, 0})", "got 2.0 of 0.0 at position 2"),
        ("metrics.cvr(0, 0)", "bad argument 'clicks' to metrics.cvr: a sum above 0 expected, got 0.0"),
        ("metrics.roi(1, {1, 2})", "1 numbers, as many as in 'revenue' expected, got 2"),
        ("metrics.roas(1, 0/0)", "finite numbers expected, got nan at position 1"),
    ])
    func refuses(_ code: String, _ words: String) throws {
        let shown = try outcome(code)
        #expect(shown.contains(words), "\(code): \(shown)")
    }

    @Test(arguments: [
        ("metrics.mse(tensor{{1, 2}, {3, 4}}, tensor{{1, 2}, {3, 6}})", "1.0"),
        ("metrics.mae(data.table{a = {1, 2}}.a, {2, 3})", "1.0"),
        ("metrics.ctr(data.table{c = {1, 2}, i = {10, 20}}.c, {10, 20})", "0.1"),
        ("metrics.roc_auc({'no', 'yes'}, {0.2, 0.9}, {positive = 'yes'})", "1.0"),
        ("metrics.accuracy({true, false}, {true, true})", "0.5"),
        ("metrics.precision({1, 0}, {0, 0})", "0.0"),
        ("metrics.log_loss(tensor{true, false}, tensor{0.5, 0.5}) - math.log(2)", "0.0"),
    ])
    func gives(_ code: String, _ expected: String) throws {
        #expect(try outcome(code) == expected, "\(code)")
    }
}
