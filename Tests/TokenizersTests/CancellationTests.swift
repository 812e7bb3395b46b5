import Glibc
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

    /// Marks without a letter between them are put in order however many they are: the most here in less than two tenths of a second, where a sort by
    /// insertion took minutes. By this thread's own time, since a clock on the wall counts the tests beside this one.
    @Test(arguments: [3, 40, 60_000])
    func marksAreOrdered(pairs: Int) {
        func marks(_ scalars: String, _ count: Int) -> [UInt8] {
            Array(repeatElement(Array(scalars.utf8), count: count).joined())
        }
        // Two marks above a letter stay as they are, one below comes before them.
        let bytes = Array("x".utf8) + marks("\u{301}\u{323}\u{308}", pairs)
        var text = bytes.withUnsafeBufferPointer { NormalizedText($0, base: 0) }
        let start = Self.threadSeconds
        text.normalize(.nfd)
        #expect(Self.threadSeconds - start < 5)
        #expect(text.bytes == Array("x".utf8) + marks("\u{323}", pairs) + marks("\u{301}\u{308}", pairs))
    }

    private static var threadSeconds: Double {
        var now = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now)
        return Double(now.tv_sec) + Double(now.tv_nsec) / 1e9
    }

    @Test func decodingEndsEarly() throws {
        let cancellation = Cancellation()
        let before = Cancellation.replacePresent(with: cancellation)
        defer { Cancellation.replacePresent(with: before) }
        let tokenizer = try Tokenizer(file: Vectors.path("wordpiece-tokenizer.json"))
        #expect(try tokenizer.decode([7592, 2088]) == Array("hello world".utf8))
        cancellation.cancel()
        #expect(throws: Failure.cancelled) { try tokenizer.decode([7592, 2088]) }
    }
}
