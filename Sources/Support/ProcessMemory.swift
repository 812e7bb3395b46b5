import CSystem
import Glibc

/// What the system says of this process's memory.
public enum ProcessMemory {
    /// Bytes that lie in memory and in no file: what is computed with. What is mapped from files, programs and libraries too, is not among
    /// them: the system takes its pages back whenever it needs them. Nil where the system does not say.
    public static var anonymous: Int? { pages().map { ($0.resident - $0.shared) * pageSize } }

    /// Bytes that are reserved to be written, touched or not: what the resource limit `RLIMIT_DATA` is compared with. Nil where the system
    /// does not say, or a sanitizer has laid out terabytes.
    public static var reserved: Int? {
        guard let bytes = pages().map({ $0.data * pageSize }), bytes < 1 << 40 else { return nil }
        return bytes
    }

    /// Keeps some of the memory that is freed for what is asked for next. Training frees after each step what the next one takes: to have it cleared
    /// by the system every time took a tenth of a step (multilingual-e5-small, 16 reviews).
    public static func keepFreed() { csystem_keep_memory(256 << 20) }

    private static let pageSize = sysconf(Int32(_SC_PAGESIZE))

    /// The fields of /proc/self/statm. Takes no memory itself, since it is asked where there may be none.
    private static func pages() -> (resident: Int, shared: Int, data: Int)? {
        let descriptor = open("/proc/self/statm", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 256) { buffer in
            let count = read(descriptor, buffer.baseAddress, buffer.count)
            guard count > 0 else { return nil }
            // Size, resident, shared, text, libraries, data.
            var fields = (0, 0, 0, 0, 0, 0)
            var index = 0
            withUnsafeMutableBytes(of: &fields) { bytes in
                let numbers = bytes.bindMemory(to: Int.self)
                for byte in buffer[..<count] where index < numbers.count {
                    if byte == UInt8(ascii: " ") {
                        index += 1
                    } else if byte >= 48, byte <= 57 {
                        numbers[index] = numbers[index] &* 10 &+ Int(byte - 48)
                    }
                }
            }
            return index >= 5 ? (fields.1, fields.2, fields.5) : nil
        }
    }
}
