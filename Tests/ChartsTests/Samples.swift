import Charts

/// Charts as reports have them.
enum Samples {
    static let forest = Chart(
        .forest(
            ForestPlot(
                [
                    .init("Visit rate", point: 0.0766, lower: 0.0697, upper: 0.0835, tone: .good, isEmphasised: true),
                    .init("Conversion", point: 0.0068, lower: 0.0050, upper: 0.0086, tone: .good),
                    .init(
                        "Returned orders within thirty days of the first click", point: 0.0021, lower: -0.0034,
                        upper: 0.0076),
                    .init(
                        "Unsubscribed", point: -0.0121, lower: -0.0202, upper: -0.0040, group: "Guardrails", tone: .bad),
                    .init("客服投诉率", point: 0.001, lower: -0.012, upper: 0.014, group: "Guardrails"),
                    .init("Refunds", point: nil, group: "Guardrails", status: "no refunds in control"),
                ],
                marks: [.init(0.02, "least effect"), .init(-0.01, "margin")],
                axis: Axis("Difference from control", style: .lift), intervalName: "95% interval",
                sides: ("worse", "better"))),
        title: "Men's e-mail brings visits, and costs no complaints",
        subtitle: "Difference from control, 42,613 customers")

    static let line: Chart = {
        let days = (1...28).map { Double($0) }
        let lift = days.map { 0.05 + 0.06 / $0 - 0.03 * (Int($0) % 3 == 0 ? 1 / $0 : 0) }
        return Chart(
            .line(
                LinePlot(
                    [
                        .init(
                            "Lift", y: lift, lower: zip(lift, days).map { $0 - 0.2 / $1.squareRoot() },
                            upper: zip(lift, days).map { $0 + 0.2 / $1.squareRoot() })
                    ],
                    references: [.init(0, "no effect"), .init(0.03, "least effect")], xAxis: Axis("Day"),
                    xLabels: days.map { "Mar \(Int($0))" }, yAxis: Axis("Cumulative lift", style: .lift))),
            title: "Lift settled after two weeks", subtitle: "Always-valid 95% band")
    }()

    static let lines = Chart(
        .line(
            LinePlot(
                [
                    .init("Control", y: [12, 14, 13, 16, 18, 17, 19]),
                    .init("Variant A", y: [12, 15, 17, 18, 22, .nan, 27]),
                    .init("文案 B", y: [11, 13, 12, 12, 13, 15, 14]),
                ], xAxis: Axis("Week"), yAxis: Axis("Orders, thousands"))),
        title: "Orders per week")

    static let bars = Chart(
        .bars(
            BarPlot(
                ["Phone", "Web", "Multichannel"],
                [
                    .init("Control", [0.104, 0.121, 0.15], lower: [0.098, 0.115, 0.14], upper: [0.11, 0.127, 0.16]),
                    .init(
                        "Men's e-mail", [0.177, 0.19, 0.21], lower: [0.17, 0.18, 0.197], upper: [0.184, 0.2, 0.223]),
                    .init(
                        "Women's e-mail", [0.14, 0.16, 0.17], lower: [0.133, 0.153, 0.158],
                        upper: [0.147, 0.167, 0.182]),
                ], axis: Axis("Visit rate", style: .percent))),
        title: "Visits by channel", subtitle: "With 95% intervals")

    static let across = Chart(
        .bars(
            BarPlot(
                [
                    "Search ads, brand terms", "Search ads, generic terms", "搜索广告", "Newsletter",
                    "Affiliates and coupon sites", "Display retargeting", "Organic",
                ],
                [.init("", [120_500, 87_250, 45_000, 31_200, -12_400, 9_800, 150_420])], axis: Axis("Contribution"))),
        title: "Contribution by channel")

    static let upright = Chart(
        .bars(
            BarPlot(
                ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"], [.init("", [210, 198, 240, 260, 301, 450, 422])],
                axis: Axis("Orders"))),
        title: "Orders by weekday")

    static let histogram = Chart(
        .histogram(
            Histogram(
                (0..<2000).map { index in
                    let share = (Double(index) + 0.5) / 2000
                    return 40 + 18 * (share / (1 - share)).squareRoot() * (share < 0.97 ? 1 : 0.6)
                }, marks: [.init(75.2, "mean 75.20"), .init(130, "cap 130")], axis: Axis("Spend per order"))),
        title: "Most orders are small")

