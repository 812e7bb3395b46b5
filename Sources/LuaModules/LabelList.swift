import LuaKit
import Metrics
import Support
import Tables
import Tensors

/// Labels of items, integers or strings, as a script gives them.
struct LabelList {
    enum Label: Hashable {
        case integer(Int)
        case text([UInt8])
    }

    private(set) var labels: [Label] = []

    /// The labels numbered from 0 in the order of their first appearance: all that a metric looks at.
    func codes(_ work: Work) throws(Failure) -> [Int] { try LabelCodes(labels, work: work).codes }

    /// Reads a list, a column or a tensor; nil for anything else.
    init?(_ argument: Argument) throws(Failure) {
        if let tensor = argument.object(Tensor.self) {
            guard tensor.rank == 1 else {
                throw .argument("labels", expected: "labels in one dimension", got: "a tensor of shape \(tensor.shape)")
            }
            let values = try tensor.values(as: Double.self)
            labels.reserveCapacity(values.count)
            var clock = PollClock(argument.cancellation)
            for value in values {
                try clock.check()
                try append(value)
            }
        } else if let column = argument.object(Column.self) {
            labels.reserveCapacity(column.count)
            var clock = PollClock(argument.cancellation)
            for row in 0..<column.count {
                try clock.check()
                try append(column[row])
            }
        } else if argument.kind == .table {
            labels.reserveCapacity(argument.count)
            try argument.forEach { (_, element) throws(Failure) in try append(element) }
        } else {
            return nil
        }
    }

    private mutating func append(_ element: Argument) throws(Failure) {
        if let integer = element.integer {
            labels.append(.integer(integer))
        } else if let text = element.bytes {
            labels.append(.text(text))
        } else if let truth = element.boolean {
            labels.append(.integer(truth ? 1 : 0))
        } else {
            throw refused(element.words)
        }
    }

    private mutating func append(_ value: Value) throws(Failure) {
        switch value {
        case .integer(let integer): labels.append(.integer(Int(integer)))
        case .text(let text): labels.append(.text(Array(text.utf8)))
        case .bool(let truth): labels.append(.integer(truth ? 1 : 0))
        case .number(let number): try append(number)
        default: throw refused(value.kind)
        }
    }

    private mutating func append(_ number: Double) throws(Failure) {
        guard let integer = Int(exactly: number) else { throw refused(numberText(number)) }
        labels.append(.integer(integer))
    }

    private func refused(_ words: String) -> Failure {
        .argument("labels", expected: "integers or strings", got: "\(words) at position \(labels.count + 1)")
    }
}

extension ParameterType {
    /// One label for each item: integers or strings.
    static let labels = ParameterType.custom(
        "labels", expected: "list, column or tensor of labels (integers or strings)"
    ) {
        (argument) throws(Failure) -> LabelList? in try LabelList(argument)
    }
}
