import Glibc
import Support

/// A progress bar on standard error: drawn on one line, redrawn at most ten times a second, gone when the work ends.
///
/// Work that ends within the first third of a second shows none.
public final class TerminalProgress: ProgressSink {
    private struct State {
        var label = ""
        var started = 0.0
        var drawn = 0.0
        var isVisible = false
    }

    private let state = Locked(State())
    private let clock: @Sendable () -> Double
    private let draw: @Sendable (String) -> Void

    /// A bar for the terminal on standard error.
    public convenience init() {
        self.init(clock: Self.seconds, draw: Console.writeError)
    }

    init(clock: @escaping @Sendable () -> Double, draw: @escaping @Sendable (String) -> Void) {
        self.clock = clock
        self.draw = draw
    }

    /// Redraws the bar if it is time to.
    public func report(_ label: String, done: Int, total: Int, unit: String) {
        let now = clock()
        let line: String? = state.withLock { state in
            if state.label != label || state.started == 0 {
                state.label = label
                state.started = now
                state.drawn = 0
            }
            let elapsed = now - state.started
            guard elapsed >= 0.33, now - state.drawn >= 0.1 else { return nil }
            state.drawn = now
            state.isVisible = true
            return ProgressLine(label: label, done: done, total: total, unit: unit, elapsed: elapsed)
                .text(width: Terminal.width - 1)
        }
        if let line { draw("\r\(line)\u{1B}[K") }
    }

    /// Takes the bar away.
    public func finish(_ label: String) {
        clear()
        state.withLock { $0 = State() }
    }

    /// Takes the bar off the screen, before something else is written there; the next report draws it again.
    public func clear() {
        let wasVisible = state.withLock { state in
            defer { state.isVisible = false }
            return state.isVisible
        }
        if wasVisible { draw("\r\u{1B}[K") }
    }

    private static func seconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
