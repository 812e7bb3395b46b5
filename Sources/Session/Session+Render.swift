import Charts
import LuaModules
import Reports
import Support

/// What came of rendering a literate analysis.
public struct Rendering: Sendable {
    /// The report, up to the cell that failed if one did.
    public let document: Document
    /// How the cells ended.
    public let reply: Reply
}

extension Session {
    /// Runs the cells of a literate analysis one after the other and assembles the report: text, code, what it printed and its last values.
    /// The cell that fails is the last one; its error stands in the report.
    ///
    /// - Parameters:
    ///   - name: what errors call the script.
    ///   - title: what heads the report; nil takes the heading the script begins with, or else `name`.
    ///   - hidesCode: whether the code is folded away.
    ///   - takeOutput: hands over what was printed since it was last asked.
    public func render(
        _ source: [UInt8], name: String, title: String? = nil, language: Language = .english, hidesCode: Bool = false,
        takeOutput: @escaping () -> [UInt8]
    ) -> Rendering {
        let script = LiterateScript(String(decoding: Self.withoutMark(source), as: UTF8.self))
        var cells = script.cells[...]
        var heading = title
        var document = Document(title: name, language: language)
        if case .text(let prose)? = cells.first, let leading = Document.leadingTitle(of: prose), title == nil {
            heading = leading.title
            cells.removeFirst()
            if leading.rest.contains(where: { !$0.isWhitespace }) { document.blocks.append(.text(leading.rest)) }
        }
        document.title = heading ?? name
        // What is shown while a cell runs stands between what it prints before and after.
        let shown = Shown(takeOutput)
        let content = ReportContent(language)
        lua.showsObject = { object in content.blocks(of: object).map(shown.add) != nil }
        defer { lua.showsObject = nil }
        for cell in cells {
            switch cell {
            case .text(let prose): document.blocks.append(.text(prose))
            case .code(let code, let line):
                let block = Block.code(code, language: "lua")
                document.blocks.append(hidesCode ? .details(summary: Wording(language).code, [block]) : block)
                let reply = run(cell: code, line: line, name: name)
                document.blocks += shown.take()
                guard case .done(let texts) = reply else {
                    if case .failed(let error) = reply { document.blocks.append(Self.failure(error, language)) }
                    return Rendering(document: document, reply: reply)
                }
                document.blocks += blocks(texts, language)
            }
        }
        return Rendering(document: document, reply: .done(results: []))
    }

    private func run(cell code: String, line: Int, name: String) -> Reply {
        // Blank lines before it let errors say the lines of the file.
        let source = Array(repeating: UInt8(ascii: "\n"), count: line - 1) + Array(code.utf8)
        return enter(source, name: "@" + name, width: 100)
    }

    /// The values of the last entry as a report shows them; `texts` is how the prompt would.
    private func blocks(_ texts: [String], _ language: Language) -> [Block] {
        guard !texts.isEmpty else { return [] }
        let objects = lua.lastObjects()
        let content = ReportContent(language)
        return texts.enumerated().flatMap { index, text -> [Block] in
            let object = index < objects.count ? objects[index] : nil
            return object.flatMap { content.blocks(of: $0) } ?? [.output(text)]
        }
    }

    private static func failure(_ error: ScriptError, _ language: Language) -> Block {
        let words = Wording(language)
        let fence = "```````"
        return .callout(
            Callout(
                .bad, title: words.failed, text: "\(fence)\n\(error.report(width: 100))\n\(fence)\n\n\(words.stopped)"))
    }

    private static func withoutMark(_ source: [UInt8]) -> ArraySlice<UInt8> {
        source.starts(with: [0xEF, 0xBB, 0xBF]) ? source.dropFirst(3) : source[...]
    }
}

/// What a cell printed and showed, in order.
private final class Shown {
    private let takeOutput: () -> [UInt8]
    private var blocks: [Block] = []

    init(_ takeOutput: @escaping () -> [UInt8]) { self.takeOutput = takeOutput }

    func add(_ more: [Block]) {
        takePrinted()
        blocks += more
    }

    func take() -> [Block] {
        takePrinted()
        defer { blocks = [] }
        return blocks
    }

    private func takePrinted() {
        let printed = String(decoding: takeOutput(), as: UTF8.self)
        guard !printed.isEmpty else { return }
        blocks.append(.output(printed.hasSuffix("\n") ? String(printed.dropLast()) : printed))
    }
}
