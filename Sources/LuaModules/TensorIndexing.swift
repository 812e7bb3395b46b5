import LuaKit
import Support
import Tensors

/// `t[i]`, `t[mask]`, `t[rows]` and the assignments to them.
enum TensorIndexing {
    /// The row at a position from 0 as Lua has it: a view, or the number if there is one dimension.
    static func element(_ tensor: Tensor, _ position: Int) throws(Failure) -> LuaValue {
        if tensor.rank == 1 { return LuaValue(try tensor.element(position)) }
        return .object(try tensor.select(0, position))
    }

    static func read(_ call: Call) throws(Failure) -> LuaValue {
        let tensor = try call.tensor()
        let key = call.argument(2)
        if let number = try position(key, tensor) { return try element(tensor, number) }
        guard key.kind == .table || key.kind == .object else { throw Tensor.luaClass.noMember(key) }
        return .object(try rows(tensor, key, "i", call.work))
    }

    /// A copy of the rows that a mask marks or that positions name.
    static func rows(_ tensor: Tensor, _ key: Argument, _ parameter: String, _ work: Work) throws(Failure) -> Tensor {
        guard let picked = try key.tensor(as: parameter) else {
            throw .argument(parameter, expected: "positions or a bool mask", got: key.words)
        }
        if picked.dtype == .bool { return try tensor.masked(picked, work: work) }
        guard tensor.rank > 0 else { throw noRows() }
        return try tensor.rows(key.positions(below: tensor.shape[0], parameter) ?? [], work: work)
    }

    static func write(_ call: Call) throws(Failure) {
        let tensor = try call.tensor()
        let key = call.argument(2)
        let value = call.argument(3)
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

    private static func position(_ key: Argument, _ tensor: Tensor) throws(Failure) -> Int? {
        guard key.kind == .number else { return nil }
        guard let number = key.integer else { throw .argument("i", expected: "integer", got: key.words) }
        guard let rows = tensor.shape.first else { throw noRows() }
        return try resolvedPosition(number, below: rows, "i")
    }

    private static func noRows() -> Failure { .operation("a tensor of one value has no rows", hint: "use t:item()") }
}
