import Statistics
import Support
import Testing

@testable import Experiments

/// Looking more than once: declared designs, their boundaries, and what the decision makes of them.
@Suite struct SequentialTests {
    private static let boundaries: [GroupPlan.Boundary] = [
        .spending(.obrienFleming), .spending(.pocock), .spending(.power(rho: 3)), .shape(.pocock),
        .shape(.obrienFleming),
        .shape(.wangTsiatis(delta: 0.25)),
    ]

    /// The boundary of the present look is the one that the whole design has there, and its p-value is the declared error.
    @Test(arguments: boundaries)
    func boundariesAreTheDesigns(boundary: GroupPlan.Boundary) throws {
        let plan = GroupPlan(looks: [2_000, 4_000, 6_000, 8_000], boundary: boundary)
        let whole = try GroupSequential(information: [0.25, 0.5, 0.75, 1])
        let expected: [Double] =
            switch boundary {
            case .spending(let spending): try whole.boundary(spending, alpha: 0.05).z
            case .shape(let shape): try whole.boundary(shape, alpha: 0.05).z
            }
        for look in [1, 3, 4] {
            let here = try GroupBoundary(plan, look: look, units: Double(look) * 2_000, alpha: 0.05)
            #expect(abs(here.critical(0.05) - expected[look - 1]) < 1e-5, "\(boundary) \(look)")
            #expect(abs(here.p(expected[look - 1]) - 0.05) < 1e-6)
            #expect(here.looks.count == 4 && here.isLast == (look == 4))
            // p falls with |z|, meets every level where the interval does, and is never smaller than the one of a single look.
            var last = 1.0
            for step in 0...100 {
                let z = Double(step) * 0.12
                let p = here.p(z)
                #expect(p <= last && p > 0 && p >= 2 * Normal.survival(z) * (1 - 1e-9), "\(boundary) \(look) \(z)")
                last = p
                if p < 0.9, p > 1e-12 { #expect(abs(here.critical(p) - z) < 1e-6) }
            }
            // Away from the levels that were computed: against the design solved for just this level.
            for alpha in [0.5, 0.02, 0.0025] {
                let exact: Double =
                    switch boundary {
                    case .spending(let spending): try whole.boundary(spending, alpha: alpha).z[look - 1]
                    case .shape(let shape): try whole.boundary(shape, alpha: alpha).z[look - 1]
                    }
                #expect(abs(here.p(exact) / alpha - 1) < 2e-3, "\(boundary) \(look) \(alpha): \(here.p(exact))")
            }
        }
    }

    /// However early the look: the level is the one whose boundary is met, as far out as tails can be told from 0.
    @Test func earlyLooksFindWhatTheirShareAllows() throws {
        let plan = GroupPlan(looks: [10_000])
        for share in [0.001, 0.01, 0.1] {
            let here = try GroupBoundary(plan, look: 1, units: 10_000 * share, alpha: 0.05)
            for level in [0.95, 0.5, 0.05, 1e-3, 1e-7, 1e-20] {
                // Lan and DeMets (1983): by the share t each tail of a test at level a spends 2Φ̄(z(a/4) / √t).
                let spent = 2 * Normal.survival(Normal.upperQuantile(level / 4) / share.squareRoot())
                guard spent > 1e-290 else { continue }
                let found = here.p(Normal.upperQuantile(spent))
                #expect(abs(found / level - 1) < (level > 1e-15 ? 0.03 : 0.05), "\(share): \(found), not \(level)")
            }
            // Below the boundary of level 1 nothing is found.
            #expect(here.p(0.5 * 0.674 / share.squareRoot()) > 0.99)
        }
    }

    /// Far beyond what was computed a look of Pocock's spending costs a factor of p.
    @Test func farOutALookKeepsItsPrice() throws {
        let plan = GroupPlan(looks: [400, 4_000, 10_000], boundary: .spending(.pocock))
        let here = try GroupBoundary(plan, look: 2, units: 4_000, alpha: 0.05)
        let price = here.p(6) / (2 * Normal.survival(6))
        #expect(price > 1.3)
        for z in [9.0, 12, 15, 20, 24] {
            let found = here.p(z) / (2 * Normal.survival(z))
            #expect(abs(found / price - 1) < 0.15, "\(z): \(found), not \(price)")
        }
    }

    /// Looks at other numbers of units than planned spend what the function says for them.
    @Test func spendingTakesTheUnitsThatAreThere() throws {
        let plan = GroupPlan(looks: [2_000, 4_000])
        let late = try GroupBoundary(plan, look: 1, units: 2_600, alpha: 0.05)
        let expected = try GroupSequential(information: [0.65]).boundary(
            GroupSequential.Spending.obrienFleming, alpha: 0.05
        ).z[0]
        #expect(abs(late.critical(0.05) - expected) < 1e-6)
        #expect(late.looks.map(\.status) == ["present", "ahead"])
        // Past the plan all error is spent.
        let over = try GroupBoundary(plan, look: 2, units: 5_000, alpha: 0.05)
        #expect(over.isLast && over.looks[1].spent == 0.05 && over.looks[1].information == 1)
    }

    /// The mixture test is the closed form of Johari, Pekelis and Walsh, as `stats.msprt` has it.
    @Test func mixtureIsTheClosedForm() throws {
        let (variance, pairs, tau) = (0.2112, 5_000.0, 0.02)
        for difference in [0.01, 0.02, 0.05] {
            let known = try Sequential.mixtureSPRT(
                difference: difference, variance: variance, pairs: pairs, tau2: tau * tau, alpha: 0.05)
            let error = (variance / pairs).squareRoot()
            let reference = Reference.alwaysValid(information: tau * tau / (error * error))
            #expect(abs(reference.p(difference / error) / (known.p ?? 0) - 1) < 1e-9)
            #expect(abs(reference.critical(0.05) * error / (known.detail("half_width") ?? 0) - 1) < 1e-12)
        }
    }

    // MARK: Decisions

    private func analyzed(_ design: SequentialDesign, units: Int, lift: Double, seed: UInt64 = 3) throws
        -> ExperimentResult
    {
        var generator = SeededGenerator(seed: seed)
        var (arms, values): ([String], [Double]) = ([], [])
        for unit in 0..<units {
            arms.append(unit % 2 == 0 ? "a" : "b")
            values.append(10 + 2 * generator.normal() + (unit % 2 == 0 ? 0 : lift))
        }
        var plan = ExperimentPlan(variant: "arm", control: "a", metrics: [Metric(.mean, "y")])
        plan.options.sequential = design
        return try Samples.analyzed(
            plan, try Samples.table([("arm", Samples.texts(arms)), ("y", Samples.numbers(values))]))
    }

    @Test func decisionsKeepToThePlan() throws {
        let design = SequentialDesign(.group(GroupPlan(looks: [400, 800, 1_200])))
        // Before the first look nothing is told, however large the effect.
        let early = try analyzed(design, units: 300, lift: 3)
        #expect(early.decision.verdict == .keepRunning)
        #expect(early.metrics[0].effects[0].status == "before_first_look")
        #expect(early.metrics[0].effects[0].p == nil && early.looks.isEmpty)
        // At an interim look the boundary counts, not alpha.
        let interim = try analyzed(design, units: 400, lift: 0.5)
        let effect = try #require(interim.metrics[0].effects.first)
        let z = (effect.absolute ?? 0) / (effect.standardError ?? 1)
        #expect(z > 1.96 && z < 3.7, "\(z)")
        #expect(interim.decision.verdict == .keepRunning)
        #expect((effect.p ?? 0) > 0.05 && (effect.interval?.lower ?? 0) < 0)
        #expect(effect.method == "look 1 of 3")
        #expect(interim.looks.map(\.status) == ["present", "ahead", "ahead"])
        #expect(try analyzed(design, units: 400, lift: 1.5).decision.verdict == .ship)
        #expect(try analyzed(design, units: 400, lift: -1.5).decision.verdict == .rollBack)
        // The last look ends it.
        let end = try analyzed(design, units: 1_200, lift: 0)
        #expect(end.decision.verdict == .review && end.decision.rule == "the last look found nothing")
        #expect(end.looks.map(\.status) == ["taken", "taken", "present"])
    }

    @Test func anyTimeDesignsBurnInAndDecide() throws {
        for design in [SequentialDesign(), SequentialDesign(.mixture(tau: 0.05))] {
            #expect(try analyzed(design, units: 150, lift: 3).metrics[0].effects[0].status == "burn_in")
            let found = try analyzed(design, units: 2_000, lift: 1)
            #expect(found.decision.verdict == .ship)
            #expect(found.metrics[0].effects[0].method == "always valid")
        }
    }

    /// Intervals agree with adjusted p-values whatever the way to look.
    @Test func intervalsAgreeWithP() throws {
        let designs = [
            SequentialDesign(.mixture(tau: 0.05), burnIn: 2), SequentialDesign(.group(GroupPlan(looks: [100, 200]))),
            SequentialDesign(.group(GroupPlan(looks: [100, 200, 300], boundary: .shape(.obrienFleming)))),
        ]
        var rejected = 0
        for design in designs {
            for seed in 0..<12 {
                let result = try analyzed(design, units: 220, lift: Double(seed) * 0.12, seed: UInt64(seed))
                let effect = try #require(result.metrics[0].effects.first)
                let interval = try #require(effect.interval)
                #expect((interval.lower > 0 || interval.upper < 0) == ((effect.adjustedP ?? 1) < 0.05))
                if effect.isSignificant(0.05) { rejected += 1 }
            }
        }
        #expect(rejected > 5 && rejected < 31)
    }

    /// Stopping at the first look that finds something errs at most alpha of the time, for every design; single looks would not.
    @Test func peekingKeepsTheErrorOfEveryDesign() throws {
        let runs = 2_000
        let looks = (1...10).map { Double($0) * 200 }
        var designs: [(name: String, critical: [Double])] = []
        for boundary in Self.boundaries {
            let plan = GroupPlan(looks: looks, boundary: boundary)
            let last = try GroupBoundary(plan, look: 10, units: 2_000, alpha: 0.05)
            designs.append((plan.name, last.looks.map(\.boundary)))
        }
        let rho = Reference.rho(tuning: 2_000, alpha: 0.05)
        designs.append(("sequence", looks.map { Reference.alwaysValid(information: $0 * rho * rho).critical(0.05) }))
        // Var of a difference of means of n/2 units of variance 1 each is 4/n.
        designs.append(("mixture", looks.map { Reference.alwaysValid(information: 0.01 * $0 / 4).critical(0.05) }))
        designs.append(("single", looks.map { _ in Reference.normal.critical(0.05) }))
        var errors = [Int](repeating: 0, count: designs.count)
        var generator = SeededGenerator(seed: 19)
        for _ in 0..<runs {
            var (sum, z) = (0.0, [Double]())
            for look in looks.indices {
                sum += generator.normal()
                z.append(abs(sum) / Double(look + 1).squareRoot())
            }
            for place in designs.indices where zip(z, designs[place].critical).contains(where: { $0 > $1 }) {
                errors[place] += 1
            }
        }
        // 0.05 and four standard errors of 2,000 runs.
        for (design, count) in zip(designs, errors).dropLast() {
            #expect(Double(count) / Double(runs) < 0.0695, "\(design.name): \(count)")
        }
        // Designs with a plan use the error up; those for any time keep some for later.
        for (design, count) in zip(designs, errors).prefix(Self.boundaries.count) {
            #expect(Double(count) / Double(runs) > 0.0305, "\(design.name): \(count)")
        }
        #expect(Double(errors[designs.count - 1]) / Double(runs) > 0.15)
    }
}
