import Foundation
import Session
import Testing

/// What Tab would offer, asked without a terminal.
@Suite struct CompletionTests {
    private func session(_ code: String = "") throws -> Session {
        let session = try Session(.init(output: { _ in }))
        if case .failed(let error) = session.run(Array(code.utf8), name: "=setup") { Issue.record("\(error.message)") }
        return session
    }

    /// The completion at `|`.
    private func complete(_ marked: String, in session: Session) -> Completion {
        let parts = marked.split(separator: "|", maxSplits: 1, omittingEmptySubsequences: false)
        return session.complete(parts.joined(), at: parts[0].utf8.count)
    }

    private func labels(_ marked: String, in session: Session) -> [String] {
        complete(marked, in: session).candidates.map(\.label)
    }

    /// The text after the first candidate was chosen.
    private func chosen(_ marked: String, in session: Session, closes: Bool = false) -> String? {
        let text = Array(marked.replacing("|", with: "").utf8)
        let completion = complete(marked, in: session)
        guard let first = completion.candidates.first else { return nil }
        return String(decoding: text[..<completion.range.lowerBound], as: UTF8.self) + first.text
            + (closes ? first.closing : "") + String(decoding: text[completion.range.upperBound...], as: UTF8.self)
    }

    private static let table = "users = data.table{age = {1, 2}, ['城市'] = {'a', 'b'}, order = {1, 2}}"

    @Test func namesAreGlobalsModulesAndKeywords() throws {
        let session = try session("revenue = 5 revision = {} function review() end")
        #expect(labels("rev|", in: session) == ["revenue", "review", "revision"])
        #expect(labels("x = clu|", in: session) == ["cluster"])
        #expect(labels("re|", in: session).contains("repeat"))
        #expect(labels("print(tos|", in: session) == ["tostring"])
        #expect(labels("REVE|", in: session) == ["revenue"])
        #expect(labels("local re|", in: session) == [])
        #expect(labels("local fun|", in: session) == ["function"])
        let found = complete("cluster|", in: session).candidates.first
        #expect(found?.kind == .module && found?.prose.isEmpty == false)
        #expect(complete("revenu|", in: session).candidates.first?.prose == "5")
        #expect(complete("tostrin|", in: session).candidates.first?.prose == "A value as text")
    }

