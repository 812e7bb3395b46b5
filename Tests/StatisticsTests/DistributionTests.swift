import Foundation
import Support
import Testing

@testable import Statistics

/// A file of Tests/Vectors.
func vectors(_ name: String) throws -> JSON {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    return try JSON.parse(Array(Data(contentsOf: folder.appending(path: "Vectors/\(name)"))))
}

struct DistributionTests {
    /// The tails agree with 40-digit arithmetic (`scripts/goldens/statistics.py`), relative to themselves however small they are.
    @Test func tailsAgreeWithReferences() throws {
        let cases = try #require(try vectors("statistics-goldens.json")["tails"]?.array)
        #expect(cases.count > 150)
        for item in cases {
            let name = try #require(item["name"]?.string)
            let q = try #require(item["parameters"]?.array).compactMap(\.double)
            let x = try #require(item["x"]?.double)
            let (lower, upper): (Double, Double)
            func tails(_ d: some ContinuousDistribution) -> (Double, Double) { (d.cdf(x), d.survival(x)) }
            var tolerance = 1e-12
            switch name {
            case "normal": (lower, upper) = (Normal.cdf(x), Normal.survival(x))
            case "t": (lower, upper) = tails(StudentT(df: q[0]))
            case "chi2": (lower, upper) = tails(ChiSquared(df: q[0]))
            case "beta": (lower, upper) = tails(BetaDistribution(q[0], q[1]))
            case "f": (lower, upper) = tails(FisherF(q[0], q[1]))
            case "binomial":
                (lower, upper) = (
                    Binomial(n: Int(q[0]), p: q[1]).cdf(Int(x)), Binomial(n: Int(q[0]), p: q[1]).survival(Int(x))
                )
            case "poisson": (lower, upper) = (Poisson(mean: q[0]).cdf(Int(x)), Poisson(mean: q[0]).survival(Int(x)))
            case "nct":
                (lower, upper) = (
                    NoncentralT(df: q[0], delta: q[1]).cdf(x), NoncentralT(df: q[0], delta: q[1]).survival(x)
                )
                tolerance = 1e-8
            case "studentized_range":
                let p = StudentizedRange(k: Int(q[0]), df: q[1]).survival(x)
                (lower, upper) = (1 - p, p)
                tolerance = 1e-6
            case "ks":
                let p = KolmogorovSmirnov.survival(x, n: Int(q[0]))
                (lower, upper) = (1 - p, p)
                tolerance = 1e-9
            default:
                Issue.record("no distribution \(name)")
                continue
            }
            let (cdf, sf) = (try #require(item["cdf"]?.double), try #require(item["sf"]?.double))
            // One minus a sum of 120 digits says nothing of a smaller tail.
            guard min(cdf, sf) > 1e-90 || name == "normal" else { continue }
            // The input itself is rounded, which a far tail magnifies.
            let slack =
                name == "normal" ? 1e-12 : tolerance * (x.magnitude > 30 ? 30 : 1) * (q.contains { $0 >= 1e5 } ? 30 : 1)
            #expect(abs(lower - cdf) <= slack * cdf + 1e-300, "\(name) \(q) cdf(\(x)) = \(lower), not \(cdf)")
            if name != "ks" || sf > 1e-5 {
                #expect(abs(upper - sf) <= slack * sf + 1e-300, "\(name) \(q) sf(\(x)) = \(upper), not \(sf)")
            }
        }
    }

    @Test func quantilesAgreeWithReferences() throws {
        let cases = try #require(try vectors("statistics-goldens.json")["quantiles"]?.array)
        for item in cases {
            let name = try #require(item["name"]?.string)
            let q = try #require(item["parameters"]?.array).compactMap(\.double)
            let p = try #require(item["p"]?.double)
            let wanted = try #require(item["x"]?.double)
            guard abs(wanted) < 1e150 else { continue }
            let x: Double
            switch name {
            case "normal": x = Normal.quantile(p)
            case "t": x = StudentT(df: q[0]).quantile(p)
            case "chi2": x = ChiSquared(df: q[0]).quantile(p)
            default: x = BetaDistribution(q[0], q[1]).quantile(p)
            }
            #expect(abs(x - wanted) <= 1e-11 * abs(wanted) + 1e-14, "\(name) \(q) quantile(\(p)) = \(x), not \(wanted)")
        }
    }

    @Test func quantilesInvertTails() {
        var generator = SeededGenerator(seed: 4)
        for _ in 0..<300 {
            let a = exp(8 * generator.uniform() - 2)
            let b = exp(8 * generator.uniform() - 2)
            let p = pow(10, -12 * generator.uniform())
            func check(_ distribution: some ContinuousDistribution) {
                let x = distribution.upperQuantile(p)
                // A share that is rounded near 1 has lost what its tail needs.
                guard x.isFinite, !(distribution is BetaDistribution) || x < 0.99 else { return }
                #expect(abs(distribution.survival(x) - p) < 1e-9 * p, "\(distribution) \(p)")
            }
            check(BetaDistribution(a, b))
            check(StudentT(df: a))
            check(GammaDistribution(shape: a, rate: b))
            check(FisherF(a, b))
        }
    }

    @Test func theTruthIsNotPrintedAsZero() {
        #expect(2 * Normal.survival(18.2) > 1e-75)
        #expect(abs(Normal.logSurvival(50) + 1254.8313611394195) < 1e-9)
        #expect(Normal.positivePart(mean: -22.6, sd: 1) > 0)
    }

    /// Counts of impressions reach billions, where series and fractions would take seconds for each value. Tails by scipy.special.gammainc and
    /// gammaincc, and both algorithms where they meet.
    @Test(arguments: [
        (1e5, 1.005e5, 0.9428967300239712, 0.05710326997602869),
        (1e5, 0.99e5, 0.0007574199211747684, 0.9992425800788253),
        (2.5e6, 2.5e6, 0.5000841044175875, 0.49991589558241245),
        (1e8, 1.0003e8, 0.998648919898398, 0.001351080101601957),
        (1e12, 1e12 + 2e6, 0.9772498140608813, 0.02275018593911871),
    ])
    func largeGammasAreAtOnce(shape: Double, x: Double, lower: Double, upper: Double) {
        let logs = IncompleteGamma.logs(shape, x)
        #expect(abs(exp(logs.lower) / lower - 1) < 1e-9)
        #expect(abs(exp(logs.upper) / upper - 1) < 1e-9)
    }

    @Test func theTwoWaysToAGammaMeet() {
        for deviation in [-0.02, -0.005, 0.001, 0.006, 0.02] {
            let (below, above) = (99_999.999999, 100_000.0)
            let (x, y) = (below * (1 + deviation), above * (1 + deviation))
            let (first, second) = (IncompleteGamma.logs(below, x), IncompleteGamma.logs(above, y))
            #expect(abs(first.lower - second.lower) < 1e-8 * max(1, abs(first.lower)))
            #expect(abs(first.upper - second.upper) < 1e-8 * max(1, abs(first.upper)))
        }
    }
}
