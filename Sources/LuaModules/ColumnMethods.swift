import LuaKit
import Statistics
import Support
import Tables
import Tensors

/// What columns compute as they are: sums and the like, and comparisons, whose masks choose rows.
enum ColumnMethods {
    static let all =
        [sum, mean, median, quantile, standardDeviation, variance, extreme(.min), extreme(.max), map]
        + [
            comparison(.eq, "equal to", 1),
            comparison(.ne, "different from", 2),
            comparison(.lt, "less than", 1),
            comparison(.le, "less than or equal to", 2),
            comparison(.gt, "greater than", 1),
            comparison(.ge, "greater than or equal to", 2),
        ]

    private static let number = [Signature.Returned("number", "the number")]
    private static let ddof = Parameter.optional(
        "ddof", .integer(0...), default: 1,
        "subtracted from the count that is divided by: 1 for a sample, 0 for a whole population")

    private static func nulls(_ skipped: String) -> Parameter {
        .optional("nulls", .choice(["error", "skip"]), default: "error", "what is done about nulls: skip \(skipped)")
    }

    private static let sum = Signature(
        "data.Column:sum", "The sum, whole for whole numbers; of booleans how many are true.",
        options: [nulls("leaves them out")], returns: number,
        example: .init("return data.table({n = {1, 2, 3}}).n:sum()", output: "6"), related: ["data.Column:mean"]
    ) { call throws(Failure) in LuaValue(try numbers(call).sum(work: call.work)) }

    private static let mean = Signature(
        "data.Column:mean", "The mean; nan of no rows.", options: [nulls("leaves them out")], returns: number,
        example: .init("return data.table({n = {1, nil, 3, n = 3}}).n:mean{nulls = 'skip'}", output: "2.0"),
        related: ["data.Column:std", "data.Table:describe"]
    ) { call throws(Failure) in .number(try numbers(call).mean(work: call.work)) }

    private static let median = Signature(
        "data.Column:median", "The middle value, the mean of the two middle ones of an even number of rows.",
        options: [nulls("leaves them out")], returns: number,
        example: .init("return data.table({n = {5, 1, 2}}).n:median()", output: "2.0"),
        related: ["data.Column:quantile", "data.Column:mean"]
    ) { call throws(Failure) in .number(try quantile(call, 0.5)) }

    private static let quantile = Signature(
        "data.Column:quantile",
        "The value that a share q of the rows is not above, between two of them on the line (type 7 of Hyndman and Fan 1996).",
        parameters: [.required("q", .number(0...1), "the share")], options: [nulls("leaves them out")], returns: number,
        example: .init("return data.table({n = {0, 10}}).n:quantile(0.9)", output: "9.0"),
        related: ["data.Column:median", "stats.quantile"]
    ) { call throws(Failure) in .number(try quantile(call, try call.number("q"))) }

    private static func quantile(_ call: Call, _ q: Double) throws(Failure) -> Double {
        let values = try numbers(call).values(as: Double.self)
        do throws(Failure) {
            return try Quantiles.value(values, q)
        } catch {
            guard case .argument = error.kind else { throw error }
            throw .argument("column", expected: error.problem, got: error.got ?? "")
        }
    }

    private static let standardDeviation = Signature(
        "data.Column:std", "The standard deviation: the root of var.", options: [ddof, nulls("leaves them out")],
        returns: number, example: .init("return data.table({n = {1, 3}}).n:std{ddof = 0}", output: "1.0"),
        related: ["data.Column:var", "data.Column:mean"]
    ) { call throws(Failure) in
        .number(try numbers(call).standardDeviation(ddof: try call.integer("ddof"), work: call.work))
    }

    private static let variance = Signature(
        "data.Column:var",
        "The variance: squared distances from the mean, summed and divided by count - ddof; nan where that is not positive.",
        options: [ddof, nulls("leaves them out")], returns: number,
        example: .init("return data.table({n = {1, 3}}).n:var()", output: "2.0"), related: ["data.Column:std"]
    ) { call throws(Failure) in .number(try numbers(call).variance(ddof: try call.integer("ddof"), work: call.work)) }

    private static func extreme(_ which: Extreme) -> Signature {
        Signature(
            "data.Column:\(which.rawValue)", "The \(which == .min ? "least" : "greatest") number; nan if there is one.",
            options: [nulls("leaves them out")], returns: number,
            example: .init(
                "return data.table({n = {2, 1, 3}}).n:\(which.rawValue)()", output: which == .min ? "1" : "3"),
            related: ["data.Table:describe"]
        ) { call throws(Failure) in LuaValue(try numbers(call).extreme(which, work: call.work)) }
    }

    private static func numbers(_ call: Call) throws(Failure) -> Tensor {
        var column = try call.receiver(Column.self)
        if column.nullCount > 0, try call.string("nulls") == "skip" {
            column = try column.selecting((0..<column.count).filter { !column.isNull($0) })
        }
        return try column.tensor(named: "column", nullHint: "{nulls = \"skip\"} leaves such rows out")
    }

    // MARK: Comparisons

