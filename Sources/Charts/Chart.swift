/// A chart described once: drawn as SVG, as Unicode text, and told as a table.
public struct Chart: Equatable, Sendable {
    /// What is drawn.
    public enum Plot: Equatable, Sendable {
        case forest(ForestPlot)
        case line(LinePlot)
        case bars(BarPlot)
        case histogram(Histogram)
        case scatter(ScatterPlot)
        case heatMap(HeatMap)
        case tree(TreePlot)
    }

    /// The headline; best a sentence that says what is to be seen.
    public var title: String
    /// A line below it: unit, period, source.
    public var subtitle: String
    /// What is drawn.
    public var plot: Plot

    /// A chart of `plot`.
    public init(_ plot: Plot, title: String = "", subtitle: String = "") {
        self.plot = plot
        self.title = title
        self.subtitle = subtitle
    }

    var drawing: any Drawable {
        switch plot {
        case .forest(let plot): plot
        case .line(let plot): plot
        case .bars(let plot): plot
        case .histogram(let plot): plot
        case .scatter(let plot): plot
        case .heatMap(let plot): plot
        case .tree(let plot): plot
        }
    }

    /// What kind of chart it is, in a word.
    public var kind: String {
        switch plot {
        case .forest: "forest"
        case .line: "line"
        case .bars: "bar"
        case .histogram: "histogram"
        case .scatter: "scatter"
        case .heatMap: "heatmap"
        case .tree: "tree"
        }
    }

    /// How many values it is drawn of, roughly.
    public var valueCount: Int {
        switch plot {
        case .line(let plot): plot.series.reduce(0) { $0 + $1.y.count }
        case .scatter(let plot): plot.series.reduce(0) { $0 + $1.y.count }
        case .bars(let plot): plot.series.reduce(0) { $0 + $1.values.count }
        case .forest(let plot): plot.rows.count
        case .heatMap(let plot): plot.values.reduce(0) { $0 + $1.count }
        case .histogram, .tree: 0
        }
    }

    /// The same content as a table.
    public func table(_ language: Language = .english) -> TableData { drawing.table(language) }

    /// What was left out of the drawing and why; empty if nothing was.
    public func notes(_ language: Language = .english) -> [String] {
        let dropped = drawing.droppedCount
        guard dropped > 0 else { return [] }
        let words = language.pick(
            dropped == 1
                ? "1 value is missing or not finite and is left out."
                : "\(dropped) values are missing or not finite and are left out.",
            "有 \(dropped) 个值缺失或非有限数，未画出。")
        return [words]
    }

    /// What a reader who cannot see the chart is told of it.
    public func description(_ language: Language = .english) -> String {
        ([drawing.summary(language)] + notes(language)).joined(separator: " ")
    }
}

/// What every kind of chart can do.
protocol Drawable {
    /// The content as a table.
    func table(_ language: Language) -> TableData
    /// A sentence or two for readers who cannot see the chart.
    func summary(_ language: Language) -> String
    /// How many values cannot be drawn.
    var droppedCount: Int { get }
    /// Whether there is nothing to draw.
    var isEmpty: Bool { get }
    /// What the colours mean, if there is more than one.
    var legend: [LegendEntry] { get }
    /// Draws below `canvas.height`, which it moves on to where the next thing may begin.
    func draw(on canvas: inout Canvas)
    /// The chart in lines of at most `width` columns.
    func lines(_ frame: TextFrame) -> [String]
}

/// A colour and what it stands for.
struct LegendEntry: Equatable {
    enum Shape { case square, line, dot }

    let name: String
    let series: Int
    let shape: Shape
}
