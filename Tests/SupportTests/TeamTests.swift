import Testing

@testable import Support

@Suite struct TeamTests {
    /// Each step reads what others wrote in the one before: a unit that is done twice, left out or not waited for changes the end.
    @Test(arguments: [1, 2, 3, 7])
    func everyStepHasAllOfTheOneBefore(threads: Int) throws {
        let counts = [1, 64, 0, 3, 17, 200, 2, 5]
        let steps = (0..<400).map { counts[$0 % counts.count] }
        var expected: [Int] = []
        for count in steps where count > 0 {
            expected = (0..<count).map { Self.next(expected, $0) }
        }
        let results = steps.map { Values(count: $0) }
        try Work(threads: threads).together { (member) throws(Failure) in
            var before: [Int] = []
            for (count, result) in zip(steps, results) {
                try member.share(count) { units in
                    for unit in units { result.start[unit] += Self.next(before, unit) }
                }
                if count > 0 { before = (0..<count).map { result.start[$0] } }
            }
        }
        let last = results.last { $0.count > 0 }
        #expect(last.map { last in (0..<last.count).map { last.start[$0] } } == expected)
    }

    private static func next(_ values: [Int], _ unit: Int) -> Int {
        values.isEmpty ? unit : unit &+ values[unit % values.count] &* 31 &+ values[values.count - 1]
    }

    @Test func aMemberAloneGetsAStepInOneRange() throws {
        let ranges = Locked<[Range<Int>]>([])
        try Work(threads: 1).together { (member) throws(Failure) in
            for count in [100, 1, 0, 7] {
                try member.share(count) { units in ranges.withLock { $0.append(units) } }
            }
        }
        #expect(ranges.withLock { $0 } == [0..<100, 0..<1, 0..<7])
    }

    @Test func membersThatComeLateFindTheWorkDone() throws {
        let ended = Locked(false), doers = Locked<Set<Int>>([])
        try Work(threads: 3).together { (member) throws(Failure) in
            while member.number > 0, !ended.withLock({ $0 }) {}
            for _ in 0..<50 {
                try member.share(10) { _ in doers.withLock { _ = $0.insert(member.number) } }
            }
            if member.number == 0 { ended.withLock { $0 = true } }
        }
        #expect(doers.withLock { $0 } == [0])
    }

    /// Longer than a member looks before it sleeps.
    @Test func aLongUnitIsWaitedFor() throws {
        let value = Values(count: 1)
        try Work(threads: 2).together { (member) throws(Failure) in
            try member.share(2) { units in
                guard units.contains(1) else { return }
                for turn in 0..<2_000_000 { value.start[0] = (value.start[0] &* 31) ^ turn }
            }
            let seen = value.start[0]
            try member.share(2) { (_) throws(Failure) in
                if value.start[0] != seen { throw .operation("read too early") }
            }
        }
    }

    @Test(arguments: [1, 2, 4])
    func theLowestFailureOfTheFirstStepThatFailsIsThrown(threads: Int) {
        for _ in 0..<50 {
            #expect(throws: Failure.operation("5 of 3")) {
                try Work(threads: threads).together { (member) throws(Failure) in
                    for step in 0..<10 {
                        try member.share(100) { (units) throws(Failure) in
                            for unit in units where step >= 3 && unit >= 5 { throw .operation("\(unit) of \(step)") }
                        }
                    }
                }
            }
        }
    }

    @Test(arguments: [1, 2, 4])
    func aCancellationGetsEveryMemberOut(threads: Int) {
        for stop in [0, 7, 99] {
            let work = Work(threads: threads)
            let last = Locked(0)
            #expect(throws: Failure.cancelled) {
                try work.together { (member) throws(Failure) in
                    for step in 0...stop + 1 {
                        try member.share(20) { units in
                            last.withLock { $0 = max($0, step) }
                            if step == stop, units.contains(10) { work.cancellation.cancel() }
                        }
                    }
                }
            }
            #expect(last.withLock { $0 } == stop)
        }
    }
}

/// Numbers that every member may write to, each its own.
private final class Values: @unchecked Sendable {
    let start: UnsafeMutablePointer<Int>
    let count: Int

    init(count: Int) {
        self.count = count
        start = .allocate(capacity: count)
        start.initialize(repeating: 0, count: count)
    }

    deinit { start.deallocate() }
}
