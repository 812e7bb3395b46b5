import LuaKit
import Support
import Synchronization
import Testing

@Suite(.serialized) struct MemoryTests {
    @Test func errorsThroughSwiftFramesReleaseEverything() throws {
        let before = Counted.live.load(ordering: .relaxed)
        do {
            let state = try bench()
            let code = """
                local caught = 0
                for i = 1, 1000 do
                    local ok = pcall(toys.apply, function() toys.fail() end)
                    if not ok then caught = caught + 1 end
                end
                return caught
                """
            #expect(try result(code, in: state) == "1000")
            #expect(Counted.live.load(ordering: .relaxed) == before)
        }
    }

    @Test func nativeBytesAreChargedToTheCollector() throws {
        let state = try bench()
        let before = NativeMemory.bytes
        let code =
            "local peak = 0 for i = 1, 2000 do local m = toys.megabyte() peak = math.max(peak, held()) end return peak"
        try state.setGlobal(
            "held", .native(Signature("held", "Megabytes.") { _ in .integer(NativeMemory.bytes >> 20) }))
        let peak = try #require(Int(try result(code, in: state)))
        #expect(peak - before >> 20 < 100)
        #expect(peak - before >> 20 >= 1)
    }

    @Test func objectsDieWithTheState() throws {
        let before = Counted.live.load(ordering: .relaxed)
        do {
            let state = try bench()
            _ = try result("kept = {} for i = 1, 100 do kept[i] = toys.counted(i) end", in: state)
            #expect(Counted.live.load(ordering: .relaxed) == before + 100)
        }
        #expect(Counted.live.load(ordering: .relaxed) == before)
    }
}
