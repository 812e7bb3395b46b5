import Support
import Tables

/// The columns of an experiment, one value a unit, checked: arms, metrics, days, segments, covariates.
public struct ExperimentData: Sendable {
    /// A metric's values, NaN where a unit has none.
    struct Values: Sendable {
        /// What is summed or averaged.
        var numerator: [Double]
        /// What it is divided by, if anything.
        var denominator: [Double]?
        /// Values of single rows, for quantiles of events: the unit of each.
        var rowValues: (values: [Double], units: [Int32])?
        /// Units whose window has not passed yet.
        var immature = 0
        /// Where its columns have no number.
        var gaps = Gaps()
    }

    /// Rows whose columns have no number.
    struct Gaps: Sendable {
        /// The first of them.
        var first: (row: Int, column: String)?
        /// How many hold NaN rather than nothing.
        var notANumber = 0
    }

    /// A numeric covariate.
    struct Covariate: Sendable {
        let name: String
        /// Missing ones replaced by the mean of the others.
        var values: [Double]
        let missing: Int
    }

    /// The plan that the data were read for.
    public let plan: ExperimentPlan
    /// The arms, control first.
    public let arms: [String]
    /// The share of the units that each arm was to have.
    public let weights: [Double]
    /// Rows of the table.
    public let rowCount: Int
    /// The arm of each unit; -1 for units that are left out.
    var armOf: [Int32]
    var values: [Values]
    /// The day of each unit, `Int32.min` where there is none.
    var days: [Int32]?
    var segments: [(name: String, categories: Categories)]
    var covariates: [Covariate]
    /// What was found while reading.
    var counts = Counts()
    /// The first row of each unit; empty where each row is a unit.
    var firstRows: [Int] = []
    /// SHA-256 of the columns used.
    public internal(set) var hash = ""

    /// Rows and units that are not as they should be.
    struct Counts: Sendable {
        var withoutVariant = 0
        var withoutUnit = 0
        var inTwoArms = 0
        var duplicates = 0
        var firstMixed: Int?
        var firstDuplicate: Int?
        var firstWithoutVariant: Int?
        var firstWithoutUnit: Int?
        var firstWithoutDate: Int?
        var withoutDate = 0
        /// Rows of arms that the plan leaves out.
        var otherArms = 0
        var hasUnits = false
    }

    /// How many units there are, those left out included.
    public var unitCount: Int { armOf.count }

    /// Units of each arm.
    public var armSizes: [Int] {
        var sizes = [Int](repeating: 0, count: arms.count)
        for arm in armOf where arm >= 0 { sizes[Int(arm)] += 1 }
        return sizes
    }
}

extension ExperimentData {
    /// Reads what `plan` names from `table`. An error names the column and the first row at fault.
    ///
    /// - Parameter extra: covariates that are no columns, such as vectors of texts: a name and one value a row.
    public init(
        _ plan: ExperimentPlan, table: Table, extra: [(name: String, values: [Double])] = [], work: Work
    ) throws(Failure) {
        try plan.options.check()
        guard table.rowCount > 0 else { throw .argument("data", expected: "a table with rows", got: "one without") }
        guard !plan.metrics.isEmpty else { throw .argument("metrics", expected: "at least one metric", got: "none") }
        for (index, metric) in plan.metrics.enumerated() {
            if let first = plan.metrics.firstIndex(where: { $0.name == metric.name }), first < index {
                throw .argument(
                    "metrics", expected: "metrics of different names", got: "'\(metric.name)' twice",
                    hint: "give one of them {name = \"...\"}")
            }
        }
        let reader = ColumnReader(table: table, plan: plan)
        var counts = Counts()
        var (arms, weights) = (["A", "A'"], [0.5, 0.5])
        var armOfRow = [Int32](repeating: 0, count: table.rowCount)
        // Without arms all units are alike: what an A/A simulation deals out.
        if !plan.variant.isEmpty {
            let variants = try reader.variants(work)
            (arms, weights) = try reader.arms(variants)
            let place = variants.labels.map { label in arms.firstIndex { $0.utf8.elementsEqual(label.utf8) } }
            armOfRow = variants.codes.map { $0 < 0 ? Int32(-1) : Int32(place[Int($0)] ?? -1) }
            for (row, code) in variants.codes.enumerated() where armOfRow[row] < 0 {
                if code < 0 {
                    counts.withoutVariant += 1
                    counts.firstWithoutVariant = counts.firstWithoutVariant ?? row
                } else {
                    counts.otherArms += 1
                }
            }
        }
        let units = try UnitRows(plan, table, &armOfRow, &counts, work)
        var values: [Values] = []
        let days = try reader.days(units)
        for metric in plan.metrics {
            try work.cancellation.check()
            values.append(try reader.values(metric, units, days?.ofUnits, work))
            if case .retention = metric.kind { continue }
            values[values.count - 1].gaps = reader.gaps([metric.column, metric.denominator].compactMap { $0 })
        }
        var segments: [(name: String, categories: Categories)] = []
        for name in plan.segments {
            let column = try reader.column(name, "segments")
            let categories = try Categories(
                column, named: name, parameter: "segments", limit: 1_000, cancellation: work.cancellation)
            segments.append((name, units.isIdentity ? categories : categories.selecting(units.firstRows)))
        }
        var covariates: [Covariate] = []
        for name in plan.covariates {
            let values = try reader.covariateValues(name)
            covariates.append(try reader.covariate(name, units.first(values)))
        }
        for (name, values) in extra { covariates.append(try reader.covariate(name, units.first(values))) }
        self.plan = plan
        self.arms = arms
        self.weights = weights
        rowCount = table.rowCount
        armOf = units.armOf(armOfRow)
        self.values = values
        self.days = days?.ofUnits
        self.segments = segments
        self.covariates = covariates
        if let days = days?.ofUnits, let first = days.firstIndex(of: .min) {
            counts.withoutDate = days.count { $0 == .min }
            counts.firstWithoutDate = units.isIdentity ? first : units.firstRows[first]
        }
        self.counts = counts
        firstRows = units.isIdentity ? [] : units.firstRows
        hash = try reader.hash(extra: extra)
    }
}
