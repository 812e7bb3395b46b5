import Charts
import Display
import LuaKit
import Reports
import Support
import Tables

extension Chart: LuaVisible {
    /// A chart as scripts see it.
    public static let luaClass = LuaClass(
        "plot.Chart", for: Chart.self,
        "A chart. The prompt draws it with characters; reports show it as a picture.",
        methods: [save, svg, text, tableMethod],
        fields: [
            Field(
                "kind", "string",
                "\"forest\", \"line\", \"bar\", \"histogram\", \"scatter\", \"heatmap\" or \"tree\""
            ) { (chart: Chart) in .string(chart.kind) },
            Field("title", "string", "the headline") { (chart: Chart) in .string(chart.title) },
        ],
        display: { $0.summary })

    private static let language = Parameter.optional(
        "lang", .choice(Language.allCases.map(\.rawValue)), default: "en", "the language of the words a chart adds")

    private static let width = Parameter.optional(
        "width", .integer(240...4000), default: 720, "units across; below 520 the layout is that of a telephone")

    private static let save = Signature(
        "plot.Chart:save",
        "Writes the chart to a file, whole or not at all: a picture (.svg), a page with its table (.html, .md), or the numbers (.json).",
        parameters: [.required("path", .path, "where to, ending in .svg, .html, .md or .json")],
        options: [width, language],
        example: .init(
            """
            local path = os.tmpname() .. ".svg"
            plot.bar{labels = {"A"}, values = {1}}:save(path)
            return io.open(path):read(4)
            """, output: "\"<svg\""),
        related: ["report.document"]
    ) { call throws(Failure) in
        let chart = try call.receiver(Chart.self)
        let path = try call.path("path")
        let language = Language(rawValue: try call.string("lang")) ?? .english
        if path.lowercased().hasSuffix(".svg") {
            var file = try AtomicFile(path, cancellation: call.work.cancellation)
            let options = SVGOptions(width: Double(try call.integer("width")), language: language)
            try file.write(try call.drawn(chart) { chart.svg(options) })
            try file.commit()
            return .nothing
        }
        guard Document.Form(path: path) != nil else {
            throw .argument("path", expected: "a file ending in .svg, .html, .md or .json", got: "'\(path)'")
        }
        var bare = chart
        bare.title = ""
        bare.subtitle = ""
        try Document(title: chart.title, subtitle: chart.subtitle, language: language, blocks: [.chart(bare)])
            .write(to: path, cancellation: call.work.cancellation)
        return .nothing
    }

    private static let svg = Signature(
        "plot.Chart:svg", "The chart as SVG text that needs nothing else. The same chart always gives the same text.",
        options: [width, language], returns: [.init("string", "the picture")],
        example: .init("return plot.bar{labels = {\"A\"}, values = {1}}:svg():sub(1, 4)", output: "\"<svg\""),
        related: ["plot.Chart:save"]
    ) { call throws(Failure) in
        let language = Language(rawValue: try call.string("lang")) ?? .english
        let options = SVGOptions(width: Double(try call.integer("width")), language: language)
        let chart = try call.receiver(Chart.self)
        return .string(try call.drawn(chart) { chart.svg(options) })
    }

    private static let text = Signature(
        "plot.Chart:text", "The chart drawn with characters.",
        parameters: [.optional("width", .integer(20...1000), standing: "the screen's", "columns there are")],
        options: [language], returns: [.init("string", "the lines")],
        example: .init("return #plot.bar{labels = {\"A\"}, values = {1}}:text(40) > 40", output: "true"),
        related: ["plot.Chart:svg"]
    ) { call throws(Failure) in
        let width = try call.integer(ifGiven: "width") ?? min(100, call.state.layout.width)
        let language = Language(rawValue: try call.string("lang")) ?? .english
        let chart = try call.receiver(Chart.self)
        return .string(try call.drawn(chart) { chart.text(width: width, language: language) })
    }

    private static let tableMethod = Signature(
        "plot.Chart:table", "The same content as a table.", options: [language],
        returns: [.init("data.Table", "the numbers of the chart")],
        example: .init(
            "return plot.bar{labels = {\"A\"}, values = {1}}:table()[1]", output: "{Category = \"A\", Value = 1.0}"),
        related: ["data.write"]
    ) { call throws(Failure) in
        let language = Language(rawValue: try call.string("lang")) ?? .english
        let chart = try call.receiver(Chart.self)
        return .dataTable(try call.drawn(chart) { () throws(Failure) in try Table(chart.table(language)) })
    }
}

extension Call {
    /// What is drawn of a chart. Drawing knows of no cancellation: where it may take long, it goes on beside whoever waits for it.
    fileprivate func drawn<Output: Sendable>(
        _ chart: Chart, _ draw: @escaping @Sendable () throws(Failure) -> Output
    ) throws(Failure) -> Output {
        chart.valueCount < 100_000 ? try draw() : try work.unattended(draw)
    }
}

extension Table {
    /// The table whose cells those of a report's table are. Headings that are alike get a number.
    init(_ data: TableData) throws(Failure) {
        var names: [String] = []
        for column in data.columns {
            let title = column.title.isEmpty ? "name" : column.title
            var name = title
            var count = 1
            while names.contains(where: { $0.utf8.elementsEqual(name.utf8) }) {
                count += 1
                name = "\(title) \(count)"
            }
            names.append(name)
        }
        var columns: [Column] = []
        for index in data.columns.indices {
            let values = data.rows.map { row -> Value in
                switch row[index] {
                case .text(let text): .text(text)
                case .number(let number): number.isNaN ? .null : .number(number)
                case .integer(let number): .integer(Int64(number))
                case .truth(let flag): .bool(flag)
                case .missing: .null
                }
            }
            columns.append(try Column(values, name: names[index]))
        }
        try self.init(names: names, columns: columns)
    }

    /// The table as reports show it: its first rows, with a note if there are more.
    func reported(rows most: Int, language: Language) -> (data: TableData, note: String) {
        let shown = min(rowCount, most)
        let data = TableData(
            columns: names.map { TableData.Column($0) },
            rows: (0..<shown).map { row in columns.map { TableData.Cell($0, row) } }, hasRowHeadings: false)
        return (data, shown < rowCount ? Wording(language).rows(shown, of: rowCount) : "")
    }
}

extension TableData.Cell {
    /// The cell that a column's value is shown as.
    init(_ column: Column, _ row: Int) {
        self =
            switch column[row] {
            case .null: .missing
            case .bool(let flag): .truth(flag)
            case .integer(let number): .integer(Int(number))
            case .number(let number): .number(number)
            default: .text(column.text(row))
            }
    }
}
