import CMarkdown
import Charts
import Glibc

/// Prose in Markdown (CommonMark with GitHub's tables, strikethrough and bare links), as cmark-gfm reads it.
///
/// Nothing in it can load anything or run: raw HTML is shown as the text it is, comments are left out, pictures from elsewhere become links,
/// and links other than to pages, mail and places in the document lose their target.
struct MarkdownText {
    /// A heading in the prose: its level as written.
    struct Heading: Equatable {
        let level: Int
        let text: String
    }

    private let source: String

    init(_ source: String) { self.source = source }

    /// The first line that is a heading of level 1 and stands before everything else, and the prose without it.
    var leadingTitle: (title: String, rest: String)? {
        withTree { tree in
            guard let first = cmark_node_first_child(tree), cmark_node_get_type(first) == CMARK_NODE_HEADING,
                cmark_node_get_heading_level(first) == 1
            else { return nil }
            let lines = source.split(separator: "\n", omittingEmptySubsequences: false)
            let end = Int(cmark_node_get_end_line(first))
            return (Self.plainText(first), lines.dropFirst(end).joined(separator: "\n"))
        }
    }

    /// The prose as HTML; `level` is asked for the level of each heading, given the level as written.
    func html(level: (Int) -> Int) -> String {
        withTree { tree in
            Self.disarm(tree, level: level)
            guard let rendered = cmark_render_html(tree, Int32(CMARK_OPT_DEFAULT), nil) else { return "" }
            defer { free(rendered) }
            return String(cString: rendered).replacing("<th", with: "<th scope=\"col\"")
                .replacing("<th scope=\"col\"ead", with: "<thead")
        }
    }

    /// The prose as Markdown, its headings at the levels that `level` gives.
    func markdown(level: (Int) -> Int) -> String {
        var levels: [Int: Int] = [:]
        withTree { tree in
            Self.forEach(tree) { node in
                guard cmark_node_get_type(node) == CMARK_NODE_HEADING else { return }
                levels[Int(cmark_node_get_start_line(node)) - 1] = level(Int(cmark_node_get_heading_level(node)))
            }
        }
        // Only the signs of headings change; the rest stays as its author wrote it.
        return source.split(separator: "\n", omittingEmptySubsequences: false).enumerated().map { index, line in
            let trimmed = line.drop { $0 == " " }
            guard let level = levels[index], trimmed.first == "#" else { return String(line) }
            return String(repeating: "#", count: level) + trimmed.drop { $0 == "#" }
        }.joined(separator: "\n")
    }

    /// The headings, in order.
    var headings: [Heading] {
        withTree { tree in
            var headings: [Heading] = []
            Self.forEach(tree) { node in
                guard cmark_node_get_type(node) == CMARK_NODE_HEADING else { return }
                headings.append(Heading(level: Int(cmark_node_get_heading_level(node)), text: Self.plainText(node)))
            }
            return headings
        }
    }

    private func withTree<Result>(_ body: (OpaquePointer) -> Result) -> Result {
        cmark_gfm_core_extensions_ensure_registered()
        let parser = cmark_parser_new(Int32(CMARK_OPT_DEFAULT | CMARK_OPT_VALIDATE_UTF8))
        defer { cmark_parser_free(parser) }
        for name in ["table", "strikethrough", "autolink"] {
            if let found = cmark_find_syntax_extension(name) { cmark_parser_attach_syntax_extension(parser, found) }
        }
        var text = source
        text.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) { cmark_parser_feed(parser, $0.baseAddress, $0.count) }
        }
        guard let tree = cmark_parser_finish(parser) else { return body(cmark_node_new(CMARK_NODE_DOCUMENT)) }
        defer { cmark_node_free(tree) }
        return body(tree)
    }

    private static func forEach(
        _ tree: OpaquePointer, _ body: (OpaquePointer) -> Void
    ) {
        guard let iterator = cmark_iter_new(tree) else { return }
        defer { cmark_iter_free(iterator) }
        while true {
            let event = cmark_iter_next(iterator)
            if event == CMARK_EVENT_DONE { return }
            if event == CMARK_EVENT_ENTER, let node = cmark_iter_get_node(iterator) { body(node) }
        }
    }

    private static func plainText(_ node: OpaquePointer) -> String {
        var text = ""
        forEach(node) { part in
            switch cmark_node_get_type(part) {
            case CMARK_NODE_TEXT, CMARK_NODE_CODE:
                text += cmark_node_get_literal(part).map { String(cString: $0) } ?? ""
            case CMARK_NODE_SOFTBREAK, CMARK_NODE_LINEBREAK: text += " "
            default: break
            }
        }
        return text
    }

    private static func disarm(_ tree: OpaquePointer, level: (Int) -> Int) {
        // The tree must not change under the iterator.
        var nodes: [OpaquePointer] = []
        forEach(tree) { nodes.append($0) }
        for node in nodes {
            switch cmark_node_get_type(node) {
            case CMARK_NODE_HEADING:
                cmark_node_set_heading_level(node, Int32(level(Int(cmark_node_get_heading_level(node)))))
            case CMARK_NODE_HTML_INLINE, CMARK_NODE_HTML_BLOCK: replaceMarkup(node)
            case CMARK_NODE_IMAGE: replaceImage(node)
            default: break
            }
        }
    }

    private static func replaceMarkup(_ node: OpaquePointer) {
        let literal = cmark_node_get_literal(node).map { String(cString: $0) } ?? ""
        if !literal.hasPrefix("<!--"), let text = cmark_node_new(CMARK_NODE_TEXT) {
            cmark_node_set_literal(text, literal)
            if cmark_node_get_type(node) == CMARK_NODE_HTML_BLOCK, let paragraph = cmark_node_new(CMARK_NODE_PARAGRAPH)
            {
                cmark_node_append_child(paragraph, text)
                cmark_node_insert_before(node, paragraph)
            } else {
                cmark_node_insert_before(node, text)
            }
        }
        cmark_node_unlink(node)
        cmark_node_free(node)
    }

    /// A picture that lies in the text stays; one from elsewhere would have to be fetched.
    private static func replaceImage(_ node: OpaquePointer) {
        let target = cmark_node_get_url(node).map { String(cString: $0) } ?? ""
        guard !target.lowercased().hasPrefix("data:image/"), let link = cmark_node_new(CMARK_NODE_LINK) else { return }
        cmark_node_set_url(link, target)
        cmark_node_insert_before(node, link)
        while let child = cmark_node_first_child(node) {
            cmark_node_unlink(child)
            cmark_node_append_child(link, child)
        }
        if cmark_node_first_child(link) == nil, let text = cmark_node_new(CMARK_NODE_TEXT) {
            cmark_node_set_literal(text, target)
            cmark_node_append_child(link, text)
        }
        cmark_node_unlink(node)
        cmark_node_free(node)
    }
}

/// Gives headings levels without gaps, below the title's; those that were asked for at one level stay on one.
struct HeadingLevels {
    private var open: [(wanted: Int, given: Int)] = []

    /// The level for a heading that was asked for at `wanted`, 1 being the highest below the title.
    mutating func next(_ wanted: Int) -> Int {
        while let last = open.last, last.wanted >= wanted { open.removeLast() }
        let given = min((open.last?.given ?? 1) + 1, 6)
        open.append((wanted, given))
        return given
    }
}
