import Testing

@testable import Charts

@Suite struct ForestTests {
    private func rows(_ count: Int) -> [ForestPlot.Row] {
        (1...count).map {
            .init("row \($0)", point: 0.1, lower: 0.1 - 0.02 * Double($0), upper: 0.1 + 0.02 * Double($0))
        }
    }

    @Test func oneEndlessIntervalDoesNotFlattenTheOthers() {
        let wide = ForestPlot.Row("wide", point: 0.2, lower: 0.1, upper: 80)
        let plot = ForestPlot(rows(6) + [wide])
        #expect(plot.domain.high < 1 && plot.domain.contains(0.2))
        #expect(plot.domain.low < -0.02)
        // Its numbers are told, and its end is an arrow.
        #expect(plot.numbers(wide, .lift).hasSuffix("+8,000%]"))
        #expect(Chart(.forest(plot)).text(width: 80).contains("▶"))
    }

    /// An interval without a corrected one around it is cut by an arrow too.
    @Test func anInnerIntervalThatIsCutEndsInAnArrow() {
        let wide = ForestPlot.Row("wide", point: 0.2, lower: nil, upper: nil, inner: -80...80)
        let lines = Chart(.forest(ForestPlot(rows(8) + [wide]))).text(width: 80).split(separator: "\n")
        let line = lines.first { $0.contains("wide") } ?? ""
        #expect(line.contains("◀") && line.contains("▶"), "\(line)")
    }

    @Test func fewRowsAreShownWhole() {
        let plot = ForestPlot(rows(2) + [.init("wide", point: 0.2, lower: 0.1, upper: 80)])
        #expect(plot.domain.high > 80)
    }

    @Test func anInnerIntervalIsWrittenAndTheOuterOneDrawnThin() throws {
        let row = ForestPlot.Row(
            "arm", point: 0.5, lower: .leastNonzeroMagnitude, upper: 0.8, tone: .good, inner: 0.3...0.7)
        let plot = ForestPlot([row], axis: Axis(style: .lift), intervalName: "95% interval", outerName: "corrected")
        #expect(plot.numbers(row, .lift) == "+50% [+30%, +70%]")
        let chart = Chart(.forest(plot))
        let svg = chart.svg()
        #expect(svg.contains("class=\"cj k-good\"") && svg.contains("class=\"ci k-good\""))
        #expect(chart.text(width: 80).contains("━"))
        let table = chart.table()
        #expect(table.columns.map(\.title).suffix(2) == ["Lower, corrected", "Upper, corrected"])
        // The estimate is on one side of the line, so its dot is filled.
        #expect(plot.excludesReference(try #require(ForestPlot.estimate(row))))
    }

    @Test func anEndThatStopsAtTheReferenceIsOpen() {
        let up = ForestPlot.Row("up", point: 0.5, lower: .leastNonzeroMagnitude, upper: 0.8)
        let down = ForestPlot.Row("down", point: -0.5, lower: -0.8, upper: -.leastNonzeroMagnitude)
        let plot = ForestPlot([up, down])
        #expect(plot.numbers(up, .lift) == "+50% (0, +80%]")
        #expect(plot.numbers(down, .lift) == "−50% [−80%, 0)")
    }
}
