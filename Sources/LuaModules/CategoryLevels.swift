import Learning
import LuaKit
import Support
import Tables
import Tensors

extension FeatureInput {
    /// The names that stand in the text columns of a table, by column, sorted: what their numbers in `features(for:levels:)` stand for.
    func levels() throws(Failure) -> [Int: [String]] {
        guard case .table(let table) = self else { return [:] }
        var levels: [Int: [String]] = [:]
        for (index, column) in table.columns.enumerated() where column.type == .text {
            var seen: Set<ByteString> = []
            for row in 0..<column.count where !column.isNull(row) { seen.insert(ByteString(column.text(row))) }
            levels[index] = seen.sorted().map(\.text)
        }
        return levels
    }

    /// The rows, texts as their places in `levels`; what is null or not among them is missing (NaN).
    func features(for names: [String]?, levels: [Int: [String]]) throws(Failure) -> Features {
        guard case .table(let table) = self else {
            if let column = levels.keys.min(), let names {
                throw .argument(
                    "x", expected: "a table, since the model was fitted on one with texts in '\(names[column])'",
                    got: "tensor or list")
            }
            return try features(for: names)
        }
        let names = names ?? table.names
        var columns: [[Double]] = []
        for (index, name) in names.enumerated() {
            guard let column = table.columnIfPresent(name) else {
                throw .argument(
                    "x", expected: "a table with the columns the model was fitted on", got: "one without '\(name)'",
                    hint: table.hint(for: name))
            }
            if let names = levels[index] {
                guard column.type == .text else {
                    throw .argument(
                        "x", expected: "texts in '\(name)', as the model was fitted on",
                        got: "a column of \(column.type.name)")
                }
                var places: [ByteString: Double] = [:]
                for (place, name) in names.enumerated() { places[ByteString(name)] = Double(place) }
                columns.append(
                    (0..<column.count).map { row in
                        column.isNull(row) ? .nan : places[ByteString(column.text(row))] ?? .nan
                    })
            } else {
                do throws(Failure) {
                    columns.append(
                        try column.tensor(named: name, dtype: .float64, nulls: .nan).values(as: Double.self))
                } catch {
                    guard case .argument = error.kind else { throw error }
                    throw .argument("x", expected: error.problem, got: "\(error.got ?? "another") ('\(name)')")
                }
            }
        }
        let (rows, width) = (table.rowCount, names.count)
        let x = try Tensor.build([rows, width], of: Double.self) { target in
            for (index, column) in columns.enumerated() {
                for row in 0..<rows { target[row * width + index] = column[row] }
            }
        }
        return Features(x, names: names)
    }
}
