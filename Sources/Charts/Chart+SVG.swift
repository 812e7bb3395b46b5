/// How a chart is drawn.
public struct SVGOptions: Equatable, Sendable {
    /// Units across. Below 520 the layout is that of a telephone.
    public var width: Double
    /// The language of words that the chart adds.
    public var language: Language
    /// Distinguishes the chart from others in one document.
    public var id: String
    /// Whether the picture stands alone: with its style sheet, its paper and its title. Within a document it has none of them.
    public var isStandalone: Bool

    /// Options.
    public init(
        width: Double = 720, language: Language = .english, id: String = "chart", isStandalone: Bool = true
    ) {
        self.width = width.isFinite ? min(max(width, 240), 4000) : 720
        self.language = language
        self.id = id
        self.isStandalone = isStandalone
    }
}

extension Chart {
    /// The chart as one SVG element: no script, no font and nothing else from elsewhere. The same chart always gives the same bytes.
    public func svg(_ options: SVGOptions = SVGOptions()) -> String {
        let canvas = drawn(options)
        let height = Decimals.coordinate(canvas.height.rounded(.up))
        let width = Decimals.coordinate(options.width)
        let id = Markup.escaped(options.id)
        let name = title.isEmpty ? description(options.language) : title
        var text = "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"chart\" viewBox=\"0 0 \(width) \(height)\""
        if options.isStandalone { text += " width=\"\(width)\" height=\"\(height)\"" }
        text += " role=\"img\" aria-labelledby=\"\(id)-title \(id)-desc\">\n"
        text += "<title id=\"\(id)-title\">\(Markup.escaped(name))</title>\n"
        text += "<desc id=\"\(id)-desc\">\(Markup.escaped(description(options.language)))</desc>\n"
        if options.isStandalone {
            // Letters such as > stand in the sheet as they are.
            text += "<style>\n\(ChartStyle.sheet)</style>\n"
            text += "<rect class=\"paper\" width=\"\(width)\" height=\"\(height)\"/>\n"
        }
        return text + canvas.body + "</svg>\n"
    }

    func drawn(_ options: SVGOptions) -> Canvas {
        var canvas = Canvas(width: options.width, language: options.language)
        let margin = options.isStandalone ? 16.0 : 0
        canvas.height = margin
        var inner = Canvas(width: options.width - 2 * margin, language: options.language)
        if options.isStandalone { heading(on: &inner) }
        let drawing = drawing
        if drawing.isEmpty {
            emptyNotice(on: &inner)
        } else {
            legend(drawing.legend, on: &inner)
            drawing.draw(on: &inner)
            for note in notes(options.language) {
                for line in TextMetrics.wrapped(note, to: inner.width, size: 12, most: 3) {
                    inner.height += 18
                    inner.text(line, 0, inner.height - 4, "muted")
                }
            }
        }
        canvas.embed(inner, x: margin, y: margin)
        canvas.height = inner.height + 2 * margin
        return canvas
    }

    private func heading(on canvas: inout Canvas) {
        for (text, font, color) in [(title, Canvas.Font.title, "ink"), (subtitle, .subtitle, "muted")]
        where !text.isEmpty {
            let lines = TextMetrics.wrapped(text, to: canvas.width, size: font.size, isBold: font.isBold, most: 3)
            for line in lines {
                canvas.height += font.size * 1.35
                canvas.text(line, 0, canvas.height - font.size * 0.3, color, font: font)
            }
        }
        if canvas.height > 0 { canvas.height += 12 }
    }

    private func emptyNotice(on canvas: inout Canvas) {
        let top = canvas.height
        canvas.rectangle(0, top, canvas.width, 96, "stripe", radius: 6)
        let words = canvas.language.pick("Nothing to draw", "没有可画的数据")
        canvas.text(words, canvas.width / 2, top + 52, "muted", anchor: .middle)
        canvas.height = top + 96
    }

    private func legend(_ entries: [LegendEntry], on canvas: inout Canvas) {
        guard entries.count > 1 else { return }
        var x = 0.0
        var y = canvas.height + 14
        for entry in entries {
            let room = min(canvas.width - 26, 260)
            let name = TextMetrics.cut(entry.name, to: room, size: 12)
            let needed = 22 + TextMetrics.width(name, size: 12)
            if x > 0, x + needed > canvas.width {
                x = 0
                y += 20
            }
            let series = SeriesLook(entry.series)
            switch entry.shape {
            case .square: canvas.rectangle(x, y - 10, 12, 12, series.fill, radius: 3)
            case .line: canvas.line(x + 1, y - 4, x + 15, y - 4, "ln \(series.stroke)")
            case .dot: canvas.circle(x + 6, y - 4, 4.5, series.fill)
            }
            canvas.text(entry.name, x + 21, y, "ink", room: room)
            x += needed + 18
        }
        canvas.height = y + 14
    }
}

/// The classes of a series: colours in turn, dashes once they repeat.
struct SeriesLook {
    let index: Int

    init(_ index: Int) { self.index = index }

    private var color: Int { index % Palette.light.series.count }

    var fill: String { "f\(color)" }

    var stroke: String {
        switch index / Palette.light.series.count % 3 {
        case 0: "k\(color)"
        case 1: "k\(color) d"
        default: "k\(color) e"
        }
    }
}