    static let scatter: Chart = {
        var state: UInt64 = 7
        let random = { () -> Double in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Double(state >> 33) / Double(1 << 31)
        }
        var groups: [ScatterPlot.Series] = []
        for (index, name) in ["New", "Loyal", "Lapsed"].enumerated() {
            var (x, y): ([Double], [Double]) = ([], [])
            for _ in 0..<80 {
                let base = random() + random() + Double(index)
                x.append(base * 30)
                y.append((random() + random() + random()) * 40 + base * 25 * (index == 2 ? -0.5 : 1) + 80)
            }
            groups.append(.init(name, x: x, y: y))
        }
        return Chart(
            .scatter(ScatterPlot(groups, xAxis: Axis("Days since last order"), yAxis: Axis("Basket"))),
            title: "Three kinds of customers")
    }()

    static let heatMap: Chart = {
        let days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
        return Chart(
            .heatMap(
                HeatMap(
                    rows: days, columns: (0..<12).map { "\($0 * 2):00" },
                    values: days.indices.map { day in (0..<12).map { rate(day, $0) } }, style: .percent,
                    valueTitle: "Click rate")), title: "When people click")
    }()

    private static func rate(_ day: Int, _ hour: Int) -> Double? {
        guard day != 2 || hour != 3 else { return nil }
        let wave = Double((hour * 7 + day * 3) % 12) / 120
        return 0.02 + (day > 4 ? 1.6 * wave : wave)
    }

    static let correlations = Chart(
        .heatMap(
            HeatMap(
                rows: ["visits", "spend", "recency", "客单价"], columns: ["visits", "spend", "recency", "客单价"],
                values: [
                    [1, 0.62, -0.41, 0.1], [0.62, 1, -0.28, 0.55], [-0.41, -0.28, 1, -0.05], [0.1, 0.55, -0.05, 1],
                ],
                style: NumberStyle(decimals: 2, isSigned: true), center: 0, valueTitle: "Correlation")),
        title: "What moves together")

    static let tree = Chart(
        .tree(
            TreePlot(
                nodes: [
                    .init(parent: nil, condition: "", rows: 8_000, prediction: "stays", shares: [0.62, 0.3, 0.08]),
                    .init(
                        parent: 0, condition: "recency <= 41.5", rows: 4_810, prediction: "stays",
                        shares: [0.81, 0.14, 0.05]),
                    .init(
                        parent: 1, condition: "orders <= 1.5", rows: 1_210, prediction: "stays",
                        shares: [0.55, 0.35, 0.1]),
                    .init(
                        parent: 1, condition: "orders > 1.5", rows: 3_600, prediction: "stays",
                        shares: [0.9, 0.07, 0.03],
                        isCut: true),
                    .init(
                        parent: 0, condition: "recency > 41.5", rows: 3_190, prediction: "leaves",
                        shares: [0.33, 0.54, 0.13]),
                    .init(
                        parent: 4, condition: "mean 客单价 <= 128.25", rows: 2_900, prediction: "leaves",
                        shares: [0.3, 0.6, 0.1]),
                    .init(
                        parent: 4, condition: "mean 客单价 > 128.25", rows: 290, prediction: "stays",
                        shares: [0.64, 0.002, 0.358]),
                ],
                classes: ["stays", "leaves", "returns goods"])),
        title: "Who was not here for six weeks leaves", subtitle: "8,000 customers")

    static let costs = Chart(
        .tree(
            TreePlot(nodes: [
                .init(parent: nil, condition: "", rows: 200, prediction: "10.4", mean: 10.4),
                .init(parent: 0, condition: "channel <= 0.5", rows: 120, prediction: "7.25", mean: 7.25),
                .init(parent: 0, condition: "channel > 0.5", rows: 80, prediction: "15.125", mean: 15.125),
            ])), title: "What a visit costs")

    static let all: [(name: String, chart: Chart)] = [
        ("forest", forest), ("line", line), ("lines", lines), ("bars", bars), ("across", across), ("upright", upright),
        ("histogram", histogram), ("scatter", scatter), ("heatMap", heatMap), ("correlations", correlations),
        ("tree", tree), ("costs", costs),
    ]
}
