import LuaKit
import Support
import Synchronization
import Testing

/// An object that only these tests make, since others run beside them.
private final class Mortal: LuaVisible {
    static let live = Atomic<Int>(0)

    init() { Mortal.live.wrappingAdd(1, ordering: .relaxed) }

    deinit { Mortal.live.wrappingSubtract(1, ordering: .relaxed) }

    static let luaClass = LuaClass("mortal", for: Mortal.self, "Something whose lives are counted.")

    static func state() throws -> LuaState {
        let state = try bench()
        try state.setGlobal("mortal", .native(Signature("mortal", "Makes one.") { _ in .object(Mortal()) }))
        try state.setGlobal(
            "fail",
            .native(
                Signature("fail", "Fails while one is alive.") { _ throws(Failure) in
                    let alive = Mortal()
                    return try withExtendedLifetime(alive) { () throws(Failure) in throw .operation("no") }
                }))
        try state.setGlobal(
            "apply",
            .native(
                Signature("apply", "Calls f while one is alive.", parameters: [.required("f", .function, "called")]) {
                    call throws(Failure) in
                    let alive = Mortal()
                    defer { withExtendedLifetime(alive) {} }
                    return .values(try call.function("f").call())
                }))
        try state.setGlobal(
            "take",
            .native(
                Signature(
                    "take", "Makes one of an argument and calls f, if it is given, before it looks at the others.",
                    parameters: [
                        .required("x", .custom("mortal-like", expected: "anything") { _ in Mortal() }, "what"),
                        .optional("f", .function, "called"),
                    ],
                    options: [.optional("k", .integer, default: 1, "a number")]
                ) { call throws(Failure) in
                    if try call.has("f") { _ = try call.function("f").call() }
                    let alive: Mortal = try call.converted("x")
                    return withExtendedLifetime(alive) { .integer((try? call.integer("k")) ?? 0) }
                }))
        return state
    }
}

@Suite(.serialized) struct MemoryTests {
    @Test func aCallInsideAnotherLeavesItsArgumentsAlone() throws {
        do {
            let state = try Mortal.state()
            let inner = "function() assert(take(0, {k = 7}) == 7) pcall(take, 0, error) assert(take(0) == 1) end"
            #expect(try result("return take(1, \(inner), {k = 5})", in: state) == "5")
            // What arguments became goes with the call, not with the next one.
            #expect(Mortal.live.load(ordering: .relaxed) == 0)
        }
    }

    @Test func errorsThroughSwiftFramesReleaseEverything() throws {
        do {
            let state = try Mortal.state()
            let code = """
                local caught = 0
                for i = 1, 1000 do
                    local ok = pcall(apply, function() local m = mortal() fail() end)
                    if not ok then caught = caught + 1 end
                end
                return caught
                """
            #expect(try result(code, in: state) == "1000")
            // The 2,000 of the Swift frames are gone; those that scripts held wait for the collector.
            _ = try result("collectgarbage()", in: state)
            #expect(Mortal.live.load(ordering: .relaxed) == 0)
        }
    }

    /// In a process of its own: memory is counted for all of it, and other tests hold some for a while.
    @Test func nativeBytesAreChargedToTheCollector() async {
        await #expect(processExitsWith: .success) {
            let state = try bench()
            let code =
                "local peak = 0 for i = 1, 2000 do local m = toys.megabyte() peak = math.max(peak, held()) end return peak"
            try state.setGlobal(
                "held", .native(Signature("held", "Megabytes.") { _ in .integer(NativeMemory.bytes >> 20) }))
            let peak = try #require(Int(try result(code, in: state)))
            #expect((1..<100).contains(peak))
        }
    }

    @Test func objectsDieWithTheState() throws {
        do {
            let state = try Mortal.state()
            _ = try result("kept = {} for i = 1, 100 do kept[i] = mortal() end", in: state)
            #expect(Mortal.live.load(ordering: .relaxed) == 100)
        }
        #expect(Mortal.live.load(ordering: .relaxed) == 0)
    }

    @Test func memoryErrorsReleaseWhatWasPlanned() throws {
        let state = try Mortal.state()
        _ = try result("for i = 1, 3 do local m = mortal() end", in: state)
        // Room for a little more each time, so that the error strikes at one allocation after the other.
        var succeeded = false
        var failed = 0
        for room in 0..<2000 where !succeeded {
            state.memoryLimit = state.memory + room * 8
            let outcome = try result("local t = {} for i = 1, 30 do t[i] = mortal() end return #t", in: state)
            state.memoryLimit = nil
            succeeded = outcome == "30"
            failed += outcome.contains("not enough memory") ? 1 : 0
        }
        #expect(failed > 10)
        #expect(succeeded)
        _ = try result("collectgarbage() mortal()", in: state)
        _ = try result("collectgarbage()", in: state)
        #expect(Mortal.live.load(ordering: .relaxed) == 0)
    }
}
