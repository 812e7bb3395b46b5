import Charts
import Reports

/// A report with every kind of block.
enum SampleDocument {
    static let forest = Chart(
        .forest(
            ForestPlot(
                [
                    .init("Visit rate", point: 0.0766, lower: 0.0697, upper: 0.0835, tone: .good, isEmphasised: true),
                    .init("Conversion", point: 0.0068, lower: 0.0050, upper: 0.0086, tone: .good),
                    .init("Unsubscribed", point: 0.0021, lower: -0.0034, upper: 0.0076, group: "Guardrails"),
                ], marks: [.init(0.02, "least effect")], axis: Axis("Difference from control", style: .lift),
                intervalName: "95% interval")),
        title: "Both goals improved", subtitle: "Men's e-mail against no e-mail")

    static let table = TableBlock(
        TableData(
            columns: [
                .init("Variant"), .init("Customers"), .init("Visit rate", .percent), .init("Spend"), .init("Won"),
            ],
            rows: [
                [.text("No e-mail"), .integer(21_306), .number(0.10617), .number(0.6528), .truth(false)],
                [.text("Men's e-mail"), .integer(21_307), .number(0.18275), .number(1.4226), .truth(true)],
                [.text("女装邮件 <b>&"), .integer(21_387), .number(.nan), .missing, .missing],
            ]), caption: "Results by variant", note: "Spend in the two weeks after the mail.")

    static func document(_ language: Language = .english) -> Document {
        Document(
            title: "Hillstrom e-mail test", subtitle: "Two campaigns against no e-mail, 64,000 customers, two weeks",
            language: language,
            blocks: [
                .verdict(
                    Verdict(
                        .good, label: "SHIP",
                        sentence: "Men's e-mail raises visits by 7.7 points and breaks no guardrail.",
                        text: "Rule: the interval of the *primary metric* lies above the least effect of 2 points.",
                        figures: [
                            .init("Visits", "+7.66 pp", detail: "+6.97 to +8.35", tone: .good),
                            .init("Spend per customer", "+$0.77", detail: "+0.51 to +1.03", tone: .good),
                            .init("Unsubscribed", "+0.21 pp", detail: "−0.34 to +0.76"),
                        ])),
                .text(
                    "# What was asked\n\nWhether a mail brings people back. See [the plan](https://example.org/plan) and `ab.power`.\n\n- one\n- two <b>bold</b>\n\n| a | b |\n|---|--:|\n| x | 1 |\n\n### Skipped level"
                ),
                .heading("Results", level: 1), .chart(forest), .table(table),
                .callout(Callout(.caution, text: "Spend has a *long* tail.")),
                .callout(Callout(.bad, title: "Sample ratio", text: "p < 0.001")),
                .code("local t = data.read(\"mail.csv\") -- the file\nprint(#t, 42)", language: "lua"),
                .output("64000\t42\n<end>"), .plain("line one\nline <two>"),
                .details(summary: "Methods", [.text("Welch's *t*."), .heading("Formulas", level: 2)]),
                .figures([.init("a", "1")]), .table(TableBlock(TableData(columns: [.init("none")], rows: []))),
            ])
    }
}
