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

    private func interruptsAreBlocked() -> Bool {
        var mask = sigset_t()
        pthread_sigmask(SIG_BLOCK, nil, &mask)
        return sigismember(&mask, SIGINT) == 1
    }
}
