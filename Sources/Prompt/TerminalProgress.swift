import Glibc
import Support

/// A progress bar on standard error: drawn on one line, redrawn at most ten times a second, gone when the work ends.
///
/// Work that ends within the first third of a second shows none. Work within work is shown behind what it is part of.
public final class TerminalProgress: ProgressSink {
    private struct Running {
        var line: ProgressLine
        let started: Double
    }

    private struct State {
        /// The works under way, each part of the one before.
        var works: [Running] = []
        var drawn = 0.0
        /// Columns of the bar on the screen; 0 where there is none.
        var columns = 0
    }

    private let state = Locked(State())
    private let clock: @Sendable () -> Double
    private let width: @Sendable () -> Int
    private let isLineOpen: @Sendable () -> Bool
    private let draw: @Sendable (String) -> Void

    private static let patience = 0.33

    /// A bar for the terminal on standard error.
    public convenience init() {
        let sharesScreen = isatty(STDOUT_FILENO) != 0
        self.init(
            clock: Self.seconds, width: { Terminal.width },
            isLineOpen: { sharesScreen && Console.isLineOpen }, draw: { Console.writeError($0) })
    }

    init(
        clock: @escaping @Sendable () -> Double, width: @escaping @Sendable () -> Int = { 80 },
        isLineOpen: @escaping @Sendable () -> Bool = { false }, draw: @escaping @Sendable (String) -> Void
    ) {
        self.clock = clock
        self.width = width
        self.isLineOpen = isLineOpen
        self.draw = draw
    }

    /// The works under way, the outermost first.
    public var running: [String] { state.withLock { $0.works.map(\.line.label) } }

    /// Redraws the bar if it is time to.
    public func report(_ label: String, done: Int, total: Int, unit: String) {
        let now = clock()
        let text: String? = state.withLock { state in
            let place = state.works.lastIndex { $0.line.label == label } ?? state.works.count
            let started = place < state.works.count ? state.works[place].started : now
            // Whatever was part of it has ended, said or unsaid.
            state.works.removeSubrange(place...)
            let line = ProgressLine(label: label, done: done, total: total, unit: unit, elapsed: now - started)
            state.works.append(Running(line: line, started: started))
            guard let first = state.works.first, now - first.started >= Self.patience, now - state.drawn >= 0.1,
                !isLineOpen()
            else { return nil }
            state.drawn = now
            let width = self.width()
            let text = Self.text(state.works.map(\.line), width: width - 1)
            defer { state.columns = DisplayWidth.of(text) }
            return Self.toBegin(state.columns, width) + text + "\u{1B}[K"
        }
        if let text { draw(text) }
    }

    /// Takes the bar away, unless the work was part of other work.
    public func finish(_ label: String) {
        let isLast = state.withLock { state in
            guard let place = state.works.lastIndex(where: { $0.line.label == label }) else { return false }
            state.works.removeSubrange(place...)
            return state.works.isEmpty
        }
        guard isLast else { return }
        clear()
        state.withLock { $0.drawn = 0 }
    }

    /// Takes the bar off the screen, before something else is written there; the next report draws it again.
    public func clear() {
        let text: String? = state.withLock { state in
            guard state.columns > 0 else { return nil }
            defer { state.columns = 0 }
            let start = Self.toBegin(state.columns, width())
            return start + (start == "\r" ? "\u{1B}[K" : "\u{1B}[J")
        }
        if let text { draw(text) }
    }

    /// The works on one line: those that others are part of with their percentage, the innermost in full.
    private static func text(_ works: [ProgressLine], width: Int) -> String {
        // Parts that come and go quickly would only flicker.
        let lasting = [works[0]] + works.dropFirst().filter { $0.elapsed >= patience }
        for first in lasting.indices {
            let outer = lasting[..<(lasting.count - 1)][first...].map { $0.brief + " › " }.joined()
            let room = width - DisplayWidth.of(outer)
            if let inner = lasting.last, room >= 30 || outer.isEmpty { return outer + inner.text(width: room) }
        }
        return ""
    }

    /// Moves to where a bar of so many columns begins: a terminal that became narrower has broken it into several lines.
    private static func toBegin(_ columns: Int, _ width: Int) -> String {
        let rows = columns > 0 ? (columns - 1) / max(1, width) : 0
        return rows > 0 ? "\r\u{1B}[\(rows)A" : "\r"
    }

    private static func seconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
