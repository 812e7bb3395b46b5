import Foundation
import LuaKit
import Support
import Testing

struct InterruptTests {
    /// A state with `stop()`, which does what Ctrl-C does.
    private func stoppable() throws -> LuaState {
        let state = try bench()
        try state.setGlobal(
            "stop",
            .native(
                Signature("stop", "Stops.") { call throws(Failure) in
                    call.state.interrupt()
                    return .nothing
                }))
        return state
    }

    @Test(arguments: [
        "stop() reached = true",
        "pcall(function() stop() while true do end end) reached = true",
        "while true do pcall(stop) end",
        "xpcall(function() stop() while true do end end, function() while true do end end) reached = true",
        "local co = coroutine.wrap(function() stop() while true do end end) co() reached = true",
        "local co = coroutine.create(function() stop() while true do end end) coroutine.resume(co) reached = true",
        """
        local co = coroutine.wrap(function() pcall(coroutine.yield) while true do end end)
        co() stop() co() reached = true
        """,
        "local t <close> = setmetatable({}, {__close = function() while true do end end}) stop() reached = true",
        "toys.apply(function() stop() while true do end end) reached = true",
        "pcall(toys.apply, function() stop() while true do end end) reached = true",
        "table.sort({3, 2, 1}, function(a, b) stop() return a < b end) reached = true",
        "load(function() stop() return nil end) while true do end",
    ])
    func nothingCatchesIt(code: String) throws {
        let state = try stoppable()
        #expect(try result(code, in: state) == "interrupted")
        #expect(try result("return reached", in: state) == "nil")
        #expect(try result("local n = 0 for i = 1, 1e5 do n = n + 1 end return n", in: state) == "100000")
        #expect(try result("return coroutine.wrap(function() return 5 end)()", in: state) == "5")
    }

    @Test func closeHandlersRun() throws {
        let state = try stoppable()
        let code = """
            closed = 0
            local function guard() return setmetatable({}, {__close = function() closed = closed + 1 end}) end
            local outer <close> = guard()
            pcall(function() local inner <close> = guard() stop() while true do end end)
            """
        #expect(try result(code, in: state) == "interrupted")
        #expect(try result("return closed", in: state) == "2")
    }

    @Test func nativeFailureByCancellationCannotBeCaught() throws {
        let state = try bench()
        try state.setGlobal("work", .native(Signature("work", "Stops.") { _ throws(Failure) in throw .cancelled }))
        state.work = Work(threads: 1)
        #expect(try result("pcall(work) while true do end", in: state) == "interrupted")
    }

    @Test func signalReachesTheRunningCoroutine() throws {
        let outcome = onItsOwnThread {
            let state = try bench()
            try Interrupts.watch(state, mode: .prompt)
            defer { Interrupts.release() }
            DispatchQueue.global().asyncAfter(deadline: .now() + 0.2) { kill(getpid(), SIGINT) }
            return try result(
                "local co = coroutine.wrap(function() while true do pcall(function() end) end end) co()", in: state)
        }
        #expect(outcome == "interrupted")
    }

    @Test func coroutinesBehaveAsEver() throws {
        #expect(
            try result(
                "local co = coroutine.create(function(a) local b = coroutine.yield(a + 1) error('x' .. b) end) "
                    + "local _, x = coroutine.resume(co, 1) local ok, e = coroutine.resume(co, 2) return x, ok, e, coroutine.status(co)"
            )
                == "2 false test.lua:1: x2 dead")
        #expect(
            try result(
                "local co = coroutine.create(function() coroutine.yield() end) coroutine.resume(co) return coroutine.close(co)"
            ) == "true")
        #expect(try result("return coroutine.resume(coroutine.create(function() return 1, 2 end))") == "true 1 2")
        #expect(try result("return pcall(coroutine.wrap(function() error({}) end))") == "false {}")
        #expect(try result("return coroutine.close(coroutine.running())").contains("running coroutine"))
        #expect(try result("return coroutine.wrap(function() return pcall(coroutine.yield, 7) end)()") == "7")
        #expect(
            try result(
                "local w = coroutine.wrap(function() return pcall(function() return coroutine.yield(1) end) end) w() return w(9)"
            )
                == "true 9")
        #expect(try result("return xpcall(function(...) return select('#', ...) end, print, 1, nil)") == "true 2")
        #expect(try result("return xpcall(error, function(m) return m .. '!' end, 'a')") == "false a!")
    }
}

private func onItsOwnThread(_ body: @escaping @Sendable () throws -> String) -> String {
    let box = ResultBox()
    let done = DispatchSemaphore(value: 0)
    let thread = Thread {
        box.text = (try? body()) ?? "threw"
        done.signal()
    }
    thread.start()
    done.wait()
    return box.text
}

/// Written by one thread before, read by another after a semaphore.
private final class ResultBox: @unchecked Sendable {
    var text = ""
}
