import CSystem
import Glibc
import Synchronization

extension Work {
    /// Runs `body` on up to `threads` threads at once, which go through the same steps and deal out each step among them (`TeamMember.share`): for work
    /// too short to be cut into independent parts. The calling thread is member 0.
    ///
    /// A thread that cannot be had, or comes late, costs speed only: the others do what it would have done. The failure of the lowest part of the
    /// earliest step is thrown, once every member is out of `body`.
    public func together(_ body: @Sendable (TeamMember) throws(Failure) -> Void) throws(Failure) {
        try withoutActuallyEscaping(body) { (body) throws(Failure) in
            let team = Team(size: threads, cancellation: cancellation)
            let others = (1..<threads).compactMap { number in
                Threads.start { team.run(number, body) }
            }
            team.run(0, body)
            for other in others { other.join() }
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
    private let taken = Atomic<Int>(0)
    private let done = Atomic<Int>(0)
    private let stopped = Atomic<Bool>(false)
    private let first = Locked<(unit: Int, failure: Failure)?>(nil)
    private let size: Int
    private let cancellation: Cancellation

    /// Looks at the others' progress before a waiting member sleeps: some 20 microseconds, longer than what steps that are dealt out well
    /// differ by. With more programs than processors the member waited for may not be running at all.
    private static let looks = 2000
    private static let longestNap = 1_000_000

    init(size: Int, cancellation: Cancellation) {
        self.size = size
        self.cancellation = cancellation
    }

    var failure: Failure? { first.withLock { $0?.failure } }

    func run(_ number: Int, _ body: (TeamMember) throws(Failure) -> Void) {
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
        var looks = 0, nap = 20_000
        while done.load(ordering: .acquiring) < end {
            try check()
            if looks < Self.looks {
                looks += 1
                csystem_pause()
            } else {
                var pause = timespec(tv_sec: 0, tv_nsec: nap)
                nanosleep(&pause, nil)
                nap = min(2 * nap, Self.longestNap)
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
