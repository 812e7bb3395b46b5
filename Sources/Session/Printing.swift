import LuaKit
import Support

/// Lua's `print`, writing to where the session wants it.
enum Printing {
    static let print = Signature(
        "print", "Writes its arguments as `tostring` gives them, separated by tabs, and ends the line.",
        variadic: .required("value", .any, "what is written"),
        example: .init("print(1, 'two', nil)", output: "1\ttwo\tnil")
    ) { call throws(Failure) in
        var line: [UInt8] = []
        for (position, value) in call.variadic.enumerated() {
            if position > 0 { line.append(UInt8(ascii: "\t")) }
            line += try value.tostring()
        }
        line.append(UInt8(ascii: "\n"))
        line.withUnsafeBytes(call.state.output)
        return .nothing
    }
}
