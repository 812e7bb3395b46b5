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
            (.unm, { call throws(Failure) in .object(try call.tensor().negated(work: call.work)) }),
            (.bnot, { call throws(Failure) in .object(try call.tensor().inverted(work: call.work)) }),
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
            (.lt, { call throws(Failure) in throw notCompared("<", "lt") }),
            (.le, { call throws(Failure) in throw notCompared("<=", "le") }),
        ]

    private static func arithmetic(_ operation: ArithmeticOperation) -> LuaClass.Body {
        { call throws(Failure) in
            let (a, b) = try operands(call)
            return .object(try Tensor.combine(operation, a, b, work: call.work))
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

    private static func notCompared(_ symbol: String, _ method: String) -> Failure {
        .operation(
            "'\(symbol)' gives one boolean in Lua and cannot compare the elements of tensors",
            hint: "t:\(method)(u) does, and t:gt(u) and t:ge(u) the other way round")
    }
}
