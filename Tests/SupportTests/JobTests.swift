import Glibc
import Support
import Testing

@Suite struct JobTests {
    @Test func whatItReturnsOrThrowsComesBack() throws {
        #expect(try Work().unattended { 7 } == 7)
        let failure = #expect(throws: Failure.self) {
            try Work().unattended { () throws(Failure) -> Int in throw .operation("no") }
        }
        #expect(failure?.problem == "no")
    }

    /// Slow to go, as the last connection of a database is.
    private final class Held: Sendable {
        let isGone: Locked<Bool>
        init(_ isGone: Locked<Bool>) { self.isGone = isGone }
        deinit {
            usleep(5000)
            isGone.withLock { $0 = true }
        }
    }

    @Test func whatItHoldsIsGoneWhenItHasEnded() throws {
        let isGone = Locked(false)
        func start() -> Job<Bool>? {
            let held = Held(isGone)
            return Job.start { held.isGone.withLock { $0 } }
        }
        let job = try #require(start())
        while !job.wait(milliseconds: 20) {}
        #expect(isGone.withLock { $0 })
        #expect(try job.result?.get() == false)
    }

    @Test func nobodyWaitsOnceItIsCancelled() throws {
        let work = Work()
        let released = Locked(false)
        let begun = Locked(false)
        let watcher = Threads.start {
            while !begun.withLock({ $0 }) {}
            work.cancellation.cancel()
        }
        let failure = #expect(throws: Failure.self) {
            try work.unattended {
                begun.withLock { $0 = true }
                while !released.withLock({ $0 }) {}
            }
        }
        #expect(failure == .cancelled)
        released.withLock { $0 = true }
        watcher?.join()
    }

    @Test func sortingStopsWhenCancelled() throws {
        let work = Work()
        var list = (0..<5000).map { $0 * 7919 % 5003 }
        try list.sort(work: work) { $0 < $1 }
        #expect(list == list.sorted())
        work.cancellation.cancel()
        list.reverse()
        list.swapAt(0, 2500)
        let failure = #expect(throws: Failure.self) { try list.sort(work: work) { $0 < $1 } }
        #expect(failure == .cancelled)
    }
}
