import CLua
import Support

extension LuaState {
    /// Lets scripts and native values of the process hold `bytes` together. Beyond, scripts get an error that they can catch.
    public func limitTotalMemory(to bytes: Int) throws(Failure) {
        let message = "\(NativeMemory.limitMessage(bytes)) (\(NativeMemory.limitHint))"
        _ = try invoke(builtin: clua_set_memory_message, [.string(message)])
        let state = WeakState(self)
        NativeMemory.setLimit(
            bytes,
            held: { state.memory },
            collect: { state.collect() },
            stopping: cancellation)
        setTotalLimit { held in
            guard let limit = NativeMemory.limit else { return true }
            return held <= max(0, limit - NativeMemory.bytes)
        }
    }

    /// Takes from scripts what reaches out of the session: other programs, libraries, the debug library, the environment, and files outside
    /// the folders of `files`. Everything else, tests of memory and time included, stays as it is.
    public func enterSandbox(_ files: FileAccess) throws(Failure) {
        work.files = files
        _ = try invoke(builtin: clua_enter_sandbox, [])
    }
}

/// The state that counts and collects for the ledger, as long as it lives.
private final class WeakState: @unchecked Sendable {
    // Sendable by hand: what other threads do with it is to read one atomic number.
    private weak var state: LuaState?

    init(_ state: LuaState) { self.state = state }

    var memory: Int { state?.memory ?? 0 }

    func collect() {
        guard let state, state.isOnItsThread else { return }
        clua_collect(state.current)
    }
}
