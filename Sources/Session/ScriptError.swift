/// An error of a script, as data.
public struct ScriptError: Error, Equatable, Sendable {
    /// What went wrong, beginning with the place: `report.lua:12: bad argument ...`.
    public let message: String
    /// The line of source it is about, if that is known.
    public let excerpt: SourceExcerpt?
    /// The calls that led there, the innermost first, without those of Cohort itself.
    public let traceback: [String]

    /// An error from its parts.
    public init(message: String, excerpt: SourceExcerpt? = nil, traceback: [String] = []) {
        self.message = message
        self.excerpt = excerpt
        self.traceback = traceback
    }

    /// The calls, unless they only repeat the place the message begins with.
    public var calls: [String] {
        guard let first = traceback.first, traceback.count > 1 || !message.hasPrefix(Self.place(of: first)) else {
            return []
        }
        return traceback
    }

    /// Message, source line and traceback without a final newline, as a script's error is printed.
    public func report(width: Int) -> String {
        let stack = calls.isEmpty ? nil : "stack traceback:\n" + calls.map { "\t" + $0 }.joined(separator: "\n")
        return [message, excerpt?.text(width: width), stack].compactMap { $0 }.joined(separator: "\n")
    }

    /// `report.lua:12:` of `report.lua:12: in main chunk`.
    private static func place(of frame: String) -> Substring {
        frame.firstRange(of: ": in ").map { frame[...$0.lowerBound] } ?? frame[...]
    }
}
