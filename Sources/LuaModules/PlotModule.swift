import Charts
import LuaKit
import Support
import Tables
import Tensors

extension LuaModule {
    static let plot = LuaModule(
        "plot",
        "Charts, at the prompt and in reports. The prompt draws them with characters, reports and files as SVG; each has a table that says the same.",
        functions: [forest, line, bar, histogram, scatter, heatmap],
        classes: [Chart.luaClass])

    private static let heading: [Parameter] = [
        .optional("title", .string, default: "", "the headline; best a sentence that says what is to be seen"),
        .optional("subtitle", .string, default: "", "a line below it: unit, period, source"),
    ]

    private static func axis(_ name: String, _ prose: String) -> Parameter {
        .optional("\(name)_title", .string, default: "", prose)
    }

    private static func format(_ prose: String = "how numbers are written") -> Parameter {
        .optional("format", .numberFormat, default: "number", prose)
    }

    private static let marks = Parameter.optional(
        "marks", .records, standing: "none", "lines across: {value=, label=}, such as a target or a margin")

    private static let chart = [Signature.Returned("plot.Chart", "the chart")]

    private static let forest = Signature(
        "plot.forest",
        "Estimates with their intervals, one below the other, around a line of no effect. A filled point has an interval that leaves the line out.",
        options: [
            .required(
                "rows", .records,
                "{label=, point=, lower=, upper=} each, and if wanted group=, tone= (neutral, good, bad, caution), bold=, status= (why there is no point)"
            ),
            .optional("reference", .number, default: 0, "where no effect is"), marks,
            .optional("x_title", .string, default: "", "what is measured"),
            .optional("format", .numberFormat, default: "signed", "how numbers are written"),
            .optional("interval", .string, default: "", "what the interval is, such as \"95% interval\""),
            .optional("below", .string, default: "", "what lies left of the line, such as \"worse\""),
            .optional("above", .string, default: "", "what lies right of it"),
        ] + heading,
        returns: chart,
        example: .init(
            "return tostring(plot.forest{rows = {{label = \"visit\", point = .07, lower = .06, upper = .08}}})",
            output: "\"plot.Chart (forest)\""),
        related: ["plot.bar", "report.document"]
    ) { call throws(Failure) in
        var rows: [ForestPlot.Row] = []
        for record in try call.records("rows") {
            try record.check(["label", "point", "lower", "upper", "group", "tone", "bold", "status"])
            rows.append(
                .init(
                    try record.string("label") ?? "", point: try record.number("point"),
                    lower: try record.number("lower"), upper: try record.number("upper"),
                    group: try record.string("group") ?? "", tone: try record.tone(),
                    isEmphasised: try record.boolean("bold"), status: try record.string("status") ?? ""))
        }
        return try chart(
            .forest(
                ForestPlot(
                    rows, reference: try call.number("reference"), marks: try lines(call),
                    axis: Axis(try call.string("x_title"), style: NumberStyle(format: try call.string("format"))),
                    intervalName: try call.string("interval"),
                    sides: (try call.string("below"), try call.string("above")))), call)
    }

