import Testing

@testable import LuaModules

@Suite struct MetricsModuleTests {
    private let prompt: Prompt

    init() throws { prompt = try Prompt() }

    @Test func examplesPrintWhatTheySay() { #expect(prompt.wrongExamples(of: .metrics) == []) }

    @Test(arguments: [
        ("metrics.adjusted_rand({1, 1, 2, 2}, tensor{5, 5, 7, 7})", "1.0"),
        ("metrics.adjusted_rand({'a', 'a', 'b', 'b'}, {true, true, false, false})", "1.0"),
        ("metrics.adjusted_rand({0, 0, 1, 2}, {0, 0, 1, 1})", "0.57142857142857"),
        ("metrics.normalized_mutual_information({0, 0, 1, 2}, {0, 0, 1, 1})", "0.8"),
        ("metrics.purity({'书', '书', '酒店'}, tensor({1, 2, 2}, {dtype = 'int64'}))", "0.66666666666667"),
        ("metrics.purity({1.0, 2.0}, {'a', 'b'})", "1.0"),
        ("metrics.silhouette({{0}, {1}, {10}, {11}}, {'a', 'a', 'b', 'b'}, {sample = 100})", "0.89974937343358"),
        ("metrics.silhouette({{1, 0}, {2, 0}, {0, 1}, {0, 3}}, {1, 1, 2, 2}, {metric = 'cosine'})", "1.0"),
        ("metrics.purity(data.table{c = {'a', 'b'}}.c, {1, 1})", "0.5"),
        ("metrics.accuracy(tensor.arange(1, 50000), tensor.arange(1, 50000))", "1.0"),
        ("metrics.confusion({1, 2, 3}, {1, 2, 2}, {labels = {3, 2}}).counts", "{{0, 1}, {0, 1}}"),
        (
            "metrics.confusion({1, 2, 3}, {1, 2, 2}, {normalize = 'prediction'}).counts",
            "{{1.0, 0.0, 0.0}, {0.0, 0.5, 0.0}, {0.0, 0.5, 0.0}}"
        ),
        ("metrics.inertia(tensor{{0}, {2}, {10}}, tensor{1, 1, 2})", "2.0"),
        ("metrics.ndcg({1030, 1}, {2, 1}, {gain = 'exponential'})", "1.0"),
        ("metrics.ndcg({2000, 1, 0}, {1, 2, 3}, {gain = 'exponential'})", "0.5"),
    ])
    func values(code: String, output: String) { #expect(prompt.show(code) == output) }

    @Test(arguments: [
        (
            "metrics.purity({1, 2, 3}, {1, 2})",
            "t.lua:1: bad argument 'prediction' to metrics.purity: 3 labels, as many as in 'truth' expected, got 2"
        ),
        ("metrics.purity({}, {})", "at least one label expected"),
        (
            "metrics.purity({1, 2.5}, {1, 2})",
            "bad argument 'truth' to metrics.purity: integers or strings expected, got 2.5"
        ),
        (
            "metrics.accuracy({1, 0}, {1, 0}, {sample_weight = {1e308, 1e308}})",
            "weights whose sum is a number expected"
        ),
        ("metrics.purity(3, {1, 2})", "list, column or tensor of labels"),
        ("metrics.silhouette({{1}, {2}, {3}}, {1, 1, 1})", "bad argument 'labels' to metrics.silhouette"),
        (
            "metrics.confusion(tensor.arange(1, 5000), tensor.arange(1, 5000))",
            "bad argument 'labels' to metrics.confusion: at most 4000 classes expected"
        ),
        ("metrics.silhouette({{1}, {0/0}, {3}}, {1, 1, 2})", "got nan in row 2, column 1"),
    ])
    func failures(code: String, part: String) {
        let message = prompt.show(code)
        #expect(message.contains(part), "\(message)")
    }
}
