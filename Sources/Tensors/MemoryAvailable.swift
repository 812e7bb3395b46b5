import Glibc

/// How much memory the machine can still give.
enum MemoryAvailable {
    /// Bytes that can be had without pushing others out (`MemAvailable` of /proc/meminfo), nil where the system does not say.
    static func bytes() -> Int? {
        let descriptor = open("/proc/meminfo", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        let text = [UInt8](unsafeUninitializedCapacity: 512) { buffer, count in
            count = max(0, read(descriptor, buffer.baseAddress, 512))
        }
        for line in text.split(separator: UInt8(ascii: "\n")) where line.starts(with: "MemAvailable:".utf8) {
            let digits = line.filter { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            return Int(String(decoding: digits, as: UTF8.self)).map { $0 * 1024 }
        }
        return nil
    }

    /// A size for a person: "1.5 GB".
    static func words(_ bytes: Int) -> String {
        let tenths = bytes / 100_000_000
        return tenths > 0 ? "\(tenths / 10).\(tenths % 10) GB" : "\(max(1, bytes / 1_000_000)) MB"
    }
}
