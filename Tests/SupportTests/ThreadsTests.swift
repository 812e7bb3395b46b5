import Glibc
import Testing

@testable import Support

@Suite struct ThreadsTests {
    @Test func aThreadReceivesNoSignalsAndItsMakerKeepsIts() throws {
        let before = interruptsAreBlocked()
        let blocked = Locked<[Bool]>([])
        let thread = try #require(
            Threads.start {
                var mask = sigset_t()
                pthread_sigmask(SIG_BLOCK, nil, &mask)
                blocked.withLock { $0 = [SIGINT, SIGTERM, SIGHUP, SIGWINCH].map { sigismember(&mask, $0) == 1 } }
            })
        thread.join()
        #expect(blocked.withLock { $0 } == [true, true, true, true])
        #expect(interruptsAreBlocked() == before)
    }

    @Test func aThreadThatIsDoneIsUsedAgain() throws {
        // Others may take it in between, but not every time.
        var repeated = 0
        for _ in 0..<100 {
            let seen = Locked<[pthread_t]>([])
            for _ in 0..<2 {
                let thread = Threads.start { seen.withLock { $0.append(pthread_self()) } }
                try #require(thread).join()
            }
            let threads = seen.withLock { $0 }
            if threads[0] == threads[1] { repeated += 1 }
        }
        #expect(repeated > 0)
    }

    @Test func bodiesRunAtOnceAndNothingHoldsThemOnceTheyHaveEnded() throws {
        let freed = Locked(0)
        for _ in 0..<20 {
            let present = Locked(0)
            var threads: [Threads.Handle] = []
            for _ in 0..<10 {
                let held = Held(freed)
                let thread = Threads.start {
                    present.withLock { $0 += 1 }
                    while present.withLock({ $0 }) < 10 { sched_yield() }
                    withExtendedLifetime(held) {}
                }
                threads.append(try #require(thread))
            }
            for thread in threads { thread.join() }
        }
        #expect(freed.withLock { $0 } == 200)
    }

    /// Counts where it is let go of.
    private final class Held: Sendable {
        private let freed: Locked<Int>

        init(_ freed: Locked<Int>) { self.freed = freed }

        deinit { freed.withLock { $0 += 1 } }
    }

    private func interruptsAreBlocked() -> Bool {
        var mask = sigset_t()
        pthread_sigmask(SIG_BLOCK, nil, &mask)
        return sigismember(&mask, SIGINT) == 1
    }
}
