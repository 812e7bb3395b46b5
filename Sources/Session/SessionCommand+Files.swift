import Glibc
import LuaKit
import Support

/// Commands that read and write files, or run programs.
extension SessionCommand {
    static let save = SessionCommand(".save", "FILE", "writes the entries that worked as a script", reachesOut: true) {
        (session, argument, _) throws(Failure) in
        let path = try path(argument, of: ".save")
        guard !session.worked.isEmpty else { throw .operation("nothing worked yet that could be saved") }
        try refuseToReplace(path)
        let script = SavedScript(session.worked)
        let text = script.text { session.lua.syntaxError(in: $0) == nil }
        var file = try AtomicFile(path)
        try file.write(text)
        try file.commit()
        if let problem = session.lua.syntaxError(in: text, name: "@" + path)?.message {
            session.notes.append("the entries do not make up one script as they stand: \(problem)")
        }
        let count = session.worked.count
        return .done(results: ["\(count) \(count == 1 ? "entry" : "entries") in \(path)"])
    }

    static let load = SessionCommand(
        ".load", "FILE", "runs a script as if it were typed here: locals stay", reachesOut: true
    ) { (session, argument, width) throws(Failure) in
        let path = try path(argument, of: ".load")
        let source = Session.withoutHeading(try SourceFile.content(of: path, isInterrupted: session.takeInterrupt))
        return session.enter(source, name: "@" + path, width: width)
    }

    static let edit = SessionCommand(
        ".edit", "[FILE]", "runs what $EDITOR makes of the last entry, or of FILE", reachesOut: true
    ) { (session, argument, width) throws(Failure) in
        guard let host = session.host else { throw .operation(".edit needs a terminal") }
        let isScratch = argument.isEmpty
        let file = isScratch ? try scratchFile(session.lastEntry ?? "") : try path(argument, of: ".edit")
        defer { if isScratch { unlink(file) } }
        let before = FileStamp(file)
        // The shell reads the editor's name, as it does for git: it may be `code --wait`.
        let editor = Folders.variable("VISUAL") ?? Folders.variable("EDITOR") ?? "vi"
        let status = host.runShell("\(editor) '\(file.replacing("'", with: "'\\''"))'")
        guard status == 0 else {
            throw .operation(
                "the editor ended with status \(status)",
                hint: status == 127 ? "$EDITOR names the program to edit with" : nil)
        }
        let after = FileStamp(file)
        guard after != before, after != nil else { return .done(results: ["nothing was saved, nothing is run"]) }
        guard isScratch else {
            return session.enter(
                Session.withoutHeading(try FileSystem.content(of: file)), name: "@" + file, width: width)
        }
        let entry = try FileSystem.text(of: file).trimmed
        guard !entry.isEmpty else { return .done(results: []) }
        host.remember(entry)
        return session.evaluate(entry, width: width)
    }

    static let log = SessionCommand(
        ".log", "[FILE|off]", "writes entries and what they show to FILE from now on", reachesOut: true
    ) { (session, argument, _) throws(Failure) in
        if argument.isEmpty {
            return .done(results: [session.transcript.path.map { "logging to \($0)" } ?? "logging is off"])
        }
        if argument == "off" {
            session.transcript.stop()
            return .done(results: ["logging is off"])
        }
        let path = try path(argument, of: ".log")
        try session.transcript.start(path)
        return .done(results: ["logging to \(path)"])
    }

    static let shell = SessionCommand("!", "COMMAND", "runs a command of the shell", reachesOut: true) {
        (session, argument, _) throws(Failure) in
        guard let host = session.host else { throw .operation("! needs a terminal") }
        guard !argument.isEmpty else { throw .operation("a command of the shell is expected behind !") }
        let status = host.runShell(argument)
        // What ended by a signal says so with its name, as shells do.
        if status > 128, status < 128 + 65 {
            throw .operation("ended by signal \(status - 128) (\(signalName(status - 128)))")
        }
        if status != 0 { throw .operation("exit status \(status)") }
        return .done(results: [])
    }

    private static func signalName(_ signal: Int32) -> String {
        strsignal(signal).map { String(cString: $0) } ?? "unknown"
    }

    /// The path behind a command, with or without quotation marks; `~/` is the home folder.
    private static func path(_ argument: String, of command: String) throws(Failure) -> String {
        var path = argument
        for mark in ["\"", "'"] where path.count > 1 && path.hasPrefix(mark) && path.hasSuffix(mark) {
            path = String(path.dropFirst().dropLast())
        }
        guard !path.isEmpty else { throw .operation("\(command): the name of a file is expected") }
        guard !path.utf8.contains(0) else { throw .operation("\(command): a name with a NUL byte is no file's") }
        return Folders.expanded(path)
    }

    /// A script that somebody wrote is not lost to a slip of the finger; one that was saved before makes way.
    private static func refuseToReplace(_ path: String) throws(Failure) {
        guard FileSystem.isFile(path), let content = try? FileSystem.content(of: path), !content.isEmpty,
            !content.starts(with: Array(SavedScript.heading.utf8))
        else { return }
        throw .file(path, "is there already and was not written by .save", hint: "choose another name or remove it")
    }

    private static func scratchFile(_ text: String) throws(Failure) -> String {
        let folder = Folders.variable("TMPDIR") ?? "/tmp"
        var template = Array("\(folder)/cohort-XXXXXX.lua".utf8CString)
        let descriptor = mkstemps(&template, 4)
        guard descriptor >= 0 else { throw .file(folder, "no file can be made in it: \(systemError())") }
        defer { close(descriptor) }
        let path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        // Private, as mkstemps makes it: what somebody analyses is nobody else's business.
        var rest = text.isEmpty ? [] : Array((text + "\n").utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { throw .file(path, "cannot be written: \(systemError())") }
            rest = rest.dropFirst(count)
        }
        return path
    }
}
