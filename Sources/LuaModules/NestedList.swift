import LuaKit
import Support
import Tensors

/// Numbers read from Lua lists inside lists.
struct NestedList {
    private enum Kind { case integers, reals, truths }

    private var kind: Kind?
    private var integers: [Int64] = []
    private var reals: [Double] = []
    private var truths: [Bool] = []
    private var parts: [Tensor] = []
    /// Sizes by depth, as the first list of each depth has them.
    private var shape: [Int] = []
    /// The depth at which numbers stand, once known.
    private var leaf: Int?
    /// The element that made the list unreadable, in words, with where it stands.
    private(set) var refusal: String?
    private var path: [Int] = []
    private static let deepest = 16

    /// Reads a list; false if something other than numbers, booleans or lists of one shape's parts is in it.
    mutating func read(_ list: Argument, depth: Int) throws(Failure) -> Bool {
        guard depth < Self.deepest else {
            throw .argument("x", expected: "lists nested at most \(Self.deepest) deep", got: "deeper ones")
        }
        let count = list.count
        if depth == shape.count, leaf.map({ depth < $0 }) ?? true {
            shape.append(count)
        } else if depth >= shape.count || shape[depth] != count {
            let wanted = depth < shape.count ? "\(shape[depth]) elements" : "numbers"
            throw .argument("x", expected: "lists of one length (\(wanted) like the first)", got: "a list of \(count)")
        }
        var readable = true
        path.append(0)
        try list.forEach { (position, element) throws(Failure) in
            guard readable else { return }
            path[depth] = position
            if element.kind == .table {
                guard leaf == nil || depth + 1 < shape.count else { throw mixed() }
                readable = try read(element, depth: depth + 1)
            } else if let part = element.object(Tensor.self) {
                guard depth == 0, kind == nil else { throw mixed() }
                parts.append(part)
            } else {
                guard leaf ?? (depth + 1) == depth + 1, shape.count == depth + 1, parts.isEmpty else { throw mixed() }
                leaf = depth + 1
                readable = try append(element)
                if !readable { refuse(element) }
            }
        }
        path.removeLast()
        return readable
    }

    private mutating func refuse(_ element: Argument) {
        let beside = element.kind == .boolean ? " beside numbers" : element.kind == .number ? " beside booleans" : ""
        let place = path.count == 1 ? "\(path[0])" : path.map { "[\($0)]" }.joined()
        refusal = "\(element.words)\(beside) at position \(place)"
    }

    private func mixed() -> Failure {
        .argument("x", expected: "numbers, or lists of one shape", got: "both side by side")
    }

    private mutating func append(_ element: Argument) throws(Failure) -> Bool {
        switch try element.scalar {
        case .truth(let value)?:
            guard kind ?? .truths == .truths else { return false }
            kind = .truths
            truths.append(value)
        case .integer(let value)?:
            switch kind ?? .integers {
            case .integers: integers.append(value)
            case .reals: reals.append(Double(value))
            case .truths: return false
            }
            kind = kind ?? .integers
        case .real(let value)?:
            guard kind != .truths else { return false }
            if kind != .reals {
                reals = integers.map(Double.init)
                integers = []
                kind = .reals
            }
            reals.append(value)
        case nil: return false
        }
        return true
    }

    /// The tensor that was read: int64, float64 or bool. Tensors in a list are stacked.
    func tensor() throws(Failure) -> Tensor {
        if !parts.isEmpty { return try Tensor.stack(parts, dim: 0) }
        switch kind {
        case .integers: return try Tensor(integers, shape: shape)
        case .reals: return try Tensor(reals, shape: shape)
        case .truths: return try Tensor(truths, shape: shape)
        case nil: return try Tensor([Double](), shape: shape)
        }
    }
}

extension Argument {
    /// The number or boolean that this argument is, an integer where Lua has one.
    var scalar: Scalar? {
        get throws(Failure) {
            switch kind {
            case .boolean: return boolean.map { .truth($0) }
            case .number:
                switch try value() {
                case .integer(let value): return .integer(Int64(value))
                case .number(let value): return .real(value)
                default: return nil
                }
            default: return nil
            }
        }
    }
}

extension LuaValue {
    /// An element of a tensor as Lua has it.
    init(_ scalar: Scalar) {
        switch scalar {
        case .integer(let value): self = .integer(Int(value))
        case .real(let value): self = .number(value)
        case .truth(let value): self = .boolean(value)
        }
    }
}