    @Test func membersOfModulesAndTables() throws {
        let session = try session("t = {alpha = 1, beta = {gamma = 2}, ['城市'] = 3, ['two words'] = 4}")
        #expect(labels("cluster.k|", in: session) == ["kmeans"])
        #expect(complete("cluster.k|", in: session).candidates.first?.prose.hasPrefix("Groups") == true)
        #expect(labels("string.form|", in: session) == ["format"])
        #expect(chosen("t.beta.g|", in: session) == "t.beta.gamma")
        #expect(chosen("t['beta'].g|", in: session) == "t['beta'].gamma")
        #expect(chosen("t.城|", in: session) == "t[\"城市\"]")
        #expect(chosen("t.tw|", in: session) == "t[\"two words\"]")
        #expect(chosen("t['tw|", in: session, closes: true) == "t['two words']")
        #expect(chosen("t[\"城|", in: session, closes: true) == "t[\"城市\"]")
        #expect(
            complete("t.|", in: session).candidates.map(\.text) == [".alpha", ".beta", "[\"two words\"]", "[\"城市\"]"])
        #expect(labels("t . al|", in: session) == ["alpha"])
        #expect(labels("nothing.x|", in: session) == [])
        #expect(labels("5.|", in: session) == [])
        #expect(labels("1..t|", in: session) == [])
    }

    @Test func methodsByTypeAndByDeclaredType() throws {
        let session = try session(
            "x = tensor{{0}, {1}, {9}} model = cluster.kmeans(x, {k = 2}) name = 'a' out = io.stdout")
        #expect(labels("x:sum|", in: session) == ["sum"])
        #expect(labels("x.sh|", in: session) == ["shape"])
        #expect(chosen("x.su|", in: session) == "x:sum")
        #expect(labels("model.lab|", in: session) == ["labels"])
        #expect(labels("model.labels:argm|", in: session) == ["argmin", "argmax"])
        #expect(labels("cluster.kmeans(x, {k = 2}):pre|", in: session) == ["predict"])
        #expect(labels("cluster.kmeans(x, {k = 2}).centers:sum|", in: session) == ["sum"])
        #expect(labels("x:t():matm|", in: session) == ["matmul"])
        #expect(labels("(x):matm|", in: session) == ["matmul"])
        #expect(labels("name:up|", in: session) == ["upper"])
        #expect(labels("('a'):up|", in: session) == ["upper"])
        #expect(labels("out:wr|", in: session) == ["write"])
        #expect(labels("require('cohort.cluster').km|", in: session) == ["kmeans"])
        #expect(labels("tensor{1, 2}:sum|", in: session) == ["sum"])
    }

    @Test func anUnfinishedEntryIsUnderstood() throws {
        let session = try session("x = tensor{{0}, {1}, {9}}")
        #expect(labels("local m = cluster.kmeans(x, {k = 2})\nm:pre|", in: session) == ["predict"])
        #expect(labels("for i = 1, 2 do\n  local m <const> = x:t()\n  m:matm|", in: session) == ["matmul"])
        #expect(labels("m = m:t()\nm.|", in: session) == [])
        #expect(labels("x = x:t() x = x:t() x:matm|", in: session) == ["matmul"])
        #expect(labels("local segments, other = 1, 2\nreturn seg|", in: session) == ["segments"])
        #expect(labels("function f(amount, rate)\n  return am|", in: session) == ["amount"])
        #expect(labels("cluster.kmeans(x, {\n  k = 2,\n  met|", in: session) == ["metric"])
    }

    @Test func localVariablesOfEarlierEntries() throws {
        let session = try session()
        _ = session.evaluate("local segments = {first = tensor{1, 2}}", width: 80)
        #expect(labels("seg|", in: session) == ["segments"])
        #expect(complete("seg|", in: session).candidates.first?.kind == .local)
        #expect(labels("segments.first:sum|", in: session) == ["sum"])
    }

    @Test func optionKeysAndTheirValues() throws {
        let session = try session("x = tensor{{0}, {1}, {9}}")
        let all = labels("cluster.kmeans(x, {|", in: session)
        #expect(all.first == "k" && all.contains("metric") && all.contains("seed"))
        #expect(!labels("cluster.kmeans(x, {k = 2, |", in: session).contains("k"))
        #expect(chosen("cluster.kmeans(x, {me|", in: session) == "cluster.kmeans(x, {metric = ")
        #expect(labels("cluster.kmeans(x, {metric = '|", in: session) == ["euclidean", "cosine"])
        #expect(
            chosen("cluster.kmeans(x, {metric = \"co|", in: session, closes: true)
                == "cluster.kmeans(x, {metric = \"cosine\"")
        #expect(chosen("cluster.kmeans(x, {metric = |", in: session) == "cluster.kmeans(x, {metric = \"euclidean\"")
        #expect(chosen("cluster.kmeans(x, {metric = [[co|", in: session) == "cluster.kmeans(x, {metric = [[cosine")
        #expect(labels("x:sum(1, {ke|", in: session) == ["keepdim"])
        #expect(labels("x:sum(1, {keepdim = tr|", in: session).first == "true")
        #expect(labels("x:to('in|", in: session) == ["int32", "int64"])
        #expect(labels("data.connect{dr|", in: session) == ["driver"])
        #expect(labels("x:backward{ret|", in: session) == ["retain_graph"])
        #expect(labels("cluster.kmeans({{1}, {2}}, {met|", in: session) == ["metric"])
        // Data, not options.
        #expect(labels("cluster.kmeans({met|", in: session) == ["metrics"])
        let key = complete("cluster.kmeans(x, {toler|", in: session).candidates.first
        #expect(key?.prose.contains("default") == true && key?.kind == .option)
    }

    @Test func columnsOfTables() throws {
        let session = try session(Self.table)
        #expect(labels("users.ag|", in: session) == ["age"])
        #expect(chosen("users.城|", in: session) == "users[\"城市\"]")
        #expect(labels("users.|", in: session) == ["age", "order", "columns", "城市"])
        #expect(labels("users.age:tot|", in: session) == ["totable"])
        #expect(labels("users['城市']:tot|", in: session) == ["totable"])
        #expect(labels("users:column('|", in: session) == ["age", "order", "城市"])
        #expect(labels("users:tensor{'age', '|", in: session) == ["age", "order", "城市"])
        #expect(labels("users:head(2):des|", in: session) == ["describe"])
        // Rows are records.
        #expect(chosen("users[1].城|", in: session) == "users[1][\"城市\"]")
        #expect(labels("for row in users:rows() do row.|", in: session) == ["age", "order", "城市"])
        #expect(labels("for row in users:rows() do end row.|", in: session) == ["age", "order", "城市"])
    }

    @Test func columnsInSQL() throws {
        let session = try session(Self.table)
        #expect(labels("users:sql('select a|", in: session).first == "age")
        #expect(chosen("users:sql('select 城|", in: session) == "users:sql('select 城市")
        #expect(chosen("users:sql(\"select 城|", in: session) == "users:sql(\"select 城市")
        #expect(chosen("users:sql(\"select \\\"城|", in: session) == "users:sql(\"select \\\"城市\\\"")
        #expect(chosen("users:sql[[select \"城|", in: session) == "users:sql[[select \"城市\"")
        #expect(chosen("users:sql('select ord|", in: session) == "users:sql('select \"order\"")
        #expect(labels("users:sql('select age from th|", in: session) == ["this", "then"])
        #expect(labels("users:sql('SEL|", in: session) == ["SELECT"])
        let empty = try self.session("x = 1")
        #expect(labels("data.sql('sel|", in: empty) == ["select"])
        #expect(labels("nowhere:sql('SEL|", in: empty) == ["SELECT"])
        #expect(labels("data.sql('|", in: empty).contains("select"))
        #expect(!labels("nowhere:sql('select |", in: empty).contains("cluster"))
        #expect(labels("users:sql('select ''a|", in: session) == [])
        #expect(labels("users:sql(\"select 'a|", in: session) == [])
        #expect(labels("data.sql('select ag|", in: session) == ["age"])
        #expect(labels("data.sql('select u.ag|', {}, {tables = {u = users}})", in: session) == ["age"])
        #expect(complete("users:sql('select age|", in: session).candidates.first?.closing == "")
    }

    @Test func pathsInStrings() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(
            at: folder.appendingPathComponent("二月 data"), withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for name in ["sales.csv", "sales\"q.csv", ".hidden"] {
            try Data().write(to: folder.appendingPathComponent(name))
        }
        let session = try session()
        let path = folder.path
        #expect(labels("data.read('\(path)/|", in: session) == ["sales\"q.csv", "sales.csv", "二月 data/"])
        #expect(labels("data.read('\(path)/.|", in: session) == [".hidden"])
        #expect(chosen("data.read('\(path)/sales.|", in: session, closes: true) == "data.read('\(path)/sales.csv'")
        #expect(chosen("io.open(\"\(path)/sales\\\"|", in: session) == "io.open(\"\(path)/sales\\\"q.csv")
        #expect(chosen("x = '\(path)/二|", in: session, closes: true) == "x = '\(path)/二月 data/")
        #expect(labels("data.read('/no/such/folder/|", in: session) == [])
    }

    @Test func commentsAndNumbersAreLeftAlone() throws {
        let session = try session()
        for text in ["-- clu|", "x = 1 -- clu|", "--[[ a\nclu|", "--[==[ ]] clu|", "0x|", "12|", "3.clu|", "goto clu|"]
        {
            #expect(labels(text, in: session) == [], "\(text)")
        }
        for text in ["--[[ a ]] clu|", "-- a\nclu|", "x = 'a--' clu|", "x = [==[ ]] ]==] clu|", "#clu|", "-clu|"] {
            #expect(labels(text, in: session) == ["cluster"], "\(text)")
        }
    }

    @Test func topicsAfterAQuestionMark() throws {
        let session = try session("users = {}")
        #expect(labels("?cluster.km|", in: session) == ["cluster.kmeans"])
        #expect(labels("? cluster.km|", in: session) == ["cluster.kmeans"])
        #expect(labels("help 'cluster.km|", in: session) == ["cluster.kmeans"])
        #expect(labels("?user|", in: session) == ["users"])
        #expect(labels("??kmea|", in: session) == [])
    }

    @Test func commandsAndTheirArguments() throws {
        let session = try session()
        #expect(labels(".sa|", in: session) == [".save"])
        #expect(labels(".|", in: session).contains(".timing"))
        #expect(chosen(".sa|", in: session, closes: true) == ".save ")
        #expect(labels(".timing o|", in: session) == ["on", "off"])
        #expect(labels(".load /us|", in: session) == ["usr/"])
        #expect(labels("!cat /us|", in: session) == ["usr/"])
        #expect(labels(".reset |", in: session) == [])
        #expect(labels("x = {}\n.sa|", in: session) == [])
        #expect(labels(".5 + clu|", in: session) == [])
    }

    @Test func usersCodeNeverRuns() throws {
        let session = try session(
            """
            ran = 0
            local function trap() ran = ran + 1 error 'ran' end
            hostile = setmetatable({real = 1}, {__index = trap, __pairs = trap, __len = trap, __tostring = trap, __call = trap,
                __name = setmetatable({}, {__tostring = trap}), __metatable = 'locked', __eq = trap, __concat = trap})
            base = setmetatable({inherited = function() end}, {__index = hostile})
            derived = setmetatable({own = 1}, {__index = base})
            a, b = {first = 1}, {second = 2}
            setmetatable(a, {__index = b}) setmetatable(b, {__index = a})
            setmetatable(_G, {__index = trap, __newindex = trap})
            """)
        #expect(labels("hostile.|", in: session) == ["real"])
        #expect(labels("hostile.missing.x|", in: session) == [])
        #expect(labels("hostile:|", in: session) == [])
        #expect(labels("hostile().x|", in: session) == [])
        #expect(labels("hostile['|", in: session) == ["real"])
        #expect(labels("derived.|", in: session) == ["inherited", "own", "real"])
        #expect(labels("derived:|", in: session) == ["inherited"])
        #expect(labels("a.|", in: session) == ["first", "second"])
        #expect(labels("hosti|", in: session) == ["hostile"])
        #expect(labels("?hosti|", in: session) == ["hostile"])
        #expect(complete("ran|", in: session).candidates.first?.prose == "0")
    }

    @Test func garbageIsNotCollected() throws {
        let session = try session(
            """
            count = 0
            function litter() for i = 1, 200 do setmetatable({}, {__gc = function() count = count + 1 end}) end end
            collectgarbage() collectgarbage('stop') litter() collectgarbage('restart') collectgarbage('step', 0) before = count
            """)
        for _ in 0..<200 { _ = labels("string.|", in: session) }
        // Asked from the inside: whatever was collected would have been counted.
        #expect(session.complete("count", at: 5).candidates.first?.prose != nil)
        let first = session.complete("count", at: 5).candidates.first { $0.label == "count" }?.prose
        let second = session.complete("before", at: 6).candidates.first { $0.label == "before" }?.prose
        #expect(first == second)
    }

    @Test func keysThatAreNoTextAreLeftOut() throws {
        let session = try session("t = {['\\255x'] = 1, ['a\\nb'] = 2, ['\\27[31m'] = 3, good = 4}")
        #expect(chosen("t['\\27|", in: session) == "t['\\027[31m")
        #expect(labels("t.|", in: session).count == 3)
        #expect(chosen("t.a|", in: session) == "t[\"a\\nb\"]")
    }

    @Test func strangeTextIsNoTrouble() throws {
        let session = try session("t = {}")
        let deep = String(repeating: "(", count: 50_000) + "t."
        #expect(session.complete(deep, at: deep.utf8.count).candidates.isEmpty)
        let chain = "t" + String(repeating: ".a", count: 50_000) + "."
        #expect(session.complete(chain, at: chain.utf8.count).candidates.isEmpty)
        let calls = String(repeating: "f{", count: 20_000)
        _ = session.complete(calls, at: calls.utf8.count)
        let assignments = (0..<2000).map { "v\($0) = v\($0 + 1)\n" }.reversed().joined() + "v0."
        _ = session.complete(assignments, at: assignments.utf8.count)
        for text in [
            "", ".", ":", "]", "}", ")", "t[", "t['", "'\\", "\"\\u{", "'\\x", "a.b:c['d\\", "?", "? ", "..", "=", "f'",
            "[==", "[==[", "t[[", "users:sql('", "\u{FEFF}", "a\u{0}b", "é", "t.é", "x = '\\9999",
        ] {
            for cursor in -1...(text.utf8.count + 1) { _ = session.complete(text, at: cursor) }
        }
    }

    @Test func tenThousandGlobalsAreQuick() throws {
        let session = try session("for i = 1, 10000 do _G['variable_' .. i] = {i} end " + Self.table)
        _ = session.run(Array("big = {} for i = 1, 10000 do big['键' .. i] = i big[i] = i end".utf8), name: "=setup")
        #expect(labels("big.键999|", in: session).count == 11)
        for text in [
            "big.|", "big.键99|", "big['键9|", "variable_99|", "var|", "|", "users.|", "users:sql('select a|",
            "cluster.kmeans(users, {|",
        ] {
            // The processor's time: other tests may be running.
            let start = threadTime()
            let found = complete(text, in: session)
            let elapsed = (threadTime() - start) * 1000
            print("completing \(text): \(found.candidates.count) candidates in \(String(format: "%.1f", elapsed)) ms")
            #expect(elapsed < 400)
        }
        #expect(labels("variable_999|", in: session).count == 11)
    }

    private func threadTime() -> Double {
        var now = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now)
        return Double(now.tv_sec) + Double(now.tv_nsec) / 1e9
    }
}
