import Support
import Foundation
import Testing

@testable import Prompt

@Suite struct TerminalProgressTests {
    private final class Screen: Sendable {
        let now = Locked(100.0)
        let written = Locked<[String]>([])
    }

    private func make() -> (TerminalProgress, Screen) {
        let screen = Screen()
        let progress = TerminalProgress(
            clock: { screen.now.withLock { $0 } }, draw: { text in screen.written.withLock { $0.append(text) } })
        return (progress, screen)
    }

    @Test func shortWorkShowsNothing() {
        let (progress, screen) = make()
        for done in 0..<30 {
            screen.now.withLock { $0 += 0.01 }
            progress.report("encode", done: done, total: 30, unit: "texts")
        }
        progress.finish("encode")
        #expect(screen.written.withLock { $0.isEmpty })
    }

    @Test func longWorkIsRedrawnTenTimesASecondAndThenGone() {
        let (progress, screen) = make()
        for done in 0..<1000 {
            screen.now.withLock { $0 += 0.002 }
            progress.report("encode", done: done, total: 1000, unit: "texts")
        }
        progress.finish("encode")
        let written = screen.written.withLock { $0 }
        #expect((10...20).contains(written.count))
        #expect(written.first?.contains("encode") == true)
        #expect(written.last == "\r\u{1B}[K")
    }

    @Test func outputInBetweenClearsTheBarOnce() {
        let (progress, screen) = make()
        progress.report("encode", done: 0, total: 10, unit: "texts")
        screen.now.withLock { $0 += 1 }
        progress.report("encode", done: 1, total: 10, unit: "texts")
        progress.clear()
        progress.clear()
        #expect(screen.written.withLock { $0.count } == 2)
    }
}
