import Learning
import LuaKit
import Support
import Tables
import Tensors

/// Rows of numbers as a script gives them: a tensor, or a table whose columns are found by their names.
enum FeatureInput {
    case tensor(Tensor)
    case table(Table)

    /// Reads a tensor, a list of lists or a table; nil for anything else.
    init?(_ argument: Argument) throws(Failure) {
        if let table = argument.object(DataTable.self) {
            self = .table(table.table)
            return
        }
        guard let tensor = try argument.tensor() else { return nil }
        switch tensor.rank {
        case 2: self = .tensor(tensor)
        case 1: self = .tensor(try tensor.detached.reshape([tensor.shape[0], 1]))
        default: throw .argument("x", expected: "rows of numbers [n, d]", got: "shape \(tensor.shape)")
        }
    }

    /// The rows, with `names` as their columns where a table is given and a model was fitted on named columns.
    func features(for names: [String]? = nil) throws(Failure) -> Features {
        switch self {
        case .tensor(let tensor): return Features(tensor.detached)
        case .table(let table):
            let names = names ?? table.names
            for name in names where table.columnIfPresent(name) == nil {
                throw .argument(
                    "x", expected: "a table with the columns the model was fitted on", got: "one without '\(name)'",
                    hint: table.hint(for: name))
            }
            do throws(Failure) {
                return Features(try table.tensor(names, dtype: .float64), names: names)
            } catch {
                guard case .argument(let name) = error.kind else { throw error }
                throw .argument(
                    "x", expected: error.problem, got: "\(error.got ?? "another") ('\(name)')",
                    hint: "choose columns with t:tensor{...} or t:sql(\"select ... from this\")")
            }
        }
    }
}

extension ParameterType {
    /// Rows of numbers for a model: what `matrix` takes, or a table.
    static let features = ParameterType.custom(
        "features", expected: "tensor [n, d], list of lists of numbers or table"
    ) { (argument) throws(Failure) -> FeatureInput? in try FeatureInput(argument) }

    /// What a model is to predict. It is read by the call, which knows whether classes or numbers are meant.
    static let target = ParameterType.custom("target", expected: "list, column or tensor") {
        (argument) throws(Failure) -> Bool? in
        let isKnown = argument.object(Tensor.self) != nil || argument.object((any TensorConvertible).self) != nil
        return isKnown || argument.object(Column.self) != nil || argument.kind == .table ? true : nil
    }

    /// How much each class counts.
    static let classWeights = ParameterType.custom(
        "class weights", expected: "'balanced' or a table of weights by class, as in {yes = 2, no = 1}"
    ) { (argument) throws(Failure) -> ClassWeights? in
        if let text = argument.text { return text == "balanced" ? .balanced : nil }
        guard case .table(let table) = try argument.value() else { return nil }
        var weights: [ClassLabel: Double] = [:]
        for (place, value) in table.list.enumerated() {
            guard let weight = value.double else { return nil }
            weights[.integer(place + 1)] = weight
        }
        for (key, value) in table.fields {
            guard let label = ClassLabel(key), let weight = value.double else { return nil }
            weights[label] = weight
        }
        return .stated(weights)
    }
}

extension ClassLabel {
    /// The label that a script's value is; nil for what is none.
    init?(_ value: LuaValue) {
        switch value {
        case .boolean(let truth): self = .truth(truth)
        case .string(let bytes): self = .text(ByteString(bytes))
        default:
            guard let integer = value.int else { return nil }
            self = .integer(integer)
        }
    }

    /// As scripts have it.
    var value: LuaValue {
        switch self {
        case .truth(let truth): .boolean(truth)
        case .integer(let integer): .integer(integer)
        case .text(let text): .string(text.bytes)
        }
    }
}

extension Argument {
    /// The label of each row: a list, column or tensor of integers, strings or booleans.
    func classLabels(as parameter: String) throws(Failure) -> [ClassLabel] {
        func refused(_ words: String, _ row: Int) -> Failure {
            let hint = Double(words) != nil ? "numbers are predicted with {task = \"regression\"}" : nil
            return .argument(
                parameter, expected: "labels (integers, strings or booleans)", got: "\(words) at position \(row + 1)",
                hint: hint)
        }
        var labels: [ClassLabel] = []
        if let tensor = object(Tensor.self) {
            guard tensor.rank == 1 else {
                throw .argument(parameter, expected: "labels in one dimension", got: "shape \(tensor.shape)")
            }
            if tensor.dtype == .bool { return try tensor.values(as: Bool.self).map { .truth($0) } }
            if !tensor.dtype.isFloatingPoint { return try tensor.values(as: Int64.self).map { .integer(Int($0)) } }
            for (row, value) in try tensor.values(as: Double.self).enumerated() {
                guard let integer = Int(exactly: value) else { throw refused(numberText(value), row) }
                labels.append(.integer(integer))
            }
        } else if let column = object(Column.self) {
            labels.reserveCapacity(column.count)
            for row in 0..<column.count {
                switch column[row] {
                case .bool(let truth): labels.append(.truth(truth))
                case .integer(let integer): labels.append(.integer(Int(integer)))
                case .text(let text): labels.append(.text(ByteString(text)))
                case .number(let number):
                    guard let integer = Int(exactly: number) else { throw refused(numberText(number), row) }
                    labels.append(.integer(integer))
                case .null: throw refused("NULL", row)
                case let value: throw refused(value.kind, row)
                }
            }
        } else {
            labels.reserveCapacity(count)
            try forEach { (position, element) throws(Failure) in
                if let truth = element.boolean {
                    labels.append(.truth(truth))
                } else if let integer = element.integer {
                    labels.append(.integer(integer))
                } else if let bytes = element.bytes, String(validating: bytes, as: UTF8.self) != nil {
                    labels.append(.text(ByteString(bytes)))
                } else {
                    throw refused(element.bytes == nil ? element.words : "a string that is not UTF-8", position - 1)
                }
            }
        }
        return labels
    }

    /// What a model is to predict: classes, or numbers.
    func target(classes: Bool) throws(Failure) -> Target {
        if classes { return .labels(try classLabels(as: "y")) }
        guard let tensor = try tensor(as: "y") else {
            throw .argument("y", expected: "numbers", got: words)
        }
        return .numbers(tensor.detached)
    }
}

extension LuaValue {
    /// A class for each row, as the labels were given: a tensor of integers or booleans, or a list where they are strings.
    static func labels(_ labels: [ClassLabel]) throws(Failure) -> LuaValue {
        var integers: [Int64] = []
        var truths: [Bool] = []
        for label in labels {
            switch label {
            case .integer(let integer): integers.append(Int64(integer))
            case .truth(let truth): truths.append(truth)
            case .text: break
            }
        }
        if labels.isEmpty { return .list([]) }
        if integers.count == labels.count { return .object(try Tensor(integers, shape: [integers.count])) }
        if truths.count == labels.count { return .object(try Tensor(truths, shape: [truths.count])) }
        return .list(labels.map(\.value))
    }
}
