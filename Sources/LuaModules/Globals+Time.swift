import Glibc
import LuaKit
import Support

extension Globals {
    static let time = Signature(
        "time",
        "Calls a function and measures how long it takes. `time{f, x, y, repeats = 20}` calls `f(x, y)` twenty times, after one call that is not counted, and gives a record: the seconds of the fastest (`min`), the middle (`median`), the average (`mean`) and the slowest call (`max`), `repeats`, and all that in words (`text`). Without `repeats` it goes on for half a second.",
        parameters: [.required("f", .either(.function, .table), "what to call, or a list of it and its arguments")],
        variadic: .required("value", .any, "its arguments"),
        returns: [.init("number", "seconds on the clock, or the record"), .init("any", "what the function returned")],
        example: .init("local seconds, sum = time(function(a, b) return a + b end, 1, 2) return sum", output: "3"),
        related: ["progress"]
    ) { call throws(Failure) in
        if call.argument(1).kind == .table { return try repeated(call, call.argument(1)) }
        let start = seconds()
        let results = try call.apply(call.argument(1), call.variadic)
        return .values([.number(seconds() - start)] + results.map { LuaValue($0) })
    }

    private static let longest = 0.5

    private static func repeated(_ call: Call, _ list: Argument) throws(Failure) -> LuaValue {
        guard call.variadic.isEmpty else {
            throw .argument(
                "f", expected: "function", got: "a list and more behind it", hint: "time{f, x, repeats = 20}")
        }
        var repeats: Int?
        for (name, value) in try call.fields(of: list) {
            guard name == "repeats" else {
                throw .operation("unknown option '\(name)' for time", hint: "options: repeats")
            }
            guard let number = value.integer, (1...1_000_000).contains(number) else {
                throw .argument("repeats", expected: "integer from 1 to 1000000", got: value.words)
            }
            repeats = number
        }
        guard list.count <= 100 else {
            throw .argument("f", expected: "a function and at most 99 arguments", got: "a list of \(list.count)")
        }
        var parts: [Argument] = []
        for position in 0..<max(1, list.count) { parts.append(try call.element(position + 1, of: list)) }
        guard parts[0].kind == .function || parts[0].kind == .object else {
            throw .argument("f", expected: "a function in front", got: parts[0].words, hint: "time{f, x, repeats = 20}")
        }
        return record(try measure(call, parts, repeats))
    }

    /// The seconds of each call, the fastest first.
    private static func measure(_ call: Call, _ parts: [Argument], _ repeats: Int?) throws(Failure) -> [Double] {
        var times: [Double] = []
        var total = 0.0
        for round in 0...(repeats ?? 10_000) {
            // An interrupted function raises by itself; a short native one may not notice.
            try call.work.cancellation.check()
            let start = seconds()
            call.drop(try call.apply(parts[0], Array(parts.dropFirst())))
            let time = seconds() - start
            total += time
            // The first call pays for what the others find ready.
            if round > 0 { times.append(time) }
            if repeats == nil, total >= longest, times.count >= 3 { break }
        }
        return times.sorted()
    }

    private static func record(_ times: [Double]) -> LuaValue {
        let middle = (times[(times.count - 1) / 2] + times[times.count / 2]) / 2
        let (least, most) = (times[0], times[times.count - 1])
        let text =
            "\(TimeText.of(middle)) (median of \(times.count), \(TimeText.of(least)) to \(TimeText.of(most)))"
        return .record([
            ("min", .number(least)), ("median", .number(middle)),
            ("mean", .number(times.reduce(0, +) / Double(times.count))), ("max", .number(most)),
            ("repeats", .integer(times.count)), ("text", .string(text)),
        ])
    }

    private static func seconds() -> Double {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        return Double(now.tv_sec) + Double(now.tv_nsec) * 1e-9
    }
}
