import Session
import Testing

@Suite struct HelpTests {
    private func session(_ code: String = "") throws -> Session {
        let session = try Session(.init(output: { _ in }))
        if case .failed(let error) = session.run(Array(code.utf8), name: "=setup") { Issue.record("\(error.message)") }
        return session
    }

    private func help(_ topic: String, in session: Session, width: Int = 80) -> String {
        switch session.help(topic, width: width) {
        case .done(let results): results.joined(separator: "\n")
        case .failed(let error): "failed: \(error.message)"
        case .interrupted: "interrupted"
        }
    }

    @Test func theTourFitsOneScreen() throws {
        let rows = help("", in: try session()).split(separator: "\n", omittingEmptySubsequences: false)
        #expect(rows.count <= 23)
        #expect(rows.allSatisfy { $0.count <= 80 })
        // Nothing is cut: the first sentence of a module's prose has to be short.
        #expect(!rows.contains { $0.contains("…") })
    }

    @Test func aPageHasAllParts() throws {
        let page = help("cluster.kmeans", in: try session())
        for part in [
            "cluster.kmeans(x, {k", "tensor [n, d]", "integer", "default \"euclidean\"", "Example", "--> ",
            "See also: ",
        ] {
            #expect(page.contains(part), "\(part)")
        }
    }

    @Test func variablesAreExplainedWithoutRunningAnything() throws {
        let session = try session(
            """
            ran = 0
            hostile = setmetatable({}, {__index = function() ran = ran + 1 error 'ran' end})
            model = cluster.kmeans({{1}, {5}}, {k = 2}) users = data.table{age = {1}} total = 5
            function mine() end
            """)
        #expect(help("model", in: session).hasPrefix("cluster.KMeans\n"))
        #expect(help("model:predict", in: session).hasPrefix("cluster.KMeans:predict(y)"))
        #expect(help("model.labels", in: session).hasPrefix("tensor\n"))
        #expect(help("users.age", in: session).hasPrefix("data.Column\n"))
        #expect(help("total", in: session) == "A number: 5.")
        #expect(help("mine", in: session) == "A function of your script.")
        #expect(help("hostile.thing", in: session).hasPrefix("failed: there is no help"))
        #expect(help("ran", in: session) == "A number: 0.")
    }

    @Test func luasOwnFunctionsAreExplained() throws {
        let session = try session()
        #expect(help("string.format", in: session).hasPrefix("string.format(format, ...)\n\nText made"))
        #expect(help("tostring", in: session).hasPrefix("tostring(value)"))
        #expect(help("file:read", in: session).hasPrefix("file:read(...)"))
    }

    @Test func nearNamesAreSuggested() throws {
        let session = try session()
        #expect(help("clusterin", in: session) == "failed: there is no help on 'clusterin' (did you mean cluster?)")
        #expect(help("zzzzzz", in: session).contains("??zzzzzz"))
    }

    @Test func proseIsSearched() throws {
        let session = try session()
        let found = help("??silhouette", in: session)
        #expect(found.hasPrefix("  metrics.silhouette"))
        #expect(help("?? nearest center", in: session).contains("cluster.KMeans:predict"))
        // By what a parameter means, and in any order and number of words.
        #expect(help("??unit length", in: session).contains("text.Encoder:encode"))
        #expect(help("?? CENTERS nearest", in: session).contains("cluster.KMeans:predict"))
        #expect(help("??matches pattern", in: session).contains("string.gmatch"))
        for (asked, found) in [
            ("filter", "data.Table:index"), ("group by", "data.Table:sql"), ("churn", "nn.boosted_trees"),
            ("流失", "nn.boosted_trees"),
            ("样本量", "ab.sample_size"), ("recommend", "nn.bpr"), ("sentiment", "nn.encoder"),
        ] { #expect(help("??\(asked)", in: session).contains(found), "\(asked)") }
        #expect(help("??zzzz", in: session).hasPrefix("failed: nothing is said of 'zzzz'"))
        for width in [40, 80] {
            let rows = help("??the", in: session, width: width).split(separator: "\n")
            #expect(rows.count <= 40 && rows.allSatisfy { $0.count <= max(40, width) })
        }
    }

    @Test(arguments: [
        ("clustre.kmeans({})", "did you mean 'cluster'?"), ("pirnt('a')", "did you mean 'print'?"),
        ("string.fromat('a')", "did you mean 'format'?"), ("x = 'a' x = x:uper()", "did you mean 'upper'?"),
        ("name:uper()", "did you mean 'upper'?"), ("settings.colour.red = 5", "did you mean 'color'?"),
        ("revenu.january = 5", "did you mean 'revenue'?"), ("cluster.kmean({})", "did you mean 'kmeans'?"),
        ("tensor{1}:summ()", "did you mean 'sum'?"), ("cluster.kmeans({{1}}, {kk = 1})", "did you mean 'k'?"),
        ("q.x = 1", nil), ("error('a nil value (global \\'clustre\\')')", "did you mean 'cluster'?"),
        ("math.flor(2)", "did you mean 'floor'?"),
    ]) func mistypedNamesAreGuessed(code: String, hint: String?) throws {
        let session = try session("name = 'a' settings = {color = {}} revenue = {}")
        guard case .failed(let error) = session.evaluate(code, width: 80) else {
            Issue.record("no error: \(code)")
            return
        }
        if let hint {
            #expect(error.message.hasSuffix("(\(hint))"))
        } else {
            #expect(!error.message.contains("did you mean"))
        }
    }
}
