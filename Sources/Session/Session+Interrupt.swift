import Glibc
import LuaKit
import Support

extension Session {
    /// Makes Ctrl-C stop what the session runs. With `leavesAtSecond`, as a script wants it, a second one within two seconds removes
    /// unfinished files and ends the process at once with code 130. One session at a time, which must stay alive.
    public func watchInterrupts(leavesAtSecond: Bool) throws(Failure) {
        var present = sigaction()
        sigaction(SIGINT, nil, &present)
        // Whoever started the process in the background decided that Ctrl-C is not meant for it.
        if unsafeBitCast(present.__sigaction_handler.sa_handler, to: Int.self) == 1 { return }
        let mode = leavesAtSecond ? Interrupts.Mode.script : .prompt
        try Interrupts.watch(lua, mode: mode)
        watchesInterrupts = mode
    }

    /// Whether Ctrl-C came since something was last run or this was last asked.
    public func takeInterrupt() -> Bool {
        guard lua.cancellation.isInterrupted else { return false }
        lua.cancellation.reset()
        Interrupts.notice()
        return true
    }
}
