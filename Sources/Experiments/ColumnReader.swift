import Support
import Tables

/// Reads the columns of a plan and says which row is at fault.
struct ColumnReader {
    let table: Table
    let plan: ExperimentPlan

    func column(_ name: String, _ parameter: String) throws(Failure) -> Column {
        if let column = table.columnIfPresent(name) { return column }
        throw .argument(parameter, expected: "columns of the table", got: "'\(name)'", hint: table.hint(for: name))
    }

    func variants(_ work: Work) throws(Failure) -> Categories {
        guard let column = table.columnIfPresent(plan.variant) else {
            throw .argument(
                "variant", expected: "a column of the table", got: "'\(plan.variant)'",
                hint: table.hint(for: plan.variant))
        }
        return try Categories(
            column, named: plan.variant, parameter: "variant", limit: 200, cancellation: work.cancellation)
    }

    /// The arms, control first, with the share that each was to have.
    func arms(_ variants: Categories) throws(Failure) -> (names: [String], weights: [Double]) {
        let labels = variants.labels
        func known(_ name: String) -> Bool { labels.contains { $0.utf8.elementsEqual(name.utf8) } }
        func hint(_ name: String) -> String {
            let near = Near.among(labels, to: name)
            if !near.isEmpty { return "did you mean \(near.map { "'\($0)'" }.joined(separator: " or "))?" }
            let shown = labels.sorted(by: Near.byBytes).prefix(8).map { "'\($0)'" }.joined(separator: ", ")
            return "column '\(plan.variant)' has \(shown)\(labels.count > 8 ? " and \(labels.count - 8) more" : "")"
        }
        guard known(plan.control) else {
            throw .argument(
                "control", expected: "an arm in column '\(plan.variant)'", got: "'\(plan.control)'",
                hint: hint(plan.control))
        }
        var names = [plan.control]
        if !plan.arms.isEmpty || !plan.weights.isEmpty {
            let declared = plan.arms.isEmpty ? plan.weights.map(\.arm) : plan.arms
            for arm in declared where !names.contains(arm) {
                // An arm of weight 0 need not be there; any other must.
                let weight = plan.weights.first { $0.arm == arm }?.weight
                guard known(arm) || weight == 0 else {
                    throw .argument(
                        plan.arms.isEmpty ? "weights" : "arms", expected: "arms in column '\(plan.variant)'",
                        got: "'\(arm)'", hint: hint(arm))
                }
                names.append(arm)
            }
            // Without a list of arms every arm of the data takes part; one that is nearly another's name is a slip.
            if plan.arms.isEmpty, let (place, stray) = labels.enumerated().first(where: { !names.contains($0.element) })
            {
                let near = Near.among(names, to: stray)
                throw .argument(
                    "variant", expected: "the arms that 'weights' names",
                    got: "'\(stray)' in row \(variants.firstRows[place] + 1) of column '\(plan.variant)'",
                    hint: near.isEmpty
                        ? "give it a weight, or list the arms to compare in 'arms'"
                        : "did it mean \(near.map { "'\($0)'" }.joined(separator: " or "))?")
            }
        } else {
            names += labels.filter { $0 != plan.control }.sorted(by: Near.byBytes)
            // "Control" beside "control": the same arm written twice.
            for (place, label) in labels.enumerated() {
                let folded = Near.folded(label)
                if let other = labels[..<place].first(where: { Near.folded($0) == folded }) {
                    throw .argument(
                        "variant", expected: "arms of clearly different names",
                        got:
                            "'\(label)' in row \(variants.firstRows[place] + 1) of column '\(plan.variant)' beside '\(other)'",
                        hint: "if they are two arms, list both in 'arms'")
                }
            }
        }
        guard names.count > 1 else {
            throw .argument(
                "variant", expected: "at least two arms in column '\(plan.variant)'", got: "only '\(plan.control)'")
        }
        guard names.count <= 50 else {
            throw .argument("variant", expected: "at most 50 arms", got: "\(names.count) in column '\(plan.variant)'")
        }
        guard !plan.weights.isEmpty else { return (names, names.map { _ in 1 / Double(names.count) }) }
        var weights: [Double] = []
        for name in names {
            guard let weight = plan.weights.first(where: { $0.arm == name })?.weight else {
                throw .argument("weights", expected: "a weight for each arm", got: "none for '\(name)'")
            }
            guard weight >= 0, weight.isFinite else {
                throw .argument(
                    "weights", expected: "weights of at least 0", got: "\(Words.units(weight)) for '\(name)'")
            }
            weights.append(weight)
        }
        let sum = weights.reduce(0, +)
        guard weights[0] > 0, weights.dropFirst().contains(where: { $0 > 0 }) else {
            throw .argument("weights", expected: "weights above 0 for control and another arm", got: "none")
        }
        guard sum.isFinite else {
            throw .argument("weights", expected: "weights whose sum is a number", got: "infinity")
        }
        return (names, weights.map { $0 / sum })
    }

