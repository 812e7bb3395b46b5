import Glibc
import LuaKit
import Support
import Synchronization

/// An object whose lives are counted.
final class Counted: LuaVisible {
    static let live = Atomic<Int>(0)
    let number: Int

    init(_ number: Int) {
        self.number = number
        Counted.live.wrappingAdd(1, ordering: .relaxed)
    }

    deinit { Counted.live.wrappingSubtract(1, ordering: .relaxed) }

    static let luaClass = LuaClass(
        "counted", for: Counted.self, "A number in a box.",
        methods: [
            Signature("counted:get", "The number.", returns: [.init("integer", "the number")]) { call throws(Failure) in
                .integer(try call.receiver(Counted.self).number)
            },
            Signature(
                "counted:plus", "The sum with another.",
                parameters: [.required("other", .object(Counted.self), "what to add")]
            ) { call throws(Failure) in
                .object(Counted(try call.receiver(Counted.self).number + call.object("other", Counted.self).number))
            },
            Signature("counted:close", "Lets it go.") { call throws(Failure) in
                try call.receiver().close()
                return .nothing
            },
        ],
        fields: [
            Field("number", "integer", "the number") { (value: Counted) in .integer(value.number) }
        ],
        operators: [
            (
                .add,
                { call throws(Failure) in
                    let left = call.argument(1).object(Counted.self)?.number ?? call.argument(1).integer
                    let right = call.argument(2).object(Counted.self)?.number ?? call.argument(2).integer
                    guard let left, let right else { throw .operation("cannot add \(call.argument(2).words)") }
                    return .object(Counted(left + right))
                }
            )
        ],
        display: { "counted(\($0.number))" })
}

/// A block of a megabyte that says so to the ledger.
final class Megabyte: LuaVisible {
    private let memory: UnsafeMutableRawPointer

    init() {
        memory = .allocate(byteCount: 1 << 20, alignment: 64)
        memset(memory, 1, 1 << 20)
        NativeMemory.record(1 << 20)
    }

    deinit {
        memory.deallocate()
        NativeMemory.record(-(1 << 20))
    }

    static let luaClass = LuaClass("megabyte", for: Megabyte.self, "A large thing.")
}

/// Functions that try out what a binding can do.
let toys = LuaModule(
    "toys", "Functions for tests.",
    functions: [
        Signature(
            "toys.group", "Groups rows.",
            parameters: [.required("x", .list(of: .number), "the rows")],
            options: [
                .required("k", .integer(1...200), "how many groups"),
                .optional("metric", .choice(["euclidean", "cosine"]), default: "euclidean", "how rows are compared"),
                .optional("tolerance", .number(0...1), default: 0.5, "when to stop"),
                .optional("verbose", .boolean, default: false, "say more"),
                .seed,
            ],
            returns: [.init("record", "what was understood")],
            example: .init("return toys.group({1, 2}, {k = 2}).k", output: "2"),
            related: ["toys.echo"]
        ) { call throws(Failure) in
            let k = try call.integer("k")
            let count = try call.numbers("x").count
            if k > count {
                throw .argument(
                    "k", expected: "integer from 1 to \(count) (the number of rows)", got: "\(k)", hint: "fewer")
            }
            return [
                "k": .integer(k), "metric": .string(try call.string("metric")),
                "tolerance": .number(try call.number("tolerance")), "verbose": .boolean(try call.boolean("verbose")),
                "seed": .integer(Int(call.seed)),
            ]
        },
        Signature("toys.echo", "Gives back copies of its arguments.", variadic: .required("value", .any, "anything")) {
            call throws(Failure) in
            var values: [LuaValue] = []
            for argument in call.variadic { values.append(try argument.value()) }
            return .values(values)
        },
        Signature("toys.describe", "Names a value.", parameters: [.required("value", .any, "anything")]) {
            call throws(Failure) in .string(call.argument(1).words)
        },
        Signature("toys.counted", "Makes an object.", parameters: [.required("number", .integer, "its number")]) {
            call throws(Failure) in .object(Counted(try call.integer("number")))
        },
        Signature("toys.megabyte", "Makes a large object.") { _ in .object(Megabyte()) },
        Signature(
            "toys.fail", "Fails while objects are alive.", parameters: [.optional("text", .string, "the words")]
        ) { call throws(Failure) in
            let alive = Counted(1)
            if alive.number == 1 { throw .operation(try call.string(ifGiven: "text") ?? "it failed") }
            return .object(alive)
        },
        Signature(
            "toys.apply", "Calls a function.",
            parameters: [.required("f", .function, "the function")], variadic: .required("value", .any, "its arguments")
        ) { call throws(Failure) in
            let alive = Counted(2)
            defer { _ = alive.number }
            var values: [LuaValue] = []
            for argument in call.variadic { values.append(try argument.value()) }
            guard values.count <= 1 else { throw .operation("one value at most") }
            return .values(try call.function("f").call(values.first ?? .nil))
        },
        Signature(
            "toys.sum", "Adds numbers.", variadic: .required("number", .number, "a number"),
            options: [.optional("scale", .number(above: 0), default: 1, "a factor")]
        ) { call throws(Failure) in
            .number(call.variadic.reduce(0) { $0 + ($1.number ?? 0) } * (try call.number("scale")))
        },
        Signature("toys.idle", "Does nothing.", variadic: .required("value", .any, "anything")) { _ in .nothing },
        Signature(
            "toys.begin", "An optional table before the options.",
            parameters: [.optional("start", .list(of: .number), "numbers")],
            options: [.optional("keep", .boolean, default: false, "keep it"), .seed]
        ) { call throws(Failure) in
            let count = try call.has("start") ? try call.numbers("start").count : -1
            return .values([.integer(count), .boolean(try call.boolean("keep"))])
        },
        Signature(
            "toys.along", "An optional position before the options.",
            parameters: [.required("x", .table, "rows"), .optional("dim", .integer(1...4), "the dimension")],
            options: [.optional("keepdim", .boolean, default: false, "keep it")]
        ) { call throws(Failure) in
            .values([
                .optional(try call.integer(ifGiven: "dim").map { .integer($0) }), .boolean(try call.boolean("keepdim")),
            ])
        },
    ],
    call: Signature("toys", "Makes the module callable.", parameters: [.required("x", .any, "anything")]) {
        call throws(Failure) in .string("called with \(call.argument(1).words)")
    },
    classes: [Counted.luaClass, Megabyte.luaClass],
    constants: { [("answer", 42)] })

/// A state with the toys in it.
func bench() throws -> LuaState {
    let state = try LuaState()
    try state.register(modules: [toys], globals: [])
    return state
}

/// The first result of the code as Lua's `tostring` would show it, or the error message.
func result(_ code: String, in state: LuaState? = nil) throws -> String {
    let state = try state ?? bench()
    switch state.run(code, name: "@test.lua") {
    case .values(let values): return values.map(shown).joined(separator: " ")
    case .failure(let message, _): return message
    case .syntaxError(let message, let isIncomplete): return isIncomplete ? "incomplete" : message
    case .interrupted: return "interrupted"
    }
}

private func shown(_ value: LuaValue) -> String {
    switch value {
    case .nil: "nil"
    case .boolean(let value): value ? "true" : "false"
    case .integer(let value): "\(value)"
    case .number(let value): numberText(value)
    case .string(let bytes): String(decoding: bytes, as: UTF8.self)
    case .table(let table):
        "{\((table.list.map(shown) + table.fields.map { "\(shown($0.key))=\(shown($0.value))" }).joined(separator: ", "))}"
    case .object(let object): object.luaClass.name
    default: value.typeName
    }
}