    private static let line = Signature(
        "plot.line",
        "Values along a line, with a band of confidence around it if there is one. Several lines are given as `series`.",
        options: [
            .optional("y", .plotNumbers, standing: "see series", "the values; nil leaves a gap"),
            .optional("x", .any, standing: "1, 2, 3", "where they stand: numbers, or names such as days"),
            .optional("lower", .plotNumbers, standing: "no band", "lower ends of the band"),
            .optional("upper", .plotNumbers, standing: "no band", "upper ends of the band"),
            .optional("series", .records, standing: "one line", "{name=, y=, lower=, upper=} for each line"), marks,
            axis("x", "what the positions are"), axis("y", "what is measured"), format(),
        ] + heading,
        returns: chart,
        example: .init(
            "return plot.line{y = {1, 3, 2, 5}, title = \"Orders\"}:table().columns", output: "{\"x\", \"Value\"}"),
        related: ["plot.scatter"]
    ) { call throws(Failure) in
        var labels: [String] = []
        var positions: [Double]?
        if case let value = try call.value("x"), !value.isNil {
            let column = try Column.from(value, name: "x")
            if column.type.isNumber {
                positions = try PlotNumbers(value, name: "x").filled
            } else {
                labels = try PlotLabels(value, name: "x").texts
            }
        }
        var series: [LinePlot.Series] = []
        if let y = try call.converted(ifGiven: "y", PlotNumbers.self) {
            let band = try band(
                call.converted(ifGiven: "lower", PlotNumbers.self)?.filled,
                call.converted(ifGiven: "upper", PlotNumbers.self)?.filled, count: y.filled.count)
            let x = if let positions { positions } else { try call.work.array(y.filled.count) { Double($0 + 1) } }
            series.append(.init(x: x, y: y.filled, lower: band.lower, upper: band.upper))
        }
        for record in try call.records("series") {
            try record.check(["name", "x", "y", "lower", "upper"])
            let numbers = { (name: String) throws(Failure) -> [Double]? in
                guard let value = record[name] else { return nil }
                return try PlotNumbers(value, name: name).filled
            }
            guard let y = try numbers("y") else { throw record.lacks("y", "numbers") }
            let band = try band(numbers("lower"), numbers("upper"), count: y.count)
            series.append(
                .init(
                    try record.string("name") ?? "", x: try numbers("x") ?? positions, y: y, lower: band.lower,
                    upper: band.upper))
        }
        guard !series.isEmpty else {
            throw .argument("y", expected: "list, column or tensor of numbers", got: "nothing", hint: "or give series")
        }
        for line in series where line.x.count != line.y.count || !labels.isEmpty && labels.count != line.y.count {
            let count = labels.isEmpty ? line.x.count : labels.count
            throw .argument("x", expected: "as many positions as values (\(line.y.count))", got: "\(count)")
        }
        return try chart(
            .line(
                LinePlot(
                    series, references: try lines(call), xAxis: Axis(try call.string("x_title")), xLabels: labels,
                    yAxis: Axis(
                        try call.string("y_title"), style: NumberStyle(format: try call.string("format"))))), call)
    }

    private static let bar = Signature(
        "plot.bar",
        "Bars from zero, one for each label, or a group of them where there are several series. They stand upright where the labels have room below.",
        options: [
            .required("labels", .plotLabels, "names of the bars or groups"),
            .optional("values", .plotNumbers, standing: "see series", "one value for each label"),
            .optional("lower", .plotNumbers, standing: "no error bars", "lower ends of the error bars"),
            .optional("upper", .plotNumbers, standing: "no error bars", "upper ends of the error bars"),
            .optional("series", .records, standing: "one colour", "{name=, values=, lower=, upper=} for each colour"),
            .optional(
                "direction", .choice(BarPlot.Direction.allCases.map(\.rawValue)), default: "automatic",
                "which way the bars go"),
            axis("x", "what the labels are"), axis("y", "what is measured"), format(),
        ] + heading,
        returns: chart,
        example: .init(
            "return plot.bar{labels = {\"A\", \"B\"}, values = {3, 6}}:text(20)",
            output: "\"A ▏███████▌        3\\nB ▏███████████████ 6\""),
        related: ["plot.histogram"]
    ) { call throws(Failure) in
        let labels = try call.converted("labels", PlotLabels.self).texts
        var series: [BarPlot.Series] = []
        if let values = try call.converted(ifGiven: "values", PlotNumbers.self) {
            let band = try band(
                call.converted(ifGiven: "lower", PlotNumbers.self)?.filled,
                call.converted(ifGiven: "upper", PlotNumbers.self)?.filled, count: labels.count)
            series.append(.init("", values.values, lower: band.lower, upper: band.upper))
        }
        for record in try call.records("series") {
            try record.check(["name", "values", "lower", "upper"])
            let numbers = { (name: String) throws(Failure) -> PlotNumbers? in
                guard let value = record[name] else { return nil }
                return try PlotNumbers(value, name: name)
            }
            guard let values = try numbers("values") else { throw record.lacks("values", "numbers") }
            let band = try band(numbers("lower")?.filled, numbers("upper")?.filled, count: labels.count)
            series.append(
                .init(try record.string("name") ?? "", values.values, lower: band.lower, upper: band.upper))
        }
        guard !series.isEmpty else {
            throw .argument(
                "values", expected: "list, column or tensor of numbers", got: "nothing", hint: "or give series")
        }
        for bars in series where bars.values.count > labels.count {
            throw .argument(
                "values", expected: "as many values as labels (\(labels.count))", got: "\(bars.values.count)")
        }
        return try chart(
            .bars(
                BarPlot(
                    labels, series,
                    axis: Axis(try call.string("y_title"), style: NumberStyle(format: try call.string("format"))),
                    categoryTitle: try call.string("x_title"),
                    direction: BarPlot.Direction(rawValue: try call.string("direction")) ?? .automatic)), call)
    }

