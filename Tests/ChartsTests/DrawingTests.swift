import Foundation
import FoundationXML
import Support
import Testing

@testable import Charts

/// Reads a picture as strictly as an XML parser does.
final class PictureReader: NSObject, XMLParserDelegate {
    private(set) var elements: [String] = []
    private(set) var attributes: [(name: String, value: String)] = []
    private(set) var ids: [String] = []

    static func read(_ svg: String) throws -> PictureReader {
        let reader = PictureReader()
        let parser = XMLParser(data: Data(svg.utf8))
        parser.delegate = reader
        guard parser.parse() else { throw parser.parserError ?? CocoaError(.coderReadCorrupt) }
        return reader
    }

    func parser(
        _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String]
    ) {
        elements.append(name)
        self.attributes += attributes.map { ($0.key, $0.value) }
        if let id = attributes["id"] { ids.append(id) }
    }
}

@Suite struct DrawingTests {
    /// Charts with everything that data can do to them.
    static let degenerate: [(name: String, chart: Chart)] = {
        let odd: [Double] = [.nan, .infinity, -.infinity, 0, -0.0, 1e300, -1e300, .leastNonzeroMagnitude, 1]
        let long = String(repeating: "a name without end ", count: 12)
        var charts: [(String, Chart)] = []
        for (name, values) in [
            ("empty", []), ("one", [3.0]), ("equal", [2, 2, 2]), ("nan", [.nan]), ("odd", odd), ("huge", [1e15, 3e15]),
            ("small", [1e-9, 3e-9]), ("extremes", [-1.7e308, 1.7e308]),
            ("many", (0..<200).map { Double($0 * 37 % 101) }),
            ("zero", [0]), ("negative", [-5, -3]),
        ] {
            let names = values.indices.map { "row \($0)" }
            charts += [
                (
                    "forest \(name)",
                    Chart(
                        .forest(
                            ForestPlot(values.map { .init("中文 \($0)", point: $0, lower: $0 - 1, upper: .infinity) })),
                        title: long)
                ),
                (
                    "line \(name)",
                    Chart(
                        .line(
                            LinePlot(
                                [.init("a", y: values, lower: values.map { $0 - 1 }, upper: values.map { $0 * 2 })],
                                xLabels: names)))
                ),
                (
                    "x \(name)",
                    Chart(
                        .line(
                            LinePlot(
                                [.init("a", x: values, y: values), .init(long, y: values)], references: [.init(0, long)]
                            )))
                ),
                ("bars \(name)", Chart(.bars(BarPlot(names, [.init("a", values), .init("b", values)])))),
                (
                    "upright \(name)",
                    Chart(
                        .bars(BarPlot(names, [.init("a", values, lower: values, upper: values)], direction: .vertical)))
                ),
                (
                    "across \(name)",
                    Chart(.bars(BarPlot(names.map { $0 + long }, [.init("a", values)], direction: .horizontal)))
                ),
                ("histogram \(name)", Chart(.histogram(Histogram(values, marks: [.init(0, long)])))),
                ("bins \(name)", Chart(.histogram(Histogram(values, bins: 7)))),
                ("scatter \(name)", Chart(.scatter(ScatterPlot([.init("a", x: values, y: values.reversed())])))),
                (
                    "heat \(name)",
                    Chart(
                        .heatMap(
                            HeatMap(rows: names, columns: ["a", long, "中文"], values: values.map { [$0, -$0, nil] })))
                ),
                (
                    // A chain, each node split into the next and an end.
                    "tree \(name)",
                    Chart(
                        .tree(
                            TreePlot(
                                nodes: values.indices.map {
                                    .init(
                                        parent: $0 == 0 ? nil : $0 - 1 - ($0 - 1) % 2, condition: long, rows: $0,
                                        prediction: "a", shares: [values[$0], 0.5], mean: values[$0])
                                }, classes: ["a", long])))
                ),
                ("wide \(name)", Chart(.heatMap(HeatMap(rows: ["a"], columns: names, values: [values], center: 0)))),
            ]
        }
        return charts
    }()

