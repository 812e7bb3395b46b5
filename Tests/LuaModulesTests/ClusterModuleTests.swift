import Foundation
import Testing

@testable import LuaModules

@Suite struct ClusterModuleTests {
    private let prompt: Prompt

    init() throws { prompt = try Prompt() }

    @Test func examplesPrintWhatTheySay() { #expect(prompt.wrongExamples(of: .cluster) == []) }

    @Test(arguments: [
        ("cluster.kmeans({{0, 0}, {0, 1}, {9, 9}}, {k = 2}).labels:totable()", "{1, 1, 2}"),
        ("cluster.kmeans({{0, 0}, {0, 1}, {9, 9}}, {k = 2}).labels.dtype", "\"int64\""),
        ("cluster.kmeans({{0, 0}, {0, 1}, {9, 9}}, {k = 2}).centers:totable()", "{{0.0, 0.5}, {9.0, 9.0}}"),
        ("cluster.kmeans({{0, 0}, {0, 1}, {9, 9}}, {k = 2}).inertia", "0.5"),
        ("math.type(cluster.kmeans({{0}, {1}, {9}}, {k = 2}).iterations)", "\"integer\""),
        ("cluster.kmeans(tensor{1, 2, 30, 31}, {k = 2, seed = 4}).sizes", "{2, 2}"),
        ("cluster.kmeans({{1, 1}, {9, 9}, {1, 0}}, {k = 2, metric = 'cosine'}).labels:totable()", "{1, 1, 2}"),
        ("cluster.kmeans({{1}, {2}, {30}}, {k = 2, minibatch = 2}).sizes", "{2, 1}"),
        ("cluster.kmeans({{1}, {2}, {30}}, {k = 2}):predict({{29}, {0}}):totable()", "{2, 1}"),
        ("tostring(cluster.kmeans({{0, 0}, {0, 1}, {9, 9}}, {k = 2}))", "\"cluster.KMeans(k = 2, inertia = 0.5)\""),
        ("#cluster.choose_k({{0}, {1}, {9}, {10}}).candidates", "2"),
        ("cluster.choose_k({{0}, {1}, {9}, {10}}).model.sizes", "{2, 2}"),
    ])
    func values(code: String, output: String) { #expect(prompt.show(code) == output) }

    @Test(arguments: [
        (
            "cluster.kmeans({{0}, {1}, {2}}, {k = 500})",
            "t.lua:1: bad argument 'k' to cluster.kmeans: integer from 1 to 3 (the number of rows) expected, got 500"
        ),
        (
            "cluster.kmeans({{0}, {1}, {2}}, {k = 0})",
            "t.lua:1: bad argument 'k' to cluster.kmeans: integer from 1 to 3 (the number of rows) expected, got 0"
        ),
        (
            "cluster.kmeans({{0}, {0/0}}, {k = 1})",
            "bad argument 'x' to cluster.kmeans: finite numbers expected, got nan in row 2, column 1"
        ),
        ("cluster.kmeans({{0}, {1}})", "'k'"),
        ("cluster.kmeans('x', {k = 1})", "bad argument 'x' to cluster.kmeans"),
        ("cluster.kmeans({{0}}, {k = 1, metric = 'manhattan'})", "'euclidean', 'cosine' expected, got 'manhattan'"),
        ("cluster.kmeans({{0}}, {k = 1}):predict({{0, 1}})", "bad argument 'y' to cluster.KMeans:predict"),
        ("cluster.choose_k({{0}, {1}, {2}}, {from = 1})", "bad argument 'from' to cluster.choose_k"),
        ("cluster.load('/no/such/file')", "/no/such/file: cannot be opened"),
    ])
    func failures(code: String, part: String) {
        let message = prompt.show(code)
        #expect(message.contains(part), "\(message)")
    }

    @Test func modelsAreSavedAndLoaded() {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("m-\(UUID().uuidString).safetensors")
            .path
        defer { unlink(path) }
        #expect(prompt.show("cluster.kmeans({{1}, {2}, {30}}, {k = 2}):save('\(path)')") == "")
        #expect(prompt.show("cluster.load('\(path)'):predict({{29}, {0}}):totable()") == "{2, 1}")
        #expect(prompt.show("cluster.load('\(path)').labels") == "nil")
    }
}
