import Charts
import Display
import LuaKit
import Reports
import Support
import Tables
import Tensors

/// Turns values of a script into blocks of a document.
public struct ReportContent {
    /// Rows of a table that a document shows.
    public static let mostRows = 200
    private let language: Language

    /// Content in a language.
    public init(_ language: Language) { self.language = language }

    /// The blocks that an object is shown as; nil if reports know no better form than its text.
    public func blocks(of object: LuaObject) -> [Block]? {
        if let block = object.get(ReportBlock.self) { return [block.block] }
        if let chart = object.get(Chart.self) { return [.chart(chart)] }
        if let result = object.get(ABResult.self)?.result {
            return ExperimentReport(result, provenance: .init(version: cohortVersion), language: language).summary
        }
        if let document = object.get(ReportDocument.self) { return document.document.blocks }
        if let data = object.get(DataTable.self) { return [.table(table(data.table))] }
        if let column = object.get(Column.self), let data = try? Table(names: ["value"], columns: [column]) {
            return [.table(table(data))]
        }
        return nil
    }

    /// The blocks of a list in a script. Strings are Markdown; `place` is what messages call the list.
    func blocks(of list: [LuaValue], in place: String, layout: ValueLayout) throws(Failure) -> [Block] {
        var blocks: [Block] = []
        for (index, value) in list.enumerated() {
            switch value {
            case .string(let bytes): blocks.append(.text(String(decoding: bytes, as: UTF8.self)))
            case .boolean(let flag): blocks.append(.plain(String(flag)))
            case .integer(let number): blocks.append(.plain(String(number)))
            case .number(let number): blocks.append(.plain(numberText(number)))
            case .object(let object):
                if let known = self.blocks(of: object) {
                    blocks += known
                } else if let shown = object.get((any Displayable).self) {
                    blocks.append(.output(shown.text(width: 100)))
                } else {
                    blocks.append(.plain(object.luaClass.name))
                }
            case .table where (try RecordList(value)) != nil:
                blocks.append(.table(try table(value, name: place)))
            default:
                throw .argument(
                    place, expected: "text, chart, table, records or block",
                    got: "\(value.typeName) at position \(index + 1)",
                    hint: "pretty(x) makes text of any value")
            }
        }
        return blocks
    }

    /// A table's block.
    func table(_ table: Table) -> TableBlock {
        let shown = table.reported(rows: Self.mostRows, language: language)
        return TableBlock(shown.data, note: shown.note)
    }

    /// The table that a script's value stands for: a data.Table, or records, whose fields become columns sorted by name.
    func table(_ value: LuaValue, name: String) throws(Failure) -> TableBlock {
        if case .object(let object) = value {
            if let data = object.get(DataTable.self) { return table(data.table) }
            if let tensor = object.get(Tensor.self), tensor.rank == 2 {
                let columns = (0..<tensor.shape[1]).map { TableData.Column(String($0 + 1)) }
                let width = columns.count
                let values = try tensor.to(.float64).values(as: Double.self)
                let rows = (0..<tensor.shape[0]).map { row in
                    (0..<width).map { TableData.Cell.number(values[row * width + $0]) }
                }
                return TableBlock(TableData(columns: columns, rows: rows, hasRowHeadings: false))
            }
        }
        guard let records = try RecordList(value)?.records else {
            throw .argument(name, expected: "data.Table, tensor [n, d] or list of records", got: value.typeName)
        }
        let names = Set(records.flatMap { $0.fields.map(\.name) }).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        let rows = records.map { record in names.map { TableData.Cell(record[$0]) } }
        return TableBlock(
            TableData(columns: names.map { TableData.Column($0) }, rows: rows, hasRowHeadings: false))
    }
}

extension TableData.Cell {
    /// The cell that a field of a record is shown as.
    fileprivate init(_ value: LuaValue?) {
        switch value {
        case nil, .nil?: self = .missing
        case .boolean(let flag)?: self = .truth(flag)
        case .integer(let number)?: self = .integer(number)
        case .number(let number)?: self = .number(number)
        case .string(let bytes)?: self = .text(String(decoding: bytes, as: UTF8.self))
        case let other?: self = .text(other.typeName)
        }
    }
}

/// A block as scripts hold it.
struct ReportBlock {
    let block: Block
}

/// A document as scripts hold it.
struct ReportDocument {
    let document: Document
}
