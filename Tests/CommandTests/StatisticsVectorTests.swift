import Foundation
import Testing

/// The kept runner over the reference cases of statistics.
@Suite struct StatisticsVectorTests {
    private let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Vectors")

    @Test func allReferenceCasesPass() throws {
        let result = try Executable().run([folder.path + "/statistics.lua", folder.path + "/statistics.json"])
        #expect(result.output.contains("163 passed, 0 failed"), "\(result.output)")
        #expect(result.status == 0)
    }

    /// Edges and options that the cases above leave out; `scripts/goldens/statistics_cases` wrote them.
    @Test func furtherCasesPass() throws {
        let result = try Executable().run([folder.path + "/statistics.lua", folder.path + "/statistics-more.json"])
        #expect(result.output.contains(" passed, 0 failed"), "\(result.output)")
        #expect(result.status == 0)
    }

    @Test func aWrongFigureFails() throws {
        let executable = try Executable()
        let file = try executable.file(
            "wrong.json",
            #"{"cases": [{"id": "one_sample_t/x", "method": "one_sample_t", "input": {"x": [1, 2, 4], "mu": 0}, "expected": {"t": 2.6}, "rtol": 1e-9, "atol": 0}]}"#
        )
        let result = try executable.run([folder.path + "/statistics.lua", file])
        #expect(result.output.contains("FAIL one_sample_t/x: result.t is 2.64"), "\(result.output)")
        #expect(result.output.contains("0 passed, 1 failed"))
        #expect(result.status == 1)
    }
}