    private static func comparison(_ comparison: Comparison, _ words: String, _ count: Int) -> Signature {
        Signature(
            "data.Column:\(comparison.rawValue)",
            """
            Where values are \(words) the other: a number, a string for text and dates ('2024-01-31', '2024-01-31 09:30'), or as many \
            values as there are rows. The mask chooses rows of a table.
            """,
            parameters: [.required("other", .any, "number, string or boolean, or a column, tensor or list")],
            options: [nulls("says false of them")],
            returns: [.init("tensor", "a bool tensor, one element for each row")],
            example: .init("return data.table({n = {1, 2, 3}}).n:\(comparison.rawValue)(2):sum()", output: "\(count)"),
            related: ["data.Table:index", "data.Table:sql"]
        ) { call throws(Failure) in
            let column = try call.receiver(Column.self)
            guard let other = try call.given("other") else {
                throw .argument(
                    "other", expected: "a value", got: "nil", hint: "t:sql(\"... where c is null\") finds nulls")
            }
            let right = other.object(Column.self)
            let known = try known([column] + (right.map { [$0] } ?? []), call)
            let mask =
                if column.holdsText {
                    try textMask(comparison, column, other)
                } else {
                    try Tensor.compare(comparison, .tensor(column.filled()), operand(other, right), work: call.work)
                }
            return .object(
                try known.map { (known) throws(Failure) in
                    try Tensor.combine(.and, .tensor(mask), .tensor(known), work: call.work)
                } ?? mask)
        }
    }

    /// Which rows hold a value in all columns; nil if all do. Refuses nulls unless they are to be skipped.
    private static func known(_ columns: [Column], _ call: Call) throws(Failure) -> Tensor? {
        guard let holed = columns.first(where: { $0.nullCount > 0 }) else { return nil }
        guard try call.string("nulls") == "skip" else {
            let row = (0..<holed.count).first { holed.isNull($0) } ?? 0
            throw .argument(
                "column", expected: "a column without nulls", got: "NULL in row \(row + 1)",
                hint: "{nulls = \"skip\"} says false of such rows")
        }
        let count = columns[0].count
        return try Tensor.build([count], of: Bool.self) { mask in
            for row in 0..<count { mask[row] = columns.allSatisfy { row >= $0.count || !$0.isNull(row) } }
        }
    }

    private static func operand(_ other: Argument, _ column: Column?) throws(Failure) -> Operand {
        if let column, !column.holdsText { return .tensor(try column.filled()) }
        if other.kind != .string, column == nil {
            do throws(Failure) {
                if let operand = try other.operand() { return operand }
            } catch {
                // A list is read as what functions of tensors call 'x'.
                guard case .argument = error.kind else { throw error }
                throw Failure(.argument(parameter: "other"), error.problem, got: error.got, hint: error.hint)
            }
        }
        throw .argument(
            "other", expected: "number, tensor, column or list of numbers",
            got: column.map { "a column of type \($0.type.name)" } ?? other.words,
            hint: "the column is no text")
    }

    private static func textMask(_ comparison: Comparison, _ column: Column, _ other: Argument) throws(Failure)
        -> Tensor
    {
        let order: (Int) -> Int
        if let bytes = other.bytes {
            order = try column.order(toMoment: bytes) ?? { column.textBytes($0).order(to: bytes) }
        } else if let right = other.object(Column.self), right.holdsText {
            guard right.count == column.count else {
                throw .argument("other", expected: "a column of \(column.count) rows", got: "\(right.count)")
            }
            order = try column.order(toMomentsOf: right) ?? { column.textBytes($0).order(to: right.textBytes($0)) }
        } else {
            throw .argument(
                "other", expected: "string or column of text, as the column is of type \(column.type.name)",
                got: other.object(Column.self).map { "a column of type \($0.type.name)" } ?? other.words,
                hint: other.kind == .table ? "t:sql(\"... where c in (?, ?)\", list) asks for several" : nil)
        }
        return try Tensor.build([column.count], of: Bool.self) { (mask) throws(Failure) in
            for row in 0..<column.count {
                if row & 0xffff == 0 { try Cancellation.checkPresent() }
                mask[row] = comparison.holds(order(row))
            }
        }
    }
}

extension Comparison {
    /// Whether it holds of a value that comes before the other (below 0), is it (0) or comes after it.
    fileprivate func holds(_ order: Int) -> Bool {
        switch self {
        case .eq: order == 0
        case .ne: order != 0
        case .lt: order < 0
        case .le: order <= 0
        case .gt: order > 0
        case .ge: order >= 0
        }
    }
}

extension [UInt8] {
    /// Below 0 where it comes before the other, 0 where it is it: the order of text is that of its bytes, as in SQL.
    fileprivate func order(to other: [UInt8]) -> Int {
        self == other ? 0 : lexicographicallyPrecedes(other) ? -1 : 1
    }
}

extension Column {
    /// Whether values read as strings: text, and dates and times, whose ISO form sorts as they do.
    fileprivate var holdsText: Bool {
        switch type {
        case .text, .binary, .date, .time, .timestamp: true
        default: false
        }
    }

    fileprivate func textBytes(_ row: Int) -> [UInt8] {
        switch self[row] {
        case .text(let text): Array(text.utf8)
        case .bytes(let bytes): bytes
        default: []
        }
    }

    /// The numbers, with something or other for nulls.
    fileprivate func filled() throws(Failure) -> Tensor { try tensor(named: "column", nulls: .nan) }
}
