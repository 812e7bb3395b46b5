import Charts

/// The words a document adds by itself.
public struct Wording: Sendable {
    private let language: Language

    /// The words of a language.
    public init(_ language: Language) { self.language = language }

    var report: String { language.pick("Report", "报告") }
    var chartData: String { language.pick("The numbers of this chart", "图表数据") }
    var table: String { language.pick("Table", "表格") }
    var output: String { language.pick("Output", "输出") }
    var empty: String { language.pick("No rows", "没有数据") }
    var yes: String { language.pick("yes", "是") }
    var no: String { language.pick("no", "否") }
    /// What code is folded away behind.
    public var code: String { language.pick("Code", "代码") }
    /// The heading of a cell that failed.
    public var failed: String { language.pick("This cell failed", "此单元运行出错") }
    /// What is said below the cell that failed.
    public var stopped: String { language.pick("The cells after it were not run.", "之后的单元没有运行。") }

    /// What stands below a table that shows its first rows.
    public func rows(_ shown: Int, of count: Int) -> String {
        language.pick("The first \(shown) of \(count) rows.", "共 \(count) 行，显示前 \(shown) 行。")
    }

    func tone(_ tone: Tone) -> String {
        switch tone {
        case .neutral: language.pick("Note", "说明")
        case .good: language.pick("Good", "良好")
        case .bad: language.pick("Problem", "问题")
        case .caution: language.pick("Caution", "注意")
        }
    }
}
