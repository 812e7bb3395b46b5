import Support
import Testing

@testable import Tokenizers

/// One text without a blank is not read to its end in vain.
struct CancellationTests {
    @Test func patternsEndEarly() throws {
        let cancellation = Cancellation()
        let pattern = try #require(try? TextPattern(regex: Array(" {2,}".utf8)))
        let text = [UInt8](repeating: 0x20, count: 10) + [UInt8](repeating: 0x61, count: 100_000) + [0x20, 0x20]
        #expect(pattern.matches(in: text, cancellation).count == 2)
        cancellation.cancel()
        #expect(pattern.matches(in: text, cancellation).count == 1)
    }
}
