import Charts
import Foundation
import Testing

/// Every change of how charts look shows in review as a change of these files. `COHORT_RECORD=1 scripts/test --filter everySampleIs`
/// writes them anew; look at them in a browser before they are committed.
@Suite struct GoldenTests {
    @Test(arguments: Samples.all.map(\.name))
    func everySampleIsDrawnAsRecorded(name: String) throws {
        let chart = try #require(Samples.all.first { $0.name == name }).chart
        let folder = #filePath.replacing("ChartsTests/GoldenTests.swift", with: "Vectors/charts/")
        for (file, text) in [
            ("\(name).svg", chart.svg(SVGOptions(width: 640, language: .chinese))),
            ("\(name).txt", chart.text(width: 72) + "\n"),
        ] {
            if ProcessInfo.processInfo.environment["COHORT_RECORD"] != nil {
                try text.write(toFile: folder + file, atomically: true, encoding: .utf8)
            }
            #expect(try String(contentsOfFile: folder + file, encoding: .utf8) == text, "\(file) changed; see above")
        }
    }
}
