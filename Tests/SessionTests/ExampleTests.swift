import Support
import Testing

@testable import Session

@Suite struct ExampleTests {
    private func outcome(_ name: String, isInstalled: Bool = false) throws -> TestOutcome {
        let printed = Locked<[UInt8]>([])
        let session = try Session(.init { bytes in printed.withLock { $0 += bytes } })
        return session.testExample(of: name, isInstalled: { _ in isInstalled }) { printed.withLock { $0 } }
    }

    @Test func examplesOfFunctionsMethodsAndGlobalsAreRun() throws {
        let names = Session.exampleNames
        #expect(names.count > 300)
        for name in ["cluster.kmeans", "tensor:sum", "pretty", "json.encode"] {
            #expect(names.contains(name))
            guard case .passed = try outcome(name) else {
                Issue.record("\(name): \(try outcome(name))")
                continue
            }
        }
        guard case .skipped("DuckDB") = try outcome("data.sql") else {
            Issue.record("\(try outcome("data.sql"))")
            return
        }
    }
}
