import Foundation
import Testing

/// `cohort test`.
@Suite struct TestCommandTests {
    private let cohort: Executable

    init() throws { cohort = try Executable() }

    @Test func theChecksOfAnAnalysisRunByName() throws {
        let path = try cohort.file(
            "shares.lua",
            """
            function share(part, whole) return part / whole end
            function test_half() assert(share(1, 2) == 0.5) end
            function check_sum() assert(share(1, 4) + share(3, 4) == 1, arg[1]) end
            function test_broken() assert(share(1, 3) == 0.3, 'a third is no ' .. arg[1]) end
            local function test_local() error('not a global') end
            """)
        let result = try cohort.run(["test", path, "0.3"])
        #expect(result.status == 1)
        let lines = result.output.split(separator: "\n").map(String.init)
        #expect(lines.first == "ok    \(path): check_sum")
        #expect(lines.contains { $0.hasPrefix("FAIL  \(path): test_broken: ") && $0.contains("a third is no 0.3") })
        #expect(lines.suffix(2) == ["ok    \(path): test_half", "2 passed, 1 failed"])
    }

    @Test func aFolderIsTestedFileByFile() throws {
        _ = try cohort.file("many/a.lua", "x = 1")
        _ = try cohort.file("many/b.lua", "function test_new() assert(x == nil, 'files share nothing') end")
        _ = try cohort.file("many/c.txt", "no Lua")
        let good = try cohort.run(["test", cohort.home + "/many"])
        #expect(good.status == 0 && good.output.hasSuffix("2 passed, 0 failed\n"), "\(good)")
        _ = try cohort.file("many/d.lua", "error('while loading')")
        let bad = try cohort.run(["test", cohort.home + "/many"])
        #expect(bad.status == 1 && bad.output.contains("d.lua: ") && bad.output.contains("while loading"))
    }

    @Test func whatIsNotThereIsWrongUsage() throws {
        #expect(try cohort.run(["test", cohort.home + "/nothing.lua"]).status == 2)
        _ = try cohort.file("empty/x.txt", "")
        #expect(try cohort.run(["test", cohort.home + "/empty"]).error.contains("no .lua file"))
    }
}
