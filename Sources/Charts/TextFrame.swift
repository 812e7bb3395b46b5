import Support

/// What a chart is drawn in as text.
struct TextFrame {
    /// Columns there are.
    let width: Int
    let language: Language
    /// Whether escape sequences for colours are understood.
    let isColored: Bool
    /// Whether everything is drawn, however many lines that takes.
    let isWhole: Bool

    private static let codes = [34, 33, 36, 35, 32, 31]

    /// `text` in the colour of a series.
    func colored(_ text: String, series: Int) -> String {
        isColored ? "\u{1B}[\(Self.codes[series % Self.codes.count])m\(text)\u{1B}[39m" : text
    }

    func colored(_ text: String, _ tone: Tone) -> String {
        guard isColored else { return text }
        let code =
            switch tone {
            case .neutral: 34
            case .good: 36
            case .bad: 31
            case .caution: 33
            }
        return "\u{1B}[\(code)m\(text)\u{1B}[39m"
    }

    /// What is less important than the rest.
    func quiet(_ text: String) -> String { isColored ? "\u{1B}[2m\(text)\u{1B}[22m" : text }

    /// Names side by side, each behind the sign of its series, in as many lines as they need.
    func legend(_ entries: [LegendEntry]) -> [String] {
        guard entries.count > 1 else { return [] }
        var lines: [String] = []
        var line = ""
        var used = 0
        for entry in entries {
            let name = DisplayWidth.cut(DisplayWidth.escaped(entry.name), to: max(4, width - 4))
            let size = DisplayWidth.of(name) + 2
            if used > 0, used + 3 + size > width {
                lines.append(line)
                (line, used) = ("", 0)
            }
            line += (used > 0 ? "   " : "") + colored(Self.sign(entry.series), series: entry.series) + " " + name
            used += (used > 0 ? 3 : 0) + size
        }
        return lines + [line]
    }

    /// What stands for a series where there are no colours.
    static func sign(_ series: Int) -> String { ["●", "○", "▲", "△", "■", "□"][series % 6] }
}

extension Chart {
    /// The chart as text in lines of at most `width` columns, from 20 on, without a final newline. Of many bars the first are drawn, unless it shall be
    /// whole.
    public func text(
        width: Int, language: Language = .english, isColored: Bool = false, isWhole: Bool = false
    ) -> String {
        let frame = TextFrame(width: max(20, width), language: language, isColored: isColored, isWhole: isWhole)
        var lines: [String] = []
        for heading in [title, subtitle] where !heading.isEmpty {
            let text = DisplayWidth.wrapped(DisplayWidth.escaped(heading), to: frame.width).split(separator: "\n")
            for line in text {
                let cut = DisplayWidth.cut(String(line), to: frame.width)
                lines.append(heading == title && isColored ? "\u{1B}[1m\(cut)\u{1B}[22m" : cut)
            }
        }
        let drawing = drawing
        if drawing.isEmpty {
            lines.append(language.pick("Nothing to draw", "没有可画的数据"))
        } else {
            lines += frame.legend(drawing.legend)
            lines += drawing.lines(frame)
        }
        for note in notes(language) {
            lines += DisplayWidth.wrapped(note, to: frame.width).split(separator: "\n").map { frame.quiet(String($0)) }
        }
        return lines.map(Self.trimmed).joined(separator: "\n")
    }

    static func trimmed(_ line: String) -> String {
        var line = Substring(line)
        while line.last == " " { line.removeLast() }
        return String(line)
    }
}

/// Characters in rows and columns, each in the colour of a series or in none.
struct TextCanvas {
    private struct Cell {
        var character: Character = " "
        var series: Int?
        var dots: UInt8 = 0
    }

    let width: Int
    let height: Int
    private var cells: [Cell]

    init(width: Int, height: Int) {
        self.width = max(1, width)
        self.height = max(1, height)
        cells = Array(repeating: Cell(), count: self.width * self.height)
    }

    /// Sets a character; what lies outside is left out.
    mutating func set(_ column: Int, _ row: Int, _ character: Character, series: Int? = nil) {
        guard column >= 0, column < width, row >= 0, row < height else { return }
        cells[row * width + column] = Cell(character: character, series: series)
    }

    /// Sets a Braille dot; there are two across and four down to a character.
    mutating func dot(_ x: Int, _ y: Int, series: Int) {
        guard x >= 0, y >= 0, x / 2 < width, y / 4 < height else { return }
        let bits: [[UInt8]] = [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]]
        let index = y / 4 * width + x / 2
        // Dots of another line would read as part of this one.
        if cells[index].series != series { cells[index] = Cell(series: series) }
        cells[index].dots |= bits[x % 2][y % 4]
    }

    /// A line of dots from one place to another (Bresenham).
    mutating func line(_ from: (x: Int, y: Int), _ to: (x: Int, y: Int), series: Int) {
        var (x, y) = from
        let (dx, dy) = (abs(to.x - x), -abs(to.y - y))
        let (stepX, stepY) = (x < to.x ? 1 : -1, y < to.y ? 1 : -1)
        var error = dx + dy
        while true {
            dot(x, y, series: series)
            if x == to.x, y == to.y { return }
            let twice = 2 * error
            if twice >= dy {
                error += dy
                x += stepX
            }
            if twice <= dx {
                error += dx
                y += stepY
            }
        }
    }

    func isEmpty(_ column: Int, _ row: Int) -> Bool {
        let cell = cells[row * width + column]
        return cell.dots == 0 && cell.character == " "
    }

    /// A row as text, colours changing where series do.
    func text(_ row: Int, _ frame: TextFrame) -> String {
        var text = ""
        var run = ""
        var series: Int?
        for column in 0..<width {
            let cell = cells[row * width + column]
            if cell.series != series {
                text += Self.written(run, series, frame)
                (run, series) = ("", cell.series)
            }
            if cell.dots > 0, let scalar = Unicode.Scalar(0x2800 + UInt32(cell.dots)) {
                run.unicodeScalars.append(scalar)
            } else {
                run.append(cell.character)
            }
        }
        return text + Self.written(run, series, frame)
    }

    private static func written(_ run: String, _ series: Int?, _ frame: TextFrame) -> String {
        series.map { frame.colored(run, series: $0) } ?? run
    }
}
