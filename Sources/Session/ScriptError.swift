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

    /// Message and traceback as Lua's own interpreter prints them, without a final newline.
    public var report: String {
        guard !traceback.isEmpty else { return message }
        return message + "\nstack traceback:\n" + traceback.map { "\t" + $0 }.joined(separator: "\n")
    }
}
