import LuaKit
import Support

/// What ran when an error came.
struct ErrorSource {
    /// What messages call it.
    let name: String
    /// Whether it is an entry of the prompt, which may be an expression.
    let isEntry: Bool
}

extension Session {
    /// The reply to what did not end well.
    func reply(to outcome: Outcome, of source: ErrorSource) -> Reply {
        switch outcome {
        case .values:
            return .done(results: [])
        case .interrupted:
            return .interrupted
        case .syntaxError(let message, _):
            let place = SourcePlace(startOf: message)
            return .failed(error(message, at: place, isSyntax: true, source, frames: []))
        case .failure(let message, let traceback):
            let frames = Self.frames(of: traceback ?? "", source)
            lastTraceback = Self.shown(message + "\n" + (traceback ?? ""), source)
            let place = SourcePlace(startOf: message) ?? frames.first.flatMap { SourcePlace(startOf: $0) }
            return .failed(error(message, at: place, isSyntax: false, source, frames: frames))
        }
    }

    private func error(
        _ message: String, at place: SourcePlace?, isSyntax: Bool, _ source: ErrorSource, frames: [String]
    ) -> ScriptError {
        var excerpt: SourceExcerpt?
        let text = place.flatMap { sources.source($0.name, among: lua.loadedFiles, lua.work.files) }
        if let place, let text {
            let extent = isSyntax ? lua.syntaxExtent(of: text, isEntry: source.isEntry) : nil
            excerpt = ErrorPlace(message: message, source: text, line: place.line, extent: extent).excerpt
        }
        let hint =
            isSyntax ? habit(for: message, in: text, place) : suggestion(for: message, in: text, line: place?.line)
        return ScriptError(
            message: Self.shown(message, source) + (hint.map { " (\($0))" } ?? ""), excerpt: excerpt,
            traceback: frames.map { Self.shown($0, source) })
    }

    /// What Lua writes for what somebody typed in another language, unless the message says already what to write.
    private func habit(for message: String, in text: [UInt8]?, _ place: SourcePlace?) -> String? {
        guard let text, let place, !message.hasSuffix(")") else { return nil }
        return ForeignHabit(text, line: place.line).hint
    }

    /// Text for the user's terminal, which it may not command. The entry that was just typed needs no number.
    private static func shown(_ text: String, _ source: ErrorSource) -> String {
        let text = DisplayWidth.harmless(text)
        return source.isEntry && source.name.hasPrefix("prompt[")
            ? text.replacing(source.name + ":", with: "prompt:") : text
    }

    /// The frames of Lua's traceback that are the user's. Those of C functions and the notes on tail calls say nothing that helps.
    private static func frames(of traceback: String, _ source: ErrorSource) -> [String] {
        let lines = traceback.split(separator: "\n").map { $0.drop { $0 == "\t" || $0 == " " } }
        let heading = lines.lastIndex(of: "stack traceback:")
        let all = heading.map { lines[($0 + 1)...] } ?? []
        var frames = all.filter { !$0.hasPrefix("[C]:") && $0 != "(...tail calls...)" }.map(String.init)
        // An entry that shares local variables with others is a function, which is nothing that its author wrote.
        if source.isEntry, let last = frames.last, let range = last.firstRange(of: ": in function <\(source.name):1>") {
            frames[frames.count - 1] = last[..<range.lowerBound] + ": in main chunk"
        }
        return collapsed(frames)
    }

    /// The frames of a recursion as one.
    private static func collapsed(_ frames: [String]) -> [String] {
        var result: [String] = []
        var index = 0
        while index < frames.count {
            let same = frames[index...].prefix { $0 == frames[index] }.count
            let frame = frames[index].replacing("...\t", with: "... ")
            result += same > 2 ? ["\(frame) (\(same) times)"] : Array(repeating: frame, count: same)
            index += same
        }
        return result
    }
}
