import Learning
import LuaKit
import Support
import Tensors

/// `t[i]`, `t[mask]`, `t[rows]` and the assignments to them.
enum TensorIndexing {
    /// The row at a position from 0 as Lua has it: a view, or the number if there is one dimension.
    /// While gradients are recorded, the number of a tracked tensor is a tensor of rank 0.
    static func element(_ tensor: Tensor, _ position: Int, _ recorder: Recorder) throws(Failure) -> LuaValue {
        if recorder.records(tensor) { return .object(try recorder.select(tensor, 0, position)) }
        if tensor.rank == 1 { return LuaValue(try tensor.element(position)) }
        return .object(try tensor.select(0, position))
    }

    static func read(_ call: Call) throws(Failure) -> LuaValue {
        let tensor = try call.tracked()
        let key = call.argument(2)
        if let number = try position(key, tensor) { return try element(tensor, number, call.recorder) }
        guard key.kind == .table || key.kind == .object else { throw Tensor.luaClass.noMember(key) }
        return .object(try rows(tensor, key, "i", call.recorder))
    }

    /// A copy of the rows that a mask marks or that positions name.
    static func rows(
        _ tensor: Tensor, _ key: Argument, _ parameter: String, _ recorder: Recorder
    ) throws(Failure) -> Tensor {
        guard let picked = try key.tensor(as: parameter) else {
            throw .argument(parameter, expected: "positions or a bool mask", got: key.words)
        }
        if picked.dtype == .bool {
            do throws(Failure) { return try recorder.masked(tensor, picked) } catch {
                throw error.naming(parameter, insteadOf: "mask")
            }
        }
        guard tensor.rank > 0 else { throw noRows() }
        return try recorder.rows(tensor, key.positions(below: tensor.shape[0], parameter) ?? [])
    }

    static func write(_ call: Call) throws(Failure) {
        let tensor = try call.tracked().detached
        let key = call.argument(2)
        let value = call.argument(3)
        if key.text == "grad" {
            guard value.isNil else {
                throw .argument("grad", expected: "nil, to forget the gradient", got: value.words)
            }
            try call.tracked().gradNode?.clearGradient()
            return
        }
        try refuseTracked(call)
        guard let operand = try value.operand() else {
            throw .argument("value", expected: "number, tensor, column or list", got: value.words)
        }
        if let number = try position(key, tensor) {
            try tensor.select(0, number).assign(operand, work: call.work)
        } else if let mask = try key.tensor(as: "i"), mask.dtype == .bool {
            try tensor.assign(operand, where: mask, work: call.work)
        } else if key.kind == .table || key.kind == .object {
            guard tensor.rank > 0 else { throw noRows() }
            try tensor.assign(operand, rows: key.positions(below: tensor.shape[0], "i") ?? [], work: call.work)
        } else {
            throw .argument("i", expected: "position, list of positions or bool mask", got: key.words)
        }
    }

    /// A write that gradients would not notice.
    private static func refuseTracked(_ call: Call) throws(Failure) {
        guard call.work.recordsGradients else { return }
        if try call.tracked().isTracked {
            throw .operation(
                "a tensor that is tracked for gradients is not assigned to: the gradients would not notice",
                hint: "wrap the assignment in nn.no_grad, or make a new tensor with where")
        }
        if call.argument(3).object(Tensor.self)?.isTracked ?? false {
            throw .operation(
                "a tensor that is tracked for gradients is not written into another one: the gradients would end there",
                hint: "put the parts together with tensor.stack or tensor.concat, or detach() first")
        }
    }

    private static func position(_ key: Argument, _ tensor: Tensor) throws(Failure) -> Int? {
        guard key.kind == .number else { return nil }
        guard let number = key.integer else { throw .argument("i", expected: "integer", got: key.words) }
        guard let rows = tensor.shape.first else { throw noRows() }
        return try resolvedPosition(number, below: rows, "i")
    }

    private static func noRows() -> Failure { .operation("a tensor of one value has no rows", hint: "use t:item()") }
}
