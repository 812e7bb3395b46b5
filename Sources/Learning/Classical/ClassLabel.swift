import Support

/// The name of a class, as the user gives it.
public enum ClassLabel: Hashable, Sendable {
    /// `false` or `true`.
    case truth(Bool)
    /// A whole number.
    case integer(Int)
    /// A text, by its bytes.
    case text(ByteString)

    /// As messages and rules write it: texts in quotes where `quoted`.
    public func words(quoted: Bool = false) -> String {
        switch self {
        case .truth(let truth): truth ? "true" : "false"
        case .integer(let integer): "\(integer)"
        case .text(let text): quoted ? "'\(text.text)'" : text.text
        }
    }
}

extension ClassLabel: Comparable {
    /// `false`, `true`, whole numbers as they rise, texts by their bytes.
    public static func < (left: ClassLabel, right: ClassLabel) -> Bool {
        switch (left, right) {
        case (.truth(let a), .truth(let b)): !a && b
        case (.integer(let a), .integer(let b)): a < b
        case (.text(let a), .text(let b)): a < b
        default: left.rank < right.rank
        }
    }

    private var rank: Int {
        switch self {
        case .truth: 0
        case .integer: 1
        case .text: 2
        }
    }
}

extension ClassLabel {
    var json: JSON {
        switch self {
        case .truth(let truth): .bool(truth)
        case .integer(let integer): JSON(integer)
        case .text(let text): .string(text)
        }
    }

    init?(_ json: JSON) {
        switch json {
        case .bool(let truth): self = .truth(truth)
        case .int(let integer): self = .integer(Int(integer))
        case .string(let text): self = .text(text)
        default: return nil
        }
    }
}

/// The class of each row: the classes that occur, in order, and which of them every row has.
public struct ClassCodes: Sendable {
    /// The classes, in order.
    public let classes: [ClassLabel]
    /// The class of each row, from 0.
    public let codes: [Int]

    /// The classes of `labels`, of which there must be two.
    public init(_ labels: [ClassLabel]) throws(Failure) {
        var seen: [ClassLabel: Int] = [:]
        var order: [ClassLabel] = []
        let found = labels.map { label -> Int in
            if let code = seen[label] { return code }
            seen[label] = order.count
            order.append(label)
            return order.count - 1
        }
        let sorted = order.indices.sorted { order[$0] < order[$1] }
        guard sorted.count > 1 else {
            let only = order.first.map { "one class (\($0.words(quoted: true)))" } ?? "no rows"
            throw .argument("y", expected: "labels of at least two classes", got: only)
        }
        var places = [Int](repeating: 0, count: order.count)
        for (place, code) in sorted.enumerated() { places[code] = place }
        classes = sorted.map { order[$0] }
        codes = found.map { places[$0] }
    }
}

/// How much the rows of each class count.
public enum ClassWeights: Sendable {
    /// All the same.
    case even
    /// Each class in all the same: rows / (classes · rows of the class).
    case balanced
    /// As stated; classes that are left out count 1.
    case stated([ClassLabel: Double])

    /// The weight of every row: its own times that of its class.
    func applied(to target: ClassCodes, rowWeights: [Double]?) throws(Failure) -> [Double] {
        var byClass = [Double](repeating: 1, count: target.classes.count)
        switch self {
        case .even: break
        case .balanced:
            var counts = [Int](repeating: 0, count: target.classes.count)
            for code in target.codes { counts[code] += 1 }
            byClass = counts.map { Double(target.codes.count) / Double(target.classes.count * $0) }
        case .stated(let weights):
            // In the order of the classes, so that of several mistakes the same one is named every time.
            for (label, weight) in weights.sorted(by: { $0.key < $1.key }) {
                guard let code = target.classes.firstIndex(of: label) else {
                    throw .argument(
                        "class_weights", expected: "classes that occur in y", got: label.words(quoted: true))
                }
                guard weight >= 0, weight.isFinite else {
                    throw .argument(
                        "class_weights", expected: "weights from 0 up",
                        got: "\(weight) for \(label.words(quoted: true))")
                }
                byClass[code] = weight
            }
        }
        let weights = target.codes.indices.map { byClass[target.codes[$0]] * (rowWeights?[$0] ?? 1) }
        let present = Set(target.codes.indices.lazy.filter { weights[$0] > 0 }.map { target.codes[$0] })
        guard present.count > 1 else {
            throw .argument(
                "class_weights", expected: "weights above 0 for rows of at least two classes",
                got: "such weights for \(present.count == 1 ? "one class" : "none")")
        }
        return weights
    }
}
