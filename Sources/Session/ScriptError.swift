/// An error of a script, as data.
public struct ScriptError: Error, Equatable, Sendable {
    /// What went wrong, beginning with the place: `report.lua:12: bad argument ...`.
    public let message: String
    /// The calls that led there, the innermost first, without those of Cohort itself.
    public let traceback: [String]

    /// An error from its parts.
    public init(message: String, traceback: [String] = []) {
        self.message = message
        self.traceback = traceback
    }

    /// Message and traceback as Lua's own interpreter prints them, without a final newline. A traceback that only repeats the place
    /// the message begins with is left out.
    public var report: String {
        guard let first = traceback.first, traceback.count > 1 || !message.hasPrefix(Self.place(of: first)) else {
            return message
        }
        return message + "\nstack traceback:\n" + traceback.map { "\t" + $0 }.joined(separator: "\n")
    }

    /// `report.lua:12:` of `report.lua:12: in main chunk`.
    private static func place(of frame: String) -> Substring {
        frame.firstRange(of: ": in ").map { frame[...$0.lowerBound] } ?? frame[...]
    }
}