    /// The day of each row and of each unit, its first.
    func days(_ units: UnitRows) throws(Failure) -> (ofRows: [Int32], ofUnits: [Int32])? {
        guard let name = plan.date else { return nil }
        let days = try column(name, "date").days(named: name, parameter: "date")
        if !plan.allowsUnsortedDates {
            var last: (day: Int32, row: Int)?
            for (row, day) in days.enumerated() where day != .min {
                if let last, day < last.day {
                    throw .argument(
                        "date", expected: "dates in rising order",
                        got:
                            "\(Column.dateText(day)) in row \(row + 1) of column '\(name)' after \(Column.dateText(last.day)) in row \(last.row + 1)",
                        hint: "sort the table by '\(name)', or say {unsorted = true} if the order means nothing")
                }
                last = (day, row)
            }
        }
        guard !units.isIdentity else { return (days, days) }
        var first = [Int32](repeating: .max, count: units.count)
        for (row, unit) in units.unitOfRow.enumerated() where unit >= 0 && days[row] != .min {
            first[Int(unit)] = min(first[Int(unit)], days[row])
        }
        return (days, first.map { $0 == .max ? .min : $0 })
    }

    /// The numbers of a covariate's column.
    func covariateValues(_ name: String) throws(Failure) -> [Double] {
        let column = try column(name, "covariates")
        do throws(Failure) {
            return try column.numbers(named: name)
        } catch {
            guard case .argument(let parameter) = error.kind, parameter == name else { throw error }
            throw .argument(
                "covariates", expected: "columns of numbers or booleans",
                got: "column '\(name)' of type \(column.type.name)\(column.firstText)",
                hint: column.type == .text ? "{text = \"\(name)\", encoder = ...} takes what its texts foretell" : nil)
        }
    }

    func covariate(_ name: String, _ values: [Double]) throws(Failure) -> ExperimentData.Covariate {
        var sum = 0.0
        var count = 0
        for (row, value) in values.enumerated() where !value.isNaN {
            // Squares and their sums must stay finite, as those of metrics.
            guard abs(value) <= 1e140 else {
                throw .argument(
                    "covariates", expected: "finite numbers of less than 1e140",
                    got: "\(value) in row \(row + 1) of column '\(name)'")
            }
            sum += value
            count += 1
        }
        guard count > 0 else {
            throw .argument(
                "covariates", expected: "columns with values",
                got: "column '\(name)', whose rows are all NULL from row 1 on")
        }
        guard count < values.count else { return .init(name: name, values: values, missing: 0) }
        let mean = sum / Double(count)
        return .init(name: name, values: values.map { $0.isNaN ? mean : $0 }, missing: values.count - count)
    }

    /// SHA-256 over the digests of the columns that the plan names, in its order.
    func hash(extra: [(name: String, values: [Double])]) throws(Failure) -> String {
        var names = [plan.unit, plan.variant, plan.date].compactMap { $0 }.filter { !$0.isEmpty }
        for metric in plan.metrics { names += [metric.column, metric.denominator].compactMap { $0 } }
        names += plan.segments + plan.covariates
        var seen: [String] = []
        for name in names where !seen.contains(name) { seen.append(name) }
        var digests: [UInt8] = []
        for name in seen {
            digests += SHA256.digest(Array(name.utf8))
            digests += try column(name, "data").digest()
        }
        for (name, values) in extra {
            digests += SHA256.digest(Array(name.utf8))
            digests += values.withUnsafeBytes { SHA256.digest($0) }
        }
        return digests.withUnsafeBytes { SHA256.hexadecimal($0) }
    }
}

/// Names that may have been meant.
enum Near {
    static func byBytes(_ a: String, _ b: String) -> Bool { a.utf8.lexicographicallyPrecedes(b.utf8) }

    /// A name without case, blanks and marks.
    static func folded(_ name: String) -> String {
        String(name.lowercased().filter { $0.isLetter || $0.isNumber })
    }

    static func among(_ names: [String], to name: String) -> [String] { NearName.among(names, to: name) }
}
