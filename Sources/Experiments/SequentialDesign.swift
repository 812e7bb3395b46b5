import Statistics
import Support

/// How error is kept when the data are looked at more than once: declared before looking.
public struct SequentialDesign: Sendable, Equatable {
    /// The ways to look.
    public enum Method: Sendable, Equatable {
        /// At any time: an asymptotic confidence sequence (Waudby-Smith and others 2024), narrowest at `tuning` units of all arms. The
        /// tuning must not follow the data, or the sequence would not hold at every look.
        case confidenceSequence(tuning: Double)
        /// At any time: the mixture sequential probability ratio test (Johari, Pekelis and Walsh 2015). Effects are thought to spread around 0
        /// with standard deviation `tau`, a share of control's figure.
        case mixture(tau: Double)
        /// At planned looks.
        case group(GroupPlan)
    }

    /// The way to look.
    public var method: Method
    /// Units that each arm must have before the first look counts: intervals for any time hold for large samples.
    public var burnIn: Double

    /// Where nothing else is said, sequences are narrowest at this many units.
    public static let usualTuning = 5_000.0

    /// A design.
    public init(_ method: Method = .confidenceSequence(tuning: usualTuning), burnIn: Double = 100) {
        self.method = method
        self.burnIn = burnIn
    }

    /// The planned looks, if there are any.
    public var plan: GroupPlan? {
        if case .group(let plan) = method { return plan }
        return nil
    }

    /// The word for the way to look.
    public var name: String {
        switch method {
        case .confidenceSequence: "confidence_sequence"
        case .mixture: "msprt"
        case .group: "group_sequential"
        }
    }

    /// Refuses designs that mean nothing.
    public func check() throws(Failure) {
        func refuse(_ expected: String, _ got: Double) throws(Failure) {
            throw .argument("sequential", expected: expected, got: Words.units(got))
        }
        if !(burnIn >= 1 && burnIn.isFinite) { try refuse("'burn_in' of at least 1 unit", burnIn) }
        switch method {
        case .confidenceSequence(let tuning):
            if !(tuning >= 1 && tuning.isFinite) { try refuse("'tuning' of at least 1 unit", tuning) }
        case .mixture(let tau): if !(tau > 0 && tau.isFinite) { try refuse("'tau' above 0", tau) }
        case .group(let plan):
            guard !plan.looks.isEmpty, plan.looks.count <= GroupPlan.mostLooks else {
                throw .argument(
                    "sequential", expected: "1 to \(GroupPlan.mostLooks) 'looks'", got: "\(plan.looks.count)")
            }
            var last = 0.0
            for units in plan.looks {
                if !(units > last && units.isFinite) { try refuse("'looks' in rising numbers of units above 0", units) }
                last = units
            }
        }
    }
}

/// Looks planned ahead, with the boundary that keeps the error over all of them.
public struct GroupPlan: Sendable, Equatable {
    /// Where the boundaries come from.
    public enum Boundary: Sendable, Equatable {
        /// A spending function of Lan and DeMets (1983): looks may come at other numbers of units than planned.
        case spending(GroupSequential.Spending)
        /// A boundary of a given shape: Pocock's (1977), O'Brien and Fleming's (1979), Wang and Tsiatis's (1987).
        case shape(GroupSequential.Shape)
    }

    static let mostLooks = 20

    /// Units of all arms at each look, rising; the last look ends the experiment.
    public var looks: [Double]
    /// Where the boundaries come from.
    public var boundary: Boundary

    /// A plan.
    public init(looks: [Double], boundary: Boundary = .spending(.obrienFleming)) {
        self.looks = looks
        self.boundary = boundary
    }

    /// Which look `units` units of all arms stand for: the last planned one reached, from 1; 0 before the first.
    public func look(at units: Double) -> Int { looks.prefix { $0 <= units }.count }

    /// The word for the boundary.
    public var name: String {
        switch boundary {
        case .spending(.obrienFleming): "Lan–DeMets spending like O'Brien and Fleming"
        case .spending(.pocock): "Lan–DeMets spending like Pocock"
        case .spending(.power(let rho)): "power spending, rho \(Words.significant(rho, 3))"
        case .shape(.pocock): "Pocock"
        case .shape(.obrienFleming): "O'Brien–Fleming"
        case .shape(.wangTsiatis(let delta)): "Wang–Tsiatis, delta \(Words.significant(delta, 3))"
        case .shape(.haybittlePeto): "Haybittle–Peto"
        }
    }

    /// Shares of the information at the looks up to `look`, this one's by the units that are there. A shape needs all looks as planned.
    func information(look: Int, units: Double) -> [Double] {
        let end = looks.last ?? 1
        if case .shape = boundary { return looks.map { $0 / end } }
        return looks.prefix(look - 1).map { $0 / end } + [min(1, units / end)]
    }
}

/// One planned look, for the report.
public struct LookResult: Sendable {
    /// Units of all arms that were planned for it, or were there.
    public let units: Double
    /// Their share of the last look's.
    public let information: Double
    /// How many standard errors an effect must be from 0.
    public let boundary: Double
    /// The error spent up to and with it.
    public let spent: Double
    /// "taken", "present" or "ahead".
    public let status: String
}
