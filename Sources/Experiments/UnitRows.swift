import Support
import Tables

/// Which rows belong to which unit.
struct UnitRows {
    /// The first row of each unit.
    let firstRows: [Int]
    /// The unit of each row; empty where each row is its own unit.
    let unitOfRow: [Int32]
    let rowCount: Int

    var isIdentity: Bool { unitOfRow.isEmpty }
    var count: Int { isIdentity ? rowCount : firstRows.count }

    /// Finds the units. Rows that are left out get arm -1: those without a unit, all rows of a unit in two arms, and repeated rows of a unit where
    /// each should have one.
    init(
        _ plan: ExperimentPlan, _ table: Table, _ armOfRow: inout [Int32], _ counts: inout ExperimentData.Counts,
        _ work: Work
    ) throws(Failure) {
        rowCount = table.rowCount
        guard let name = plan.unit else {
            if plan.isEvents {
                throw .argument("unit", expected: "the column that names the unit of each event", got: "nothing")
            }
            firstRows = []
            unitOfRow = []
            return
        }
        guard let column = table.columnIfPresent(name) else {
            throw .argument("unit", expected: "a column of the table", got: "'\(name)'", hint: table.hint(for: name))
        }
        counts.hasUnits = true
        var index = RowIndex(column, expected: plan.isEvents ? 1 << 16 : rowCount)
        var armOf: [Int32] = []
        var isMixed: [Bool] = []
        var codes = [Int32](repeating: -1, count: plan.isEvents ? rowCount : 0)
        var repeats: [(row: Int, code: Int)] = []
        for row in 0..<rowCount {
            if row & 0xffff == 0 { try work.cancellation.check() }
            if column.isNull(row) {
                counts.withoutUnit += 1
                counts.firstWithoutUnit = counts.firstWithoutUnit ?? row
                armOfRow[row] = -1
                continue
            }
            if !plan.isEvents && armOfRow[row] < 0 { continue }
            let code = index.code(of: row)
            if plan.isEvents { codes[row] = Int32(code) }
            if code == armOf.count {
                armOf.append(armOfRow[row])
                isMixed.append(false)
            } else {
                if !plan.isEvents { repeats.append((row, code)) }
                if armOf[code] < 0 {
                    armOf[code] = armOfRow[row]
                } else if armOfRow[row] >= 0, armOfRow[row] != armOf[code] {
                    if !isMixed[code] { counts.inTwoArms += 1 }
                    counts.firstMixed = counts.firstMixed ?? row
                    isMixed[code] = true
                }
            }
        }
        if plan.isEvents {
            firstRows = index.firstRows
            unitOfRow = codes
            for row in 0..<rowCount where codes[row] >= 0 && isMixed[Int(codes[row])] { armOfRow[row] = -1 }
        } else {
            // The first row of a unit stands for it; those of units in two arms stand for nothing.
            for (row, code) in repeats {
                armOfRow[row] = -1
                if isMixed[code] {
                    armOfRow[index.firstRows[code]] = -1
                } else {
                    counts.duplicates += 1
                    counts.firstDuplicate = counts.firstDuplicate ?? row
                }
            }
            firstRows = []
            unitOfRow = []
        }
    }

    /// Row values by unit, that of the unit's first row.
    func first(_ values: [Double]) -> [Double] { isIdentity ? values : firstRows.map { values[$0] } }

    /// The arm of each unit.
    func armOf(_ armOfRow: [Int32]) -> [Int32] {
        guard !isIdentity else { return armOfRow }
        var result = [Int32](repeating: -1, count: count)
        for (row, unit) in unitOfRow.enumerated() where unit >= 0 && armOfRow[row] >= 0 {
            result[Int(unit)] = armOfRow[row]
        }
        return result
    }

    /// Sums of row values by unit; a missing one adds nothing.
    func sums(_ values: [Double]) -> [Double] {
        guard !isIdentity else { return values }
        var result = [Double](repeating: 0, count: count)
        for (row, unit) in unitOfRow.enumerated() where unit >= 0 && !values[row].isNaN {
            result[Int(unit)] += values[row]
        }
        return result
    }

    /// Greatest row value of each unit; 0 if it has none.
    func greatest(_ values: [Double]) -> [Double] {
        guard !isIdentity else { return values }
        var result = [Double](repeating: 0, count: count)
        for (row, unit) in unitOfRow.enumerated() where unit >= 0 && values[row] > result[Int(unit)] {
            result[Int(unit)] = values[row]
        }
        return result
    }
}
