import Glibc
import Support

extension Agreement {
    /// Mutual information adjusted for chance (Vinh, Epps and Bailey 2010), over the arithmetic mean of the entropies: 1 for equal groupings, 0 on
    /// average for unrelated ones.
    public static func adjustedMutualInformation(
        _ truth: [Int], _ prediction: [Int], work: Work = Work()
    ) throws(Failure) -> Double {
        let table = try Contingency(truth, prediction, work)
        let (rows, columns) = (table.rowSums, table.columnSums)
        if rows.count == columns.count, rows.count == 1 || rows.count == table.total { return 1 }
        let n = Double(table.total)
        func entropy(_ counts: [Int]) -> Double { counts.reduce(0) { $0 - Double($1) / n * log(Double($1) / n) } }
        let mean = (entropy(rows) + entropy(columns)) / 2
        var information = 0.0
        for cell in table.cells {
            let count = Double(cell.count)
            information += count / n * log(n * count / (Double(rows[cell.row]) * Double(columns[cell.column])))
        }
        let logFactorials = logFactorials(table.total)
        var expected = 0.0
        var clock = PollClock(work.cancellation)
        for a in rows {
            for b in columns {
                for count in max(1, a + b - table.total)...min(a, b) {
                    try clock.check()
                    let top =
                        logFactorials[a] + logFactorials[b] + logFactorials[table.total - a]
                        + logFactorials[table.total - b]
                    let bottom =
                        logFactorials[table.total] + logFactorials[count] + logFactorials[a - count]
                        + logFactorials[b - count]
                        + logFactorials[table.total - a - b + count]
                    let x = Double(count)
                    expected += x / n * log(n * x / (Double(a) * Double(b))) * exp(top - bottom)
                }
            }
        }
        let range = mean - expected
        // Both sides can vanish together; their sign is kept and the quotient stays finite.
        let bottom = range < 0 ? min(range, -Double.ulpOfOne) : max(range, Double.ulpOfOne)
        return (information - expected) / bottom
    }

    private static func logFactorials(_ n: Int) -> [Double] {
        var result = [0.0]
        result.reserveCapacity(n + 1)
        for i in 1...max(1, n) { result.append(result[i - 1] + log(Double(i))) }
        return result
    }
}