    static var all: [(name: String, chart: Chart)] { Samples.all + degenerate }

    @Test func allBarsAreDrawnWhereTheWholeIsAsked() {
        let chart = Chart(.bars(BarPlot((1...60).map { "b\($0)" }, [.init("", (1...60).map { Double($0) })])))
        #expect(chart.text(width: 80).hasSuffix("… 20 more"))
        #expect(chart.text(width: 80, isWhole: true).split(separator: "\n").count == 60)
    }

    @Test func picturesAreWellFormedAndHoldNumbersOnly() throws {
        for (name, chart) in Self.all {
            for width in [720.0, 320] {
                let svg = chart.svg(SVGOptions(width: width))
                let picture = try PictureReader.read(svg)
                #expect(picture.ids == ["chart-title", "chart-desc"], "\(name)")
                #expect(!picture.elements.contains("script"))
                let sheet = svg.replacing(ChartStyle.sheet, with: "")
                for bad in ["nan", "inf", "url(", "@import", "href"] {
                    let values = picture.attributes.map(\.value)
                    #expect(!values.contains { $0.contains(bad) }, "\(name) has \(bad)")
                    if bad.count > 3 { #expect(!sheet.contains(bad)) }
                }
                #expect(svg.utf8.count < 400_000, "\(name) takes \(svg.utf8.count) bytes")
            }
        }
    }

    @Test func labelsStayInsideAndApart() {
        for (name, chart) in Self.all {
            for width in [720.0, 320, 240] {
                let canvas = chart.drawn(SVGOptions(width: width))
                for box in canvas.textBoxes {
                    #expect(
                        box.left >= -0.1 && box.right <= width + 0.1 && box.top >= -0.1
                            && box.bottom <= canvas.height + 0.1,
                        "\(name) at \(width): '\(box.text)' is outside")
                }
                for (index, one) in canvas.textBoxes.enumerated() {
                    for other in canvas.textBoxes[(index + 1)...] {
                        let across = min(one.right, other.right) - max(one.left, other.left)
                        let down = min(one.bottom, other.bottom) - max(one.top, other.top)
                        #expect(
                            across <= 0.5 || down <= 0.5, "\(name) at \(width): '\(one.text)' lies on '\(other.text)'")
                    }
                }
            }
        }
    }

    @Test func theSameChartGivesTheSameBytes() {
        for (_, chart) in Self.all { #expect(chart.svg() == chart.svg()) }
    }

    @Test func textFitsItsWidth() {
        for (name, chart) in Self.all {
            for width in [20, 33, 80, 140] {
                for line in chart.text(width: width).split(separator: "\n") {
                    #expect(DisplayWidth.of(String(line)) <= width, "\(name) at \(width): \(line)")
                }
            }
        }
    }

    @Test func coloursLeaveTheTextAsItIs() throws {
        let escape = try Regex("\u{1B}\\[[0-9;]*m")
        for (_, chart) in Samples.all {
            #expect(chart.text(width: 80, isColored: true).replacing(escape, with: "") == chart.text(width: 80))
        }
    }

    @Test func whatIsNotFiniteIsLeftOutAndSaidSo() {
        let chart = Chart(.line(LinePlot([.init(y: [1, .nan, 3, .infinity])])))
        #expect(chart.notes() == ["2 values are missing or not finite and are left out."])
        #expect(chart.notes(.chinese) == ["有 2 个值缺失或非有限数，未画出。"])
        #expect(chart.svg().contains("2 values are missing or not finite and are left out."))
        #expect(Samples.bars.notes() == [])
    }

    @Test func textOfUsersIsEscaped() throws {
        let evil = "</title><script>alert(\"1\")</script>&\u{0}\u{FFFF}"
        let chart = Chart(.bars(BarPlot([evil], [.init(evil, [1])], axis: Axis(evil))), title: evil, subtitle: evil)
        let picture = try PictureReader.read(chart.svg(SVGOptions(id: "a\"b")))
        #expect(!picture.elements.contains("script"))
    }
}
