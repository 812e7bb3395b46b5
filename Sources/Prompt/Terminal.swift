import Glibc

/// What the terminal at the other end can do.
public struct Terminal: Sendable {
    /// Whether standard input and output are both a terminal, so that lines can be edited.
    public let isInteractive: Bool
    /// Whether standard error is a terminal that can redraw a line, for progress.
    public let canRedraw: Bool
    /// How results are coloured.
    public let style: Style
    /// How messages on standard error are coloured.
    public let errorStyle: Style

    /// Looks at the process's terminal and environment (`NO_COLOR`, `TERM`).
    public init() {
        let kind = Self.variable("TERM") ?? ""
        let isDumb = kind.isEmpty || kind == "dumb"
        let wantsColor = !isDumb && (Self.variable("NO_COLOR") ?? "").isEmpty
        let outputIsTerminal = isatty(STDOUT_FILENO) != 0
        let errorIsTerminal = isatty(STDERR_FILENO) != 0
        isInteractive = outputIsTerminal && isatty(STDIN_FILENO) != 0
        canRedraw = errorIsTerminal && !isDumb
        style = Style(isColored: wantsColor && outputIsTerminal)
        errorStyle = Style(isColored: wantsColor && errorIsTerminal)
    }

    /// Columns of the terminal now; 80 where there is none, unless `COLUMNS` says otherwise.
    public static var width: Int { size.columns }

    /// Rows and columns of the terminal now; 24 and 80 where there is none, unless `LINES` and `COLUMNS` say otherwise.
    public static var size: (rows: Int, columns: Int) {
        for descriptor in [STDOUT_FILENO, STDERR_FILENO] {
            var size = winsize()
            if ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 {
                return (size.ws_row > 0 ? Int(size.ws_row) : 24, Int(size.ws_col))
            }
        }
        func number(_ name: String) -> Int? { variable(name).flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil } }
        return (number("LINES") ?? 24, number("COLUMNS") ?? 80)
    }

    /// Rows of the terminal now; 24 where there is none.
    public static var height: Int {
        var size = winsize()
        return ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_row > 0 ? Int(size.ws_row) : 24
    }

    private static func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
}
