import Foundation
import Testing

/// `cohort api` in its forms.
@Suite struct APICommandTests {
    @Test func stubsAndReferenceAreWritten() throws {
        let cohort = try Executable()
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString + "/deep/er")
        defer {
            try? FileManager.default.removeItem(at: folder.deletingLastPathComponent().deletingLastPathComponent())
        }
        let written = try cohort.run(["api", "--stubs", folder.path])
        #expect(written.status == 0 && written.output.contains("files in"))
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(Set(names).isSuperset(of: ["globals.lua", "cluster.lua", "tensor.lua"]))
        #expect(try cohort.run(["api", "--markdown"]).output.hasPrefix("# Cohort reference\n"))
        #expect(try cohort.run(["api", "--json", "--markdown"]).status == 2)
        let refused = try cohort.run(["api", "--stubs", "/proc/nowhere"])
        #expect(refused.status == 1 && refused.error.contains("/proc/nowhere"))
    }
}
