import CSystem
import Glibc

/// Looks at what the process really holds while there is a limit, and stops the work under way when that is too much.
///
/// What is large asks `NativeMemory` before it takes memory. Routines also hold things that nobody counts in advance: texts being cut,
/// trees being parsed. Those are found here, a hundredth of a second after the fact, so that a limit is passed by what a routine takes in
/// that time and not by all that it would have taken.
final class MemoryWatch: Sendable {
    static let shared = MemoryWatch()

    private let work = Locked<Cancellation?>(nil)
    private let isRunning = Locked(false)

    private init() {}

    /// Stops `work` from now on.
    func stop(_ work: Cancellation) {
        self.work.withLock { $0 = work }
        let isFirst = isRunning.withLock { running in
            defer { running = true }
            return !running
        }
        // A sanitizer, whose memory cannot be told, keeps what was freed.
        guard isFirst, let start = ProcessMemory.anonymous, ProcessMemory.reserved != nil else { return }
        Threads.start { self.watch(from: start) }
    }

    /// How much more than the limit the process may hold, by what memory is cut into and what libraries keep for themselves.
    private static func slack(of limit: Int) -> Int { 32 << 20 + limit / 8 }

    private func watch(from start: Int) {
        while true {
            usleep(10_000)
            guard isExceeded(from: start) else { continue }
            // Part of it may have been freed and kept for later.
            csystem_give_back_memory()
            guard isExceeded(from: start) else { continue }
            work.withLock { $0 }?.stopForMemory()
            // What it let go of takes its time to be freed.
            usleep(100_000)
        }
    }

    private func isExceeded(from start: Int) -> Bool {
        guard let limit = NativeMemory.limit, let held = ProcessMemory.anonymous else { return false }
        return held - start > limit + Self.slack(of: limit)
    }
}
