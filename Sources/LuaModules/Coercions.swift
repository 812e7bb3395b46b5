import LuaKit
import Support
import Tensors

/// A value of another room that stands for numbers, such as a table's column. Whoever has such a class conforms it, and every function
/// that takes "list, column or tensor" takes it.
protocol TensorConvertible {
    /// The numbers as a tensor, in a dtype that holds them exactly.
    func tensor() throws(Failure) -> Tensor
}

extension ParameterType {
    /// "List, column or tensor" of any shape, made a tensor. Lists become int64 if all their numbers are integers, bool if all are booleans,
    /// otherwise float64, so that nothing is lost before the function chooses its own precision.
    static let tensorLike = ParameterType.custom(
        "tensor-like", expected: "tensor, column or list of numbers", got: { $0.unreadableElement }
    ) {
        (argument) throws(Failure) -> Tensor? in try argument.tensor()
    }

    /// Rows of numbers, [n, d]. Numbers without rows count as one column, [n, 1].
    static let matrix = ParameterType.custom(
        "matrix", expected: "tensor [n, d], column or list of lists of numbers", got: { $0.unreadableElement }
    ) {
        (argument) throws(Failure) -> Tensor? in
        guard let tensor = try argument.tensor() else { return nil }
        switch tensor.rank {
        case 2: return tensor
        case 1: return try tensor.reshape([tensor.shape[0], 1])
        default: throw .argument("x", expected: "tensor of 2 dimensions [n, d]", got: "shape \(tensor.shape)")
        }
    }

    /// Numbers in one row, [n].
    static let vector = ParameterType.custom(
        "vector", expected: "tensor [n], column or list of numbers", got: { $0.unreadableElement }
    ) {
        (argument) throws(Failure) -> Tensor? in
        guard let tensor = try argument.tensor() else { return nil }
        guard tensor.rank == 1 else {
            throw .argument("x", expected: "tensor of 1 dimension [n]", got: "shape \(tensor.shape)")
        }
        return tensor
    }
}

extension Argument {
    /// The tensor that this argument is or stands for; nil if it is something else.
    func tensor() throws(Failure) -> Tensor? {
        if let tensor = object(Tensor.self) { return tensor }
        if let convertible = object((any TensorConvertible).self) { return try convertible.tensor() }
        guard kind == .table else { return nil }
        // Elements are read as they lie in the table; one that makes them up by functions would look empty or cut off.
        let isComputed = hasMetamethod("__len") || count == 0 && hasMetamethod("__index")
        guard !isComputed else {
            throw .argument(
                "x", expected: "plain list of numbers", got: "table whose metatable has __len or __index",
                hint: "copy its elements into a new table")
        }
        guard !hasOnlyNames else { throw .argument("x", expected: "list of numbers", got: Self.onlyNames) }
        var list = NestedList()
        guard try list.read(self, depth: 0) else { return nil }
        return try list.tensor()
    }

    /// `tensor()` of what is not a declared tensor but is called `parameter`, so that a refusal says so.
    func tensor(as parameter: String) throws(Failure) -> Tensor? {
        do throws(Failure) {
            return try tensor()
        } catch {
            guard case .argument = error.kind else { throw error }
            throw .argument(parameter, expected: error.problem, got: error.got ?? words, hint: error.hint)
        }
    }

    /// What in a list kept it from being a tensor, and where.
    var unreadableElement: String? {
        guard kind == .table else { return nil }
        var list = NestedList()
        _ = try? list.read(self, depth: 0)
        return list.refusal
    }
}