    private static let histogram = Signature(
        "plot.histogram", "How often values fall into each of some intervals of the same width.",
        parameters: [.required("x", .plotNumbers, "the values")],
        options: [
            .optional(
                "bins", .integer(1...1000), standing: "by the rule of Freedman and Diaconis, rounded to nice bounds",
                "how many intervals"), marks, axis("x", "what is measured"), format(),
        ] + heading,
        returns: chart,
        example: .init(
            "return plot.histogram({1, 2, 2, 3, 3, 3}, {bins = 2}):table().Count:totable()", output: "{1, 5, n = 2}"),
        related: ["plot.bar"]
    ) { call throws(Failure) in
        try chart(
            .histogram(
                Histogram(
                    try call.converted("x", PlotNumbers.self).filled, bins: try call.integer(ifGiven: "bins"),
                    marks: try lines(call),
                    axis: Axis(try call.string("x_title"), style: NumberStyle(format: try call.string("format"))),
                    work: call.work)),
            call)
    }

    private static let scatter = Signature(
        "plot.scatter", "Points in a plane, coloured by group if groups are given.",
        parameters: [
            .required("x", .plotNumbers, "where along the lower axis"),
            .required("y", .plotNumbers, "where along the left axis, as many"),
        ],
        options: [
            .optional("groups", .plotLabels, standing: "one colour", "the group of each point"),
            axis("x", "what x is"), axis("y", "what y is"), format(),
        ] + heading,
        returns: chart,
        example: .init("return plot.scatter({1, 2, 3}, {2, 4, 5}):table().columns", output: "{\"x\", \"y\"}"),
        related: ["plot.line"]
    ) { call throws(Failure) in
        let (x, y) = (
            try call.converted("x", PlotNumbers.self).filled, try call.converted("y", PlotNumbers.self).filled
        )
        guard x.count == y.count else {
            throw .argument("y", expected: "as many values as x has (\(x.count))", got: "\(y.count)")
        }
        var series: [ScatterPlot.Series] = [.init(x: x, y: y)]
        if let groups = try call.converted(ifGiven: "groups", PlotLabels.self)?.texts {
            guard groups.count == x.count else {
                throw .argument("groups", expected: "as many groups as points (\(x.count))", got: "\(groups.count)")
            }
            var positions: [String: Int] = [:]
            series = []
            for (index, group) in groups.enumerated() {
                let position = positions[group] ?? series.count
                if position == series.count {
                    positions[group] = position
                    series.append(.init(group, x: [], y: []))
                }
                series[position].x.append(x[index])
                series[position].y.append(y[index])
            }
        }
        return try chart(
            .scatter(
                ScatterPlot(
                    series, xAxis: Axis(try call.string("x_title")),
                    yAxis: Axis(
                        try call.string("y_title"), style: NumberStyle(format: try call.string("format"))))), call)
    }

