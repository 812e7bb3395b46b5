import LuaKit
import Support
import Tensors

/// The operators of tensors.
enum TensorOperators {
    static let all: [(LuaOperator, LuaClass.Body)] =
        [
            (.add, arithmetic(.add)), (.sub, arithmetic(.subtract)), (.mul, arithmetic(.multiply)),
            (.div, arithmetic(.divide)), (.idiv, arithmetic(.floorDivide)), (.mod, arithmetic(.modulo)),
            (.pow, arithmetic(.power)), (.band, logic(.and)), (.bor, logic(.or)),
            (.unm, { call throws(Failure) in .object(try call.recorder.negated(operand(call))) }),
            (.bnot, { call throws(Failure) in .object(try operand(call).inverted(work: call.work)) }),
            (
                .bxor,
                { call throws(Failure) in
                    let (a, b) = try operands(call)
                    // Checks both for truth values; which of the two operations is of no matter.
                    _ = try Tensor.combine(.and, a, b, work: call.work)
                    return .object(try Tensor.compare(.ne, a, b, work: call.work))
                }
            ),
            // Lua makes one boolean of what these give, which would hide that elements are compared.
            (.lt, { call throws(Failure) in throw notCompared(call, ("<", "lt"), (">", "gt")) }),
            (.le, { call throws(Failure) in throw notCompared(call, ("<=", "le"), (">=", "ge")) }),
        ]

    private static func arithmetic(_ operation: ArithmeticOperation) -> LuaClass.Body {
        { call throws(Failure) in
            let (a, b) = try operands(call)
            return .object(try call.recorder.combine(operation, a, b))
        }
    }

    private static func logic(_ operation: LogicalOperation) -> LuaClass.Body {
        { call throws(Failure) in
            let (a, b) = try operands(call)
            return .object(try Tensor.combine(operation, a, b, work: call.work))
        }
    }

    private static func operands(_ call: Call) throws(Failure) -> (Operand, Operand) {
        guard let a = try call.argument(1).operand() else { throw refused(call.argument(1)) }
        guard let b = try call.argument(2).operand() else { throw refused(call.argument(2)) }
        return (a, b)
    }

    private static func refused(_ argument: Argument) -> Failure {
        .argument("other", expected: "number, tensor, column or list", got: argument.words)
    }

    /// The only operand of a sign.
    private static func operand(_ call: Call) throws(Failure) -> Tensor {
        guard let tensor = try call.argument(1).tensor() else { throw refused(call.argument(1)) }
        return tensor
    }

    /// Lua asks for `a > b` as `b < a`: with a tensor on the right only, the greater sign may have been typed.
    private static func notCompared(
        _ call: Call, _ less: (symbol: String, method: String), _ greater: (symbol: String, method: String)
    ) -> Failure {
        let (left, right) = (call.argument(1), call.argument(2))
        let isTurned = left.kind != .object
        let (object, other) = isTurned ? (right, left) : (left, right)
        let name = object.object(Tensor.self) == nil ? "c" : "t"
        let value = other.kind == .number || other.kind == .string ? other.words : "other"
        return .operation(
            "'\(isTurned ? greater.symbol : less.symbol)' gives one boolean in Lua and cannot compare the elements of a "
                + (object.object?.luaClass.name ?? "tensor"),
            hint: "use \(name):\((isTurned ? greater : less).method)(\(value))")
    }
}
