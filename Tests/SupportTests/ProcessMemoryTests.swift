import Glibc
import Testing

@testable import Support

@Suite struct ProcessMemoryTests {
    // In a process of its own: faults are counted for all threads.
    @Test func `What is freed is taken again without the system clearing it anew`() async {
        await #expect(processExitsWith: .success) {
            // A sanitizer has an allocator of its own.
            guard ProcessMemory.reserved != nil else { return }
            ProcessMemory.keepFreed()
            func faults() -> Int {
                var usage = rusage()
                getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
                return usage.ru_minflt
            }
            func step() throws {
                let blocks = (0..<20).map { _ in LargePages.allocate(3 << 19) }
                for block in blocks {
                    memset(try #require(block), 1, 3 << 19)
                    free(block)
                }
            }
            try step()
            let before = faults()
            for _ in 0..<10 { try step() }
            // 7,680 pages at every step.
            #expect(faults() - before < 7680)
        }
    }
}
