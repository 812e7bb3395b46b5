import Glibc
import LuaKit
import Support

/// Commands about the session itself.
extension SessionCommand {
    static let help = SessionCommand(".help", "", "lists these commands; a lone dot does, too") {
        (_, _, width) throws(Failure) in
        .done(results: [list(width: width)])
    }

    static let last = SessionCommand(".last", "", "shows the last result whole, through a pager") {
        (session, _, width) throws(Failure) in
        let text = try session.lastResult(width: width)
        guard !text.isEmpty else { throw .operation("there is no result yet") }
        guard let host = session.host else { return .done(results: [text]) }
        host.page(text)
        return .done(results: [])
    }

    static let trace = SessionCommand(".trace", "", "shows every call that led to the last error") {
        (session, _, _) throws(Failure) in
        guard let trace = session.lastTraceback else { throw .operation("there was no error yet") }
        return .done(results: [trace])
    }

    static let timing = SessionCommand(".timing", "[on|off]", "says how long each entry took") {
        (session, argument, _) throws(Failure) in
        switch argument {
        case "on": session.isTiming = true
        case "off": session.isTiming = false
        case "": break
        default: throw .operation(".timing: on or off expected, got '\(argument)'")
        }
        return .done(results: ["timing is \(session.isTiming ? "on" : "off")"])
    }

    static let memory = SessionCommand(".memory", "", "says how much memory Lua, tensors and tables take") {
        (session, _, _) throws(Failure) in
        let native = max(0, NativeMemory.bytes)
        return .done(results: [
            """
            Lua                 \(Quantity.bytes(session.lua.memory))
            tensors and tables  \(Quantity.bytes(native))
            the whole process   \(Quantity.bytes(residentBytes()))
            """
        ])
    }

    static let reload = SessionCommand(".reload", "", "loads required modules anew whose files have changed") {
        (session, _, _) throws(Failure) in
        let names = try session.lua.reloadChangedModules()
        return .done(results: [
            names.isEmpty ? "no module has changed" : "loaded anew: \(names.joined(separator: ", "))"
        ])
    }

    static let reset = SessionCommand(".reset", "", "begins anew: what was assigned is gone, init.lua runs again") {
        (session, _, _) throws(Failure) in
        try session.reset()
        session.host?.begin()
        return .done(results: ["a new session"])
    }

    static let version = SessionCommand(".version", "", "says which versions of Cohort and Lua these are") {
        (session, _, _) throws(Failure) in
        .done(results: ["Cohort \(cohortVersion), \(session.lua.version)"])
    }

    /// What the process holds in memory.
    private static func residentBytes() -> Int {
        guard let text = try? FileSystem.text(of: "/proc/self/statm"),
            let pages = text.split(separator: " ").dropFirst().first
        else { return 0 }
        return (Int(pages) ?? 0) * sysconf(Int32(_SC_PAGESIZE))
    }
}
