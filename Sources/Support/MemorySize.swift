/// A number of bytes as people write it: `64M`, `4 GB`. Steps of 1024.
public struct MemorySize: Equatable, Sendable, CustomStringConvertible {
    /// The bytes.
    public let bytes: Int

    /// A size in bytes.
    public init(_ bytes: Int) { self.bytes = bytes }

    /// Reads digits, an optional fraction and an optional K, M, G or T, which a B or iB may follow. Nil for anything else, for nothing at
    /// all and for more than can be counted.
    public init?(_ text: String) {
        var number = text.uppercased()
        for ending in ["IB", "B"] where number.hasSuffix(ending) {
            number.removeLast(ending.count)
            break
        }
        var scale = 1.0
        if let letter = number.last, let step = Array("KMGT").firstIndex(of: letter) {
            number.removeLast()
            for _ in 0...step { scale *= 1024 }
        }
        while number.last == " " { number.removeLast() }
        guard number.first?.isNumber == true, number.allSatisfy({ $0.isASCII && ($0.isNumber || $0 == ".") }),
            let value = Double(number), let bytes = Int(exactly: (value * scale).rounded()), bytes > 0
        else { return nil }
        self.bytes = bytes
    }

    /// With one digit behind the point at most: "64 MB", "1.5 GB".
    public var description: String {
        var unit = 0
        var scale = 1
        let units = ["bytes", "KB", "MB", "GB", "TB"]
        while unit < units.count - 1, bytes / scale >= 1024 {
            unit += 1
            scale *= 1024
        }
        let tenths = Int((Double(bytes) / Double(scale) * 10).rounded())
        return "\(tenths / 10)\(tenths % 10 == 0 ? "" : ".\(tenths % 10)") \(units[unit])"
    }
}
