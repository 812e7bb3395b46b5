import Glibc
import Synchronization

extension Work {
    /// The processors that are online.
    public static let coreCount = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))

    /// Runs `body(index, worker)` for every index below `count`, on up to `threads` threads that take the next index from one
    /// queue. `worker` (0 up to, not including, `threads`) tells which thread's scratch memory to use.
    ///
    /// What a given index computes must not depend on the worker, so that results are the same for any number of threads.
    /// Indices are handed out in order. After a cancellation or an error no new index begins; the error of the lowest
    /// index that failed is thrown. The calling thread is worker 0 and the only one that reports progress.
    public func forEach(_ count: Int, _ body: @Sendable (_ index: Int, _ worker: Int) throws(Failure) -> Void)
        throws(Failure)
    {
        let workers = min(threads, count)
        if workers <= 1 {
            for index in 0..<max(0, count) {
                try cancellation.check()
                try body(index, 0)
            }
            return
        }
        try withoutActuallyEscaping(body) { (body) throws(Failure) in
            let queue = WorkQueue(count: count, cancellation: cancellation, body: body)
            // A thread that cannot be had costs speed, not the result: worker 0 does what is left.
            let others = (1..<workers).compactMap { worker in Threads.start { queue.drain(worker: worker) } }
            queue.drain(worker: 0)
            for other in others { other.join() }
            if let failure = queue.failure { throw failure }
            try cancellation.check()
        }
    }
}

private final class WorkQueue: Sendable {
    private let next = Atomic<Int>(0)
    private let stopped = Atomic<Bool>(false)
    private let firstFailure = Locked<(index: Int, failure: Failure)?>(nil)
    private let count: Int
    private let cancellation: Cancellation
    private let body: @Sendable (Int, Int) throws(Failure) -> Void

    init(count: Int, cancellation: Cancellation, body: @escaping @Sendable (Int, Int) throws(Failure) -> Void) {
        self.count = count
        self.cancellation = cancellation
        self.body = body
    }

    var failure: Failure? { firstFailure.withLock { $0?.failure } }

    func drain(worker: Int) {
        while !stopped.load(ordering: .relaxed), !cancellation.isCancelled {
            let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
            guard index < count else { return }
            do throws(Failure) {
                try body(index, worker)
            } catch {
                stopped.store(true, ordering: .relaxed)
                firstFailure.withLock { first in
                    if first.map({ index < $0.index }) ?? true { first = (index, error) }
                }
            }
        }
    }
}
