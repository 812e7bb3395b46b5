import Charts
import Support

/// A report: a title and blocks, from top to bottom. Written as HTML, Markdown or JSON; the same document always gives the same bytes.
public struct Document: Equatable, Sendable {
    /// The title; a standing word if empty.
    public var title: String
    /// A line below it.
    public var subtitle: String
    /// The language of fixed words, and what the page declares.
    public var language: Language
    /// What it says.
    public var blocks: [Block]

    /// A document.
    public init(title: String, subtitle: String = "", language: Language = .english, blocks: [Block] = []) {
        self.title = title
        self.subtitle = subtitle
        self.language = language
        self.blocks = blocks
    }

    /// The forms a document is written in.
    public enum Form: String, Sendable, CaseIterable {
        case html, markdown, json

        /// The form for a file, by the end of its name; nil for another.
        public init?(path: String) {
            let name = path.lowercased()
            switch name {
            case _ where name.hasSuffix(".html") || name.hasSuffix(".htm"): self = .html
            case _ where name.hasSuffix(".md") || name.hasSuffix(".markdown"): self = .markdown
            case _ where name.hasSuffix(".json"): self = .json
            default: return nil
            }
        }
    }

    /// The document as bytes.
    public func encoded(_ form: Form) throws(Failure) -> [UInt8] {
        switch form {
        case .html: Array(html().utf8)
        case .markdown: Array(markdown().utf8)
        case .json: try json().encoded(.pretty) + [UInt8(ascii: "\n")]
        }
    }

    /// Writes the document to a file, whole or not at all, in the form that the end of its name says.
    public func write(to path: String, cancellation: Cancellation? = nil) throws(Failure) {
        guard let form = Form(path: path) else {
            throw .argument("path", expected: "a file ending in .html, .md or .json", got: "'\(path)'")
        }
        var file = try AtomicFile(path, cancellation: cancellation)
        try file.write(try encoded(form))
        try file.commit()
    }

    /// The heading of level 1 that prose begins with, and the prose without it; nil if it begins otherwise.
    public static func leadingTitle(of prose: String) -> (title: String, rest: String)? {
        MarkdownText(prose).leadingTitle
    }

    /// What heads the document.
    var heading: String { title.isEmpty ? Wording(language).report : title }
}
