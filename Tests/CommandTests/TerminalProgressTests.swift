import Support
import Foundation
import Testing

@testable import Prompt

@Suite struct TerminalProgressTests {
    private final class Screen: Sendable {
        let now = Locked(100.0)
        let width = Locked(80)
        let isLineOpen = Locked(false)
        let written = Locked<[String]>([])
    }

    private func make() -> (TerminalProgress, Screen) {
        let screen = Screen()
        let progress = TerminalProgress(
            clock: { screen.now.withLock { $0 } }, width: { screen.width.withLock { $0 } },
            isLineOpen: { screen.isLineOpen.withLock { $0 } },
            draw: { text in screen.written.withLock { $0.append(text) } })
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

    /// What is drawn by a report a second later.
    private func drawn(_ progress: TerminalProgress, _ screen: Screen, _ label: String, _ done: Int, of total: Int)
        -> String
    {
        screen.now.withLock { $0 += 1 }
        screen.written.withLock { $0 = [] }
        progress.report(label, done: done, total: total, unit: "texts")
        return screen.written.withLock { $0.joined() }
    }

    @Test func workWithinWorkIsShownBehindIt() {
        let (progress, screen) = make()
        _ = drawn(progress, screen, "files", 0, of: 4)
        #expect(drawn(progress, screen, "files", 1, of: 4).hasPrefix("\rfiles  [#####---"))
        // Too early to show: it may be over at once.
        #expect(!drawn(progress, screen, "encode", 0, of: 10).contains("encode"))
        #expect(drawn(progress, screen, "encode", 5, of: 10).hasPrefix("\rfiles 1/4 › encode  [##########-----"))
        #expect(progress.running == ["files", "encode"])
        progress.finish("encode")
        #expect(!screen.written.withLock { $0.joined() }.contains("\r\u{1B}[K"))
        #expect(drawn(progress, screen, "files", 2, of: 4).contains("2/4 texts"))
        // Work that was left without a word ends with what it is part of.
        _ = drawn(progress, screen, "encode", 0, of: 10)
        progress.finish("files")
        #expect(progress.running.isEmpty)
        #expect(screen.written.withLock { $0.last } == "\r\u{1B}[K")
    }

    @Test func aTerminalThatBecameNarrowerIsCleared() {
        let (progress, screen) = make()
        _ = drawn(progress, screen, "encode", 0, of: 10)
        _ = drawn(progress, screen, "encode", 1, of: 10)
        screen.width.withLock { $0 = 30 }
        let line = drawn(progress, screen, "encode", 2, of: 10)
        #expect(line.hasPrefix("\r\u{1B}[2Aencode"))
        #expect(line.count < 30 + 10)
    }

    @Test func aLineThatWasBegunIsLeftAlone() {
        let (progress, screen) = make()
        _ = drawn(progress, screen, "encode", 0, of: 10)
        screen.isLineOpen.withLock { $0 = true }
        #expect(drawn(progress, screen, "encode", 1, of: 10).isEmpty)
        screen.isLineOpen.withLock { $0 = false }
        #expect(!drawn(progress, screen, "encode", 2, of: 10).isEmpty)
    }
}
