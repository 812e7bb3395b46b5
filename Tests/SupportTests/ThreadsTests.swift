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
            for _ in 0..<2 { try #require(Threads.start { seen.withLock { $0.append(pthread_self()) } }).join() }
            let threads = seen.withLock { $0 }
            if threads[0] == threads[1] { repeated += 1 }
        }
        #expect(repeated > 0)
    }

    @Test func manyBodiesRunAtOnceAndNothingHoldsThemAfterwards() throws {
        final class Held: Sendable {}
        for _ in 0..<20 {
            let held = Held()
            weak let seen = held
            let present = Locked(0)
            let handles = try (0..<20).map { _ in
                try #require(
                    Threads.start { [held] in
                        present.withLock { $0 += 1 }
                        while present.withLock({ $0 }) < 20 { sched_yield() }
                        _ = held
                    })
            }
            for handle in handles { handle.join() }
            _ = consume held
            #expect(seen == nil)
        }
    }

    private func interruptsAreBlocked() -> Bool {
        var mask = sigset_t()
        pthread_sigmask(SIG_BLOCK, nil, &mask)
        return sigismember(&mask, SIGINT) == 1
    }
}