    private static let heatmap = Signature(
        "plot.heatmap", "Numbers in rows and columns, shown by colour.",
        parameters: [.required("m", .matrix, "the numbers [rows, columns]")],
        options: [
            .optional("rows", .plotLabels, standing: "1, 2, 3", "names of the rows"),
            .optional("columns", .plotLabels, standing: "1, 2, 3", "names of the columns"),
            .optional(
                "center", .number, standing: "one colour",
                "the value between two colours, such as 0 for correlations"),
            .optional("value_title", .string, default: "", "what is shown"), format(),
        ] + heading,
        returns: chart,
        example: .init(
            "return plot.heatmap({{1, 2}, {3, 4}}, {rows = {\"a\", \"b\"}, columns = {\"x\", \"y\"}}):text(30)",
            output: "\"     x    y\\na ·· 1 ▒▒ 2\\nb ▓▓ 3 ██ 4\""),
        related: ["plot.bar"]
    ) { call throws(Failure) in
        let m = try call.converted("m", Tensor.self)
        let (rowCount, columnCount) = (m.shape[0], m.shape[1])
        guard rowCount * columnCount <= 1_000_000 else {
            throw .argument("m", expected: "at most 1000000 numbers", got: "shape \(m.shape)")
        }
        let values = try m.to(.float64).values(as: Double.self)
        let names = { (name: String, count: Int) throws(Failure) -> [String] in
            guard let names = try call.converted(ifGiven: name, PlotLabels.self)?.texts else {
                return (0..<count).map { String($0 + 1) }
            }
            guard names.count == count else {
                throw .argument(name, expected: "\(count) names", got: "\(names.count)")
            }
            return names
        }
        return try chart(
            .heatMap(
                HeatMap(
                    rows: try names("rows", rowCount), columns: try names("columns", columnCount),
                    values: (0..<rowCount).map { Array(values[$0 * columnCount..<($0 + 1) * columnCount]) },
                    style: NumberStyle(format: try call.string("format")),
                    center: try call.number(ifGiven: "center"), valueTitle: try call.string("value_title"))), call)
    }

    private static func chart(_ plot: Chart.Plot, _ call: Call) throws(Failure) -> LuaValue {
        .object(Chart(plot, title: try call.string("title"), subtitle: try call.string("subtitle")))
    }

    /// The two ends of a band over `count` values: both, or none. A shorter end leaves gaps, as nil at the end of a list does.
    private static func band(
        _ lower: [Double]?, _ upper: [Double]?, count: Int
    ) throws(Failure) -> (lower: [Double], upper: [Double]) {
        guard let lower, let upper else {
            guard lower == nil, upper == nil else {
                let (missing, given) = lower == nil ? ("lower", "upper") : ("upper", "lower")
                throw .argument(missing, expected: "numbers beside '\(given)'", got: "nothing")
            }
            return ([], [])
        }
        for (name, end) in [("lower", lower), ("upper", upper)] where end.count > count {
            throw .argument(name, expected: "as many numbers as values (\(count))", got: "\(end.count)")
        }
        let filled = { (end: [Double]) in
            end.count == count ? end : end + [Double](repeating: .nan, count: count - end.count)
        }
        return (filled(lower), filled(upper))
    }

    private static func lines(_ call: Call) throws(Failure) -> [ReferenceLine] {
        var lines: [ReferenceLine] = []
        for record in try call.records("marks") {
            try record.check(["value", "label"])
            guard let value = try record.number("value") else {
                throw .argument("marks", expected: "a number for 'value'", got: "nothing in \(record.place)")
            }
            lines.append(ReferenceLine(value, try record.string("label") ?? ""))
        }
        return lines
    }
}
