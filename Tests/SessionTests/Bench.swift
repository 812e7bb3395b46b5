import Session
import Support

/// A session whose output is kept.
struct Bench {
    let session: Session
    private let paper: Paper

    private final class Paper: Sendable {
        let text = Locked("")
    }

    init(seed: Int = 0) throws {
        let paper = Paper()
        self.paper = paper
        session = try Session(
            Session.Configuration(
                seed: seed, threads: 1,
                output: { bytes in paper.text.withLock { $0 += String(decoding: bytes, as: UTF8.self) } }))
    }

    /// What `print` wrote.
    var printed: String { paper.text.withLock { $0 } }

    /// What the prompt shows for an entry: its values, or the message of its error.
    @discardableResult func show(_ entry: String, width: Int = 80) -> String {
        switch session.evaluate(entry, width: width) {
        case .done(let results): results.joined(separator: "\n")
        case .failed(let error): error.message
        case .interrupted: "interrupted"
        }
    }

    /// What the prompt shows for the last of some entries.
    @discardableResult func show(_ entries: [String]) -> String {
        var last = ""
        for entry in entries { last = show(entry) }
        return last
    }
}

/// What an expression shows.
func results(_ session: Session, _ entry: String, width: Int = 80) -> [String]? {
    guard case .done(let results) = session.evaluate(entry, width: width) else { return nil }
    return results
}

/// The error of an entry that has one.
func error(_ session: Session, _ entry: String) -> ScriptError? {
    guard case .failed(let error) = session.evaluate(entry, width: 80) else { return nil }
    return error
}
