import LuaKit
import Support

extension Globals {
    static let progress = Signature(
        "progress",
        "Goes through a list, the numbers from 1 to n, or whatever `for` can go through, and shows on a terminal how far it is. A list gives positions and values, as `ipairs` does.",
        parameters: [
            .required("iterable", .either(.integer(0...), .table, .callable), "a list, a count or an iterator")
        ],
        variadic: .required("control", .any, "what else the iterator came with, as from `pairs(t)`"),
        options: [
            .optional("label", .string, default: "progress", "the name of the work"),
            .optional("unit", .string, default: "items", "what is counted"),
            .optional("total", .integer(0...), standing: "the list's length", "how many there will be"),
        ],
        returns: [.init("iterator", "for a `for` loop")],
        example: .init("local sum = 0 for _, x in progress({1, 2, 3}) do sum = sum + x end return sum", output: "6")
    ) { call throws(Failure) in
        let iterable = call.argument(1)
        let meter = Meter(
            sink: call.work.progress, label: try call.string("label"), unit: try call.string("unit"),
            total: try call.integer(ifGiven: "total") ?? iterable.integer ?? iterable.count)
        let kept = try call.keep(iterable)
        let iterator: LuaIterator
        switch iterable.kind {
        case .number:
            let count = iterable.integer ?? 0
            iterator = LuaIterator(finish: meter.finish) { _ in
                guard meter.done < count else { return meter.end() }
                return .integer(meter.advance())
            }
        case .table:
            iterator = LuaIterator(finish: meter.finish) { call throws(Failure) in
                let element = try call.element(meter.done + 1, of: try call.place(kept))
                guard !element.isNil else { return meter.end() }
                return .values([.integer(meter.advance()), LuaValue(element)])
            }
        default:
            iterator = LuaIterator(finish: meter.finish) { call throws(Failure) in
                let results = try call.apply(try call.place(kept), [call.argument(2), call.argument(3)])
                guard let first = results.first, !first.isNil else { return meter.end() }
                _ = meter.advance()
                return .values(results.map { LuaValue($0) })
            }
        }
        let object = LuaObject(iterator, of: LuaIterator.luaClass)
        let controls = call.variadic
        let state = controls.first.map { LuaValue($0) } ?? .nil
        let control = controls.count > 1 ? LuaValue(controls[1]) : .nil
        return .values([.object(object), state, control, .object(object)])
    }
}

extension ParameterType {
    /// A function, or an object that is called like one.
    fileprivate static let callable = ParameterType.custom("function", expected: "iterator", acceptsTables: false) {
        (argument) throws(Failure) -> Bool? in
        argument.kind == .function || argument.kind == .object ? true : nil
    }
}

/// How far a loop is.
private final class Meter {
    private(set) var done = 0
    private let sink: (any ProgressSink)?
    private let label: String
    private let unit: String
    private let total: Int

    init(sink: (any ProgressSink)?, label: String, unit: String, total: Int) {
        self.sink = sink
        self.label = label
        self.unit = unit
        self.total = total
    }

    /// Counts the value that is handed out now.
    func advance() -> Int {
        sink?.report(label, done: done, total: max(total, done), unit: unit)
        done += 1
        return done
    }

    func end() -> LuaValue {
        finish()
        return .nil
    }

    func finish() { sink?.finish(label) }
}
