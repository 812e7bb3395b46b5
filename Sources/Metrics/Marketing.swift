import Support

/// The ratios that campaigns are told by. Each is of sums: of all clicks over all impressions, not the mean of ratios.
public enum Marketing {
    /// Clicks over impressions.
    public static func clickThrough(clicks: [Double], impressions: [Double]) throws(Failure) -> Double {
        try share(clicks, "clicks", impressions, "impressions")
    }

    /// Conversions over clicks (or visits, or whatever they are counted against).
    public static func conversion(conversions: [Double], clicks: [Double]) throws(Failure) -> Double {
        try share(conversions, "conversions", clicks, "clicks")
    }

    /// (Revenue - cost) over cost.
    public static func returnOnInvestment(revenue: [Double], cost: [Double]) throws(Failure) -> Double {
        let (gained, spent) = try sums(revenue, "revenue", cost, "cost")
        return (gained - spent) / spent
    }

    /// Revenue over advertising cost.
    public static func returnOnAdSpend(revenue: [Double], cost: [Double]) throws(Failure) -> Double {
        let (gained, spent) = try sums(revenue, "revenue", cost, "cost")
        return gained / spent
    }

    private static func share(
        _ parts: [Double], _ name: String, _ wholes: [Double], _ whole: String
    ) throws(Failure) -> Double {
        for (values, name) in [(parts, name), (wholes, whole)] {
            if let place = values.firstIndex(where: { $0 < 0 }) {
                throw .argument(name, expected: "counts from 0 up", got: "\(values[place]) at position \(place + 1)")
            }
        }
        let (part, total) = try sums(parts, name, wholes, whole)
        for (place, (part, whole_)) in zip(parts, wholes).enumerated() where part > whole_ {
            throw .argument(
                name, expected: "at most as many as \(whole)",
                got: "\(part) of \(whole_)\(parts.count > 1 ? " at position \(place + 1)" : "")")
        }
        return part / total
    }

    private static func sums(
        _ parts: [Double], _ name: String, _ wholes: [Double], _ whole: String
    ) throws(Failure) -> (Double, Double) {
        try Check.finite(parts, name)
        try Check.finite(wholes, whole)
        guard parts.count == wholes.count else {
            throw .argument(whole, expected: "\(parts.count) numbers, as many as in '\(name)'", got: "\(wholes.count)")
        }
        let total = wholes.reduce(0, +)
        guard total > 0 else { throw .argument(whole, expected: "a sum above 0", got: Check.words(total)) }
        return (parts.reduce(0, +), total)
    }
}
