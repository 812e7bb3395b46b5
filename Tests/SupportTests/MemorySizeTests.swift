import Support
import Testing

struct MemorySizeTests {
    @Test(arguments: [
        ("64M", 64 << 20), ("4G", 4 << 30), ("4gb", 4 << 30), ("1.5GiB", 3 << 29), ("100k", 100 << 10), ("12", 12),
        ("1T", 1 << 40),
    ]) func sizesAreRead(text: String, bytes: Int) { #expect(MemorySize(text)?.bytes == bytes) }

    @Test(arguments: ["", "G", "-1G", "1e9", "4X", "1..2M", "999999999999T", "0", ".5G", "１G"])
    func nonsenseIsRefused(text: String) { #expect(MemorySize(text) == nil) }

    @Test func sizesAreWritten() {
        #expect(MemorySize(64 << 20).description == "64 MB")
        #expect(MemorySize(3 << 29).description == "1.5 GB")
        #expect(MemorySize(10).description == "10 bytes")
    }
}
