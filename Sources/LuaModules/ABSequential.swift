import Experiments
import LuaKit
import Statistics
import Support

/// The option `sequential`: how error is kept when looking more than once.
enum ABSequential {
    /// The fields that each way to look takes.
    private static let fields = [
        "confidence_sequence": ["tuning", "burn_in"], "msprt": ["tau", "burn_in"],
        "group_sequential": ["looks", "spending", "shape", "rho", "delta"],
    ]

    /// The design that `value` says; nil for one look. `mde` is the size of effects for a test that is told no other.
    static func design(_ value: LuaValue, mde: Double?) throws(Failure) -> SequentialDesign? {
        if let flag = value.bool { return flag ? SequentialDesign() : nil }
        guard let table = value.table, table.list.isEmpty else {
            throw .argument(
                "sequential", expected: "true, false or a table with the field 'method'", got: value.typeName,
                hint: "for planned looks say {method = \"group_sequential\", looks = {5000, 10000}}")
        }
        let method = try word(table, "method", among: ["confidence_sequence", "msprt", "group_sequential"])
        let name = method ?? (table["looks"] == nil ? "confidence_sequence" : "group_sequential")
        let known = fields[name] ?? []
        for (field, _) in table.named where field != "method" && !known.contains(field) {
            throw .argument(
                "sequential", expected: "fields of \"\(name)\": \(known.joined(separator: ", "))", got: "'\(field)'",
                hint: nearest(to: field, in: known).map { "did you mean '\($0)'?" })
        }
        if name == "group_sequential" { return SequentialDesign(.group(try plan(table))) }
        var design = SequentialDesign()
        if name == "msprt" {
            guard let tau = try number(table, "tau") ?? mde else {
                throw .argument(
                    "sequential", expected: "'tau', the usual size of effects as a share of control's figure",
                    got: "none",
                    hint: "the option 'mde' stands for it where it is given")
            }
            design.method = .mixture(tau: tau)
        } else if let tuning = try number(table, "tuning") {
            design.method = .confidenceSequence(tuning: tuning)
        }
        design.burnIn = try number(table, "burn_in") ?? design.burnIn
        return design
    }

    private static func plan(_ table: LuaTable) throws(Failure) -> GroupPlan {
        guard let looks = table["looks"]?.table, !looks.list.isEmpty, looks.named.isEmpty else {
            throw .argument(
                "sequential", expected: "'looks', a list of the units of all arms at each look",
                got: table["looks"]?.typeName ?? "none")
        }
        var units: [Double] = []
        for (place, value) in looks.list.enumerated() {
            guard let number = value.double else {
                throw .argument(
                    "sequential", expected: "numbers of units in 'looks'",
                    got: "\(value.typeName) at position \(place + 1)")
            }
            units.append(number)
        }
        let shape = try word(table, "shape", among: ["pocock", "obrien-fleming", "wang-tsiatis"])
        let spending = try word(table, "spending", among: ["obrien-fleming", "pocock", "power"])
        guard shape == nil || spending == nil else {
            throw .argument("sequential", expected: "either 'spending' or 'shape'", got: "both")
        }
        for (field, owner, isOwned) in [
            ("rho", "spending = \"power\"", spending == "power"),
            ("delta", "shape = \"wang-tsiatis\"", shape == "wang-tsiatis"),
        ] where table[field] != nil && !isOwned {
            throw .argument("sequential", expected: "'\(field)' only with \(owner)", got: "'\(field)'")
        }
        switch (shape, spending) {
        case ("pocock", _): return GroupPlan(looks: units, boundary: .shape(.pocock))
        case ("obrien-fleming", _): return GroupPlan(looks: units, boundary: .shape(.obrienFleming))
        case (_?, _):
            let delta = try number(table, "delta") ?? 0.25
            guard (0...0.5).contains(delta) else {
                throw .argument("sequential", expected: "'delta' from 0 to 0.5", got: numberText(delta))
            }
            return GroupPlan(looks: units, boundary: .shape(.wangTsiatis(delta: delta)))
        case (_, "pocock"): return GroupPlan(looks: units, boundary: .spending(.pocock))
        case (_, "power"):
            let rho = try number(table, "rho") ?? 2
            guard rho > 0, rho <= 10 else {
                throw .argument("sequential", expected: "'rho' above 0, at most 10", got: numberText(rho))
            }
            return GroupPlan(looks: units, boundary: .spending(.power(rho: rho)))
        default: return GroupPlan(looks: units)
        }
    }

    private static func number(_ table: LuaTable, _ name: String) throws(Failure) -> Double? {
        guard let value = table[name] else { return nil }
        guard let number = value.double, number.isFinite else {
            throw .argument(
                "sequential", expected: "a number '\(name)'", got: value.double.map { numberText($0) } ?? value.typeName
            )
        }
        return number
    }

    private static func word(_ table: LuaTable, _ name: String, among words: [String]) throws(Failure) -> String? {
        guard let value = table[name] else { return nil }
        // Both ways to write them: "obrien_fleming" as options are written, "obrien-fleming" as in `stats`.
        guard let text = value.text, let known = words.first(where: { same($0, text) }) else {
            throw .argument(
                "sequential", expected: "'\(name)' of \(words.map { "\"\($0)\"" }.joined(separator: ", "))",
                got: value.text.map { "\"\($0)\"" } ?? value.typeName,
                hint: value.text.flatMap { nearest(to: $0, in: words) }.map { "did you mean \"\($0)\"?" })
        }
        return known
    }

    private static func same(_ a: String, _ b: String) -> Bool {
        a.utf8.elementsEqual(b.utf8.map { $0 == UInt8(ascii: "_") && !a.contains("_") ? UInt8(ascii: "-") : $0 })
    }
}
