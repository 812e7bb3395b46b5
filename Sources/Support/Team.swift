import CSystem
import Glibc
import Synchronization

extension Work {
    /// Runs `body` on up to `threads` threads at once, which go through the same steps and deal out each step among them (`TeamMember.share`): for work
    /// too short to be cut into independent parts. The calling thread is member 0.
    ///
    /// A thread that cannot be had, or comes late, costs speed only: the others do what it would have done, and one that comes after the last step
    /// is not waited for. The failure of the lowest part of the earliest step is thrown, once every member is out of `body`.
    public func together(_ body: @Sendable (TeamMember) throws(Failure) -> Void) throws(Failure) {
        try withoutActuallyEscaping(body) { (body) throws(Failure) in
            let team = Team(size: threads, cancellation: cancellation, body: body)
            for number in 1..<max(threads, 1) { Threads.start { team.join(number) } }
            team.join(0)
            team.dissolve()
            if let failure = team.failure { throw failure }
        }
    }
}

/// One of the threads that work together, as it sees the others. Used by that thread alone.
public final class TeamMember {
    /// From 0 up to, not including, the work's `threads`: tells which scratch memory to use.
    public let number: Int
    private let team: Team
    private var reached = 0

    fileprivate init(_ number: Int, of team: Team) {
        self.number = number
        self.team = team
    }

    /// Does one step of `count` units: every unit is in one range that one of the members gives to `body`. Returns when all units are done, by whomever;
    /// what the others wrote is then there to be read. A member alone gets all units in one range.
    ///
    /// Every member calls this with the same counts in the same order.
    ///
    /// - Throws: what `body` throws, here or at another member; a cancellation, which is looked for before each range.
    public func share(_ count: Int, _ body: (Range<Int>) throws(Failure) -> Void) throws(Failure) {
        let end = reached + count
        while let units = try team.take(before: end) {
            do throws(Failure) {
                try body(units.lowerBound - reached..<units.upperBound - reached)
            } catch {
                team.stop(error, at: units.lowerBound)
                throw error
            }
            team.finish(units.count)
        }
        try team.wait(for: end)
        reached = end
    }
}

/// Units are counted through all steps, so that neither counter ever goes back: a member that comes late runs through the steps that the others did.
private final class Team: Sendable {
    private typealias Body = @Sendable (TeamMember) throws(Failure) -> Void

    private let taken = Atomic<Int>(0)
    private let done = Atomic<Int>(0)
    private let stopped = Atomic<Bool>(false)
    private let present = Atomic<Int>(0)
    private let first = Locked<(unit: Int, failure: Failure)?>(nil)
    /// Nil once the team is dissolved: from then on nobody joins.
    private let body: Locked<Body?>
    private let size: Int
    private let cancellation: Cancellation

    /// Looks at the others' progress before a waiting member sleeps: some 20 microseconds, longer than what steps that are dealt out well
    /// differ by. With more programs than processors the member waited for may not be running at all.
    private static let looks = 2000
    /// Nanoseconds.
    private static let nap = 50_000

    init(size: Int, cancellation: Cancellation, body: @escaping @Sendable (TeamMember) throws(Failure) -> Void) {
        self.size = size
        self.cancellation = cancellation
        self.body = Locked(body)
    }

    var failure: Failure? { first.withLock { $0?.failure } }

    /// Runs the body as member `number`, if the team is still there.
    func join(_ number: Int) {
        // Before the body is looked for: who finds it is seen by who takes it away.
        present.wrappingAdd(1, ordering: .relaxed)
        run(number)
        present.wrappingSubtract(1, ordering: .releasing)
    }

    /// Lets nobody join any more, and waits until all members are out of the body.
    func dissolve() {
        body.withLock { $0 = nil }
        wait { present.load(ordering: .acquiring) == 0 }
    }

    // Not inlined: what holds the body, which must not outlive `together`, is gone when this returns.
    @inline(never)
    private func run(_ number: Int) {
        guard let body = body.withLock({ $0 }) else { return }
        do throws(Failure) { try body(TeamMember(number, of: self)) } catch { stop(error, at: .max) }
    }

    /// The next units of those before `end`, if any are left: many at first, few at last, so that the members are done at nearly the same time.
    func take(before end: Int) throws(Failure) -> Range<Int>? {
        var start = taken.load(ordering: .relaxed)
        while start < end {
            try check()
            let count = (end - start + 2 * size - 2) / (2 * size - 1)
            let (exchanged, now) = taken.weakCompareExchange(
                expected: start, desired: start + count, ordering: .relaxed)
            if exchanged { return start..<start + count }
            start = now
        }
        return nil
    }

    func finish(_ count: Int) { done.wrappingAdd(count, ordering: .acquiringAndReleasing) }

    func wait(for end: Int) throws(Failure) {
        try wait { () throws(Failure) in
            if done.load(ordering: .acquiring) >= end { return true }
            try check()
            return false
        }
    }

    /// Looks for some time whether what the other members do `isOver`, then naps between looks.
    private func wait<E: Error>(_ isOver: () throws(E) -> Bool) throws(E) {
        var looks = 0
        while try !isOver() {
            if looks < Self.looks {
                looks += 1
                csystem_pause()
            } else {
                var nap = timespec(tv_sec: 0, tv_nsec: Self.nap)
                nanosleep(&nap, nil)
            }
        }
    }

    /// The failure of the lowest unit is remembered. Units are taken in order, so that the lowest which fails is always among those tried.
    func stop(_ failure: Failure, at unit: Int) {
        first.withLock { first in
            if first.map({ unit < $0.unit }) ?? true { first = (unit, failure) }
        }
        stopped.store(true, ordering: .releasing)
    }

    private func check() throws(Failure) {
        if stopped.load(ordering: .acquiring), let failure { throw failure }
        try cancellation.check()
    }
}
