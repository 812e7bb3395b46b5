import CLua
import Support

/// What Ctrl-C does while a state runs scripts.
public enum Interrupts {
    /// Who is at the keyboard.
    public enum Mode: Sendable {
        /// A prompt: Ctrl-C stops what runs and the prompt comes back, however often it is pressed. Where it cannot, the second tells
        /// that a third one ends the process.
        case prompt
        /// A script: the first Ctrl-C unwinds it; a second one within two seconds puts things in order and ends the process
        /// at once with code 130.
        case script
    }

    /// Makes SIGINT stop what `state` runs: Lua code, its coroutines, and native loops that poll the state's cancellation. One state
    /// at a time; until `release()` or the state's end.
    public static func watch(_ state: LuaState, mode: Mode) throws(Failure) {
        let problem = clua_catch_sigint(state.main, mode == .script, { SuddenExit.putInOrder() })
        guard problem == 0 else { throw .operation("Ctrl-C cannot be watched: \(systemError(problem))") }
    }

    /// Tells that somebody saw a Ctrl-C and acts on it.
    public static func notice() { clua_notice_interrupt() }

    /// Gives SIGINT its default back.
    public static func release() { _ = clua_catch_sigint(nil, false, nil) }
}

extension LuaState {
    /// Stops what runs at its next instruction or block of work. On the state's own thread, as from a native function; others send
    /// the process SIGINT.
    public func interrupt() {
        guard isOnItsThread else { return }
        work.cancellation.cancel()
        clua_interrupt(main)
    }
}
