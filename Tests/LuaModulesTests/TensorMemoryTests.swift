import LuaKit
import LuaModules
import Support
import Testing

struct TensorMemoryTests {
    /// In a process of its own: what is held is counted for all threads.
    @Test func tensorsInALoopAreCollectedInTime() async {
        await #expect(processExitsWith: .success) {
            let state = try LuaModules.makeState()
            try state.setGlobal("held", .native(Signature("held", "Bytes.") { _ in .integer(NativeMemory.bytes) }))
            let code = """
                local start, peak = held(), 0
                for i = 1, 2000 do
                    local t = tensor.zeros(512, 512)
                    peak = math.max(peak, held() - start)
                end
                return peak
                """
            let peak = try #require(Int(try shown(code, in: state)))
            #expect(peak >= 1 << 20)
            #expect(peak < 100 << 20)
        }
    }
}
