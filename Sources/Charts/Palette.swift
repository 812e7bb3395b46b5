/// The colours of charts and reports, on light paper and on dark.
///
/// Chosen so that they differ for readers with protanopia, deuteranopia and tritanopia and stand out from the paper by 4.5:1, as WCAG 2.2
/// asks of text; the tests measure both.
public struct Palette: Sendable {
    /// The ground.
    public let paper: String
    /// Text.
    public let ink: String
    /// Lesser text.
    public let muted: String
    /// Lines of the grid.
    public let grid: String
    /// Axes and reference lines.
    public let axis: String
    /// The ground of every other row.
    public let stripe: String
    /// Colours of series, in order.
    public let series: [String]
    /// A good effect, a bad one, one to be careful about.
    public let good: String
    /// A bad effect.
    public let bad: String
    /// One to be careful about.
    public let caution: String
    /// A scale from little to much.
    public let scale: [String]
    /// A scale with a middle.
    public let diverging: [String]
    /// Text on steps of a scale that lie near the paper.
    public let onNear: String
    /// Text on steps that lie far from it.
    public let onFar: String

    /// For light paper and for print.
    public static let light = Palette(
        paper: "#ffffff", ink: "#1b2330", muted: "#566072", grid: "#e6eaf0", axis: "#8490a2", stripe: "#f6f8fb",
        series: ["#1a4f9c", "#b1440c", "#0c7c68", "#8a3fa0", "#856600", "#b02a5b"],
        good: "#0c7c68", bad: "#c0390f", caution: "#8a6100",
        scale: [
            "#eff5fb", "#d7e6f5", "#bad5ee", "#94bfe4", "#6aa5d8", "#3579ba", "#246bb0", "#155193", "#0c3a70",
        ],
        diverging: [
            "#9a3d06", "#b9560f", "#e39a63", "#f4cfae", "#f1f2f4", "#cfe0f3", "#94bfe4", "#3579ba", "#155193",
        ],
        onNear: "#1b2330", onFar: "#ffffff")

    /// For dark screens.
    public static let dark = Palette(
        paper: "#11161d", ink: "#e6ebf2", muted: "#a0acbd", grid: "#28313d", axis: "#717e91", stripe: "#171e27",
        series: ["#629ff0", "#f28f52", "#6ee7cf", "#cf9ae6", "#e3c25a", "#f48fb0"],
        good: "#6ee7cf", bad: "#ff8f6b", caution: "#e3c25a",
        scale: [
            "#1a2634", "#1b3350", "#1c426d", "#1e528a", "#2663a3", "#5b9bdc", "#7db2e8", "#a0c8f1", "#c4defa",
        ],
        diverging: [
            "#ffc08a", "#e8914d", "#9a541b", "#5a3a20", "#262c36", "#1f3d60", "#2663a3", "#6fadeb", "#b5d6fa",
        ],
        onNear: "#e6ebf2", onFar: "#0e131a")

    /// The colour of a tone.
    public func color(_ tone: Tone) -> String {
        switch tone {
        case .neutral: series[0]
        case .good: good
        case .bad: bad
        case .caution: caution
        }
    }
}

/// The style sheet that charts share: classes, so that a reader's dark screen and paper get colours of their own, and a program that knows
/// neither still draws the light ones.
public enum ChartStyle {
    /// The fonts of charts and reports: the reader's own.
    public static let fonts =
        #"system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,"PingFang SC","Hiragino Sans GB","Microsoft YaHei","Noto Sans CJK SC","Noto Sans SC",sans-serif"#

    /// The rules, once for all charts of a document.
    public static let sheet: String =
        """
        .chart{display:block;width:100%;height:auto;font:12px \(fonts);font-variant-numeric:tabular-nums}
        .chart text{dominant-baseline:auto}
        .chart .tt{font-size:16px;font-weight:650}
        .chart .st{font-size:13px}
        .chart .b{font-weight:650}
        .chart .ln{fill:none;stroke-width:2.25;stroke-linejoin:round;stroke-linecap:round}
        .chart .ci{fill:none;stroke-width:3.5;stroke-linecap:round}
        .chart .cj{fill:none;stroke-width:1.5;stroke-linecap:round}
        .chart .eb{fill:none;stroke-width:1.5}
        .chart .g{fill:none;stroke-width:1}
        .chart .x{fill:none;stroke-width:1.25}
        .chart .d{stroke-dasharray:5 4}
        .chart .e{stroke-dasharray:2 4}
        .chart .band{opacity:.16;stroke:none}
        .chart .dot{opacity:.62}
        .chart .pt{stroke-width:1.5}
        .chart .halo{paint-order:stroke;stroke-width:4px;stroke-linejoin:round}

        """ + colors(.light)
        + "@media screen and (prefers-color-scheme:dark){\n" + colors(.dark) + "}\n"

    private static func colors(_ palette: Palette) -> String {
        var rules = [
            ".paper{fill:\(palette.paper)}", ".ink{fill:\(palette.ink)}", ".muted{fill:\(palette.muted)}",
            ".halo{stroke:\(palette.paper)}", ".stripe{fill:\(palette.stripe)}", ".g{stroke:\(palette.grid)}",
            ".x{stroke:\(palette.axis)}", ".eb{stroke:\(palette.ink)}", ".void{fill:\(palette.grid)}",
            ".pt{stroke:\(palette.paper)}",
        ]
        for (index, color) in palette.series.enumerated() {
            rules += [".f\(index){fill:\(color)}", ".k\(index){stroke:\(color)}"]
        }
        for tone in Tone.allCases {
            let color = palette.color(tone)
            rules += [".f-\(tone.rawValue){fill:\(color)}", ".k-\(tone.rawValue){stroke:\(color)}"]
        }
        rules.append(".hollow{fill:\(palette.paper)}")
        for (index, color) in palette.scale.enumerated() { rules.append(".h\(index){fill:\(color)}") }
        for (index, color) in palette.diverging.enumerated() { rules.append(".v\(index){fill:\(color)}") }
        rules += [".near{fill:\(palette.onNear)}", ".far{fill:\(palette.onFar)}"]
        return rules.map { ".chart \($0)\n" }.joined()
    }
}
