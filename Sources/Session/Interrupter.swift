import LuaKit
import Support

/// Stops what a session runs, from a signal handler on the session's thread.
public struct Interrupter: Sendable {
    private let cancellation: Cancellation

    init(_ lua: LuaState) {
        cancellation = lua.work.cancellation
    }

    /// Stops Lua code and native work that runs now.
    public func interrupt() {
        cancellation.cancel()
    }

    /// Forgets an interruption, before something new is run.
    func reset() {
        cancellation.reset()
    }
}
