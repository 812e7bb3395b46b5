import Display
import LuaKit
import Support

/// The functions that scripts find without a module.
enum Globals {
    static let all: [Signature] = [help, pretty, show, progress, time, seed]

    static let help = Signature(
        "help",
        "Explains a module, a function, an object or a name given as a string; without any, gives a tour of everything. What it says is printed.",
        parameters: [.optional("topic", .any.naming(.topic), standing: "the tour", "what to explain")],
        example: .init(
            "help(seed)",
            output: """
                seed(n)

                Starts the random numbers of the session anew: those of every function that
                takes a seed and is given none, and of `math.random`.

                  n               the seed (integer of at least 0)

                Example
                  seed(7) local a = math.random() seed(7) return a == math.random()
                  --> true
                """),
        related: ["show", "pretty"]
    ) { call throws(Failure) in
        call.state.write(try helpText(call) + "\n")
        return .nothing
    }

    private static func helpText(_ call: Call) throws(Failure) -> String {
        let desk = HelpDesk(call.state, width: call.state.layout.width)
        guard call.argumentCount > 0 else { return desk.tour }
        guard let name = call.argument(1).text else { return desk.answer(about: call.argument(1)) }
        guard let found = desk.answer(to: name) else { throw desk.unknown(name) }
        return found
    }

    static let pretty = Signature(
        "pretty",
        "The text that the prompt shows for a value: tables with their keys sorted, cut where they are long or deep.",
        parameters: [.required("value", .any, "any value")],
        options: [
            .optional("width", .integer(20...10_000), standing: "the terminal's", "columns there are"),
            .optional(
                "whole", .boolean, default: false, "nothing is cut: all rows, columns and entries, texts at full length"
            ),
        ],
        returns: [.init("string", "the text")],
        example: .init("return #pretty({1, 2, {a = true}})", output: "18"),
        related: ["show"]
    ) { call throws(Failure) in
        var layout = call.state.layout
        if let width = try call.integer(ifGiven: "width") { layout.width = width }
        layout.isWhole = try call.boolean("whole")
        layout.isColored = false
        return .string(try call.state.describe(call.argument(1), layout: layout))
    }

    static let show = Signature(
        "show",
        "Shows values as the prompt does, one below the other. In a report of `cohort render` charts are pictures and tables are tables.",
        variadic: .required("value", .any, "any value"),
        example: .init("show({b = 2, a = 1})", output: "{a = 1, b = 2}"),
        related: ["pretty"]
    ) { call throws(Failure) in
        for value in call.variadic {
            if let object = value.object, call.state.showsObject?(object) == true { continue }
            call.state.write(try call.state.describe(value, layout: call.state.layout) + "\n")
        }
        return .nothing
    }

    static let seed = Signature(
        "seed",
        "Starts the random numbers of the session anew: those of every function that takes a seed and is given none, and of `math.random`.",
        parameters: [.required("n", .integer(0...), "the seed")],
        example: .init("seed(7) local a = math.random() seed(7) return a == math.random()", output: "true")
    ) { call throws(Failure) in
        try call.state.reseed(UInt64(bitPattern: Int64(try call.integer("n"))))
        return .nothing
    }
}
