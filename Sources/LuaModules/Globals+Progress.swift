import LuaKit
import Support

extension Globals {
    static let progress = Signature(
        "progress",
        "Goes through a list, the numbers from 1 to n, or whatever `for` can go through, and shows on a terminal how far it is. `progress(10, 1, -1)` counts as `for i = 10, 1, -1` does. A list gives positions and values, as `ipairs` does.",
        parameters: [
            .required("iterable", .either(.integer, .table, .callable), "a list, a count or an iterator")
        ],
        variadic: .required(
            "control", .any,
            "what else the iterator came with, as from `pairs(t)`; behind a number where to stop and the step, as in `for`"
        ),
        options: [
            .optional("label", .string, default: "progress", "the name of the work"),
            .optional("unit", .string, default: "items", "what is counted"),
            .optional("total", .integer(0...), standing: "the list's length", "how many there will be"),
        ],
        returns: [.init("iterator", "for a `for` loop")],
        example: .init("local sum = 0 for _, x in progress({1, 2, 3}) do sum = sum + x end return sum", output: "6")
    ) { call throws(Failure) in
        let iterable = call.argument(1)
        let range = try Self.range(call, iterable)
        let meter = Meter(
            sink: call.work.progress, label: try call.string("label"), unit: try call.string("unit"),
            total: try call.integer(ifGiven: "total") ?? range?.count ?? iterable.count)
        let kept = try call.keep(iterable)
        let iterator: LuaIterator
        switch (range, iterable.kind) {
        case (let range?, _):
            iterator = LuaIterator(finish: meter.finish) { _ in
                guard meter.done < range.count else { return meter.end() }
                return .integer(range.first + range.step * (meter.advance() - 1))
            }
        case (nil, .table):
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
        let controls = range == nil ? call.variadic : []
        let state = controls.first.map { LuaValue($0) } ?? .nil
        let control = controls.count > 1 ? LuaValue(controls[1]) : .nil
        return .values([.object(object), state, control, .object(object)])
    }
}

extension Globals {
    /// Numbers from `first` on.
    private struct Range {
        let first: Int
        let step: Int
        let count: Int
    }

    /// The numbers that `progress(n)`, `progress(from, to)` or `progress(from, to, step)` go through; nil for anything but numbers.
    private static func range(_ call: Call, _ iterable: Argument) throws(Failure) -> Range? {
        guard let start = iterable.integer else { return nil }
        let bounds = call.variadic
        for bound in bounds where bound.integer == nil {
            throw .argument("control", expected: "integer (where to stop, then the step)", got: bound.words)
        }
        guard bounds.count <= 2 else {
            throw .argument("control", expected: "where to stop and the step", got: "\(bounds.count) values")
        }
        guard let end = bounds.first?.integer else {
            guard start >= 0 else { throw .argument("iterable", expected: "integer of at least 0", got: "\(start)") }
            return Range(first: 1, step: 1, count: start)
        }
        let step = bounds.count > 1 ? bounds[1].integer ?? 1 : 1
        guard step != 0 else { throw .argument("control", expected: "a step other than 0", got: "0") }
        guard step > 0 ? start <= end : start >= end else { return Range(first: start, step: step, count: 0) }
        // Differences of integers go beyond their range.
        let span = UInt(bitPattern: step > 0 ? end &- start : start &- end)
        return Range(
            first: start, step: step,
            count: Int(clamping: (span / step.magnitude).addingReportingOverflow(1).partialValue))
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
    private var isFinished = false
    private let sink: (any ProgressSink)?
    private let label: String
    private let unit: String
    private let total: Int

    init(sink: (any ProgressSink)?, label: String, unit: String, total: Int) {
        self.sink = sink
        // Loops within loops are told apart.
        let taken = sink?.running ?? []
        var (name, number) = (label, 1)
        while taken.contains(name) {
            number += 1
            name = "\(label) \(number)"
        }
        self.label = name
        self.unit = unit
        self.total = total
    }

    /// Counts the value that is handed out now.
    func advance() -> Int {
        sink?.report(label, done: done, total: total > 0 ? max(total, done) : 0, unit: unit)
        done += 1
        return done
    }

    func end() -> LuaValue {
        finish()
        return .nil
    }

    /// The end of the numbers and the end of the loop both come here.
    func finish() {
        if !isFinished { sink?.finish(label) }
        isFinished = true
    }
}
