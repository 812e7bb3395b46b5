import Support

/// How far long work is, as one line: `encode  [######----]  60%  600/1,000 texts  212/s  0:02 left`.
struct ProgressLine {
    let label: String
    let done: Int
    let total: Int
    let unit: String
    /// Seconds since the work began.
    let elapsed: Double

    /// The line in at most `width` columns; what matters least goes first.
    func text(width: Int) -> String {
        let speed = [rate, timeLeft].compactMap { $0 }.joined(separator: "  ")
        // Where the end is not known, the time that went by says that something happens.
        let time = total > 0 ? "" : Self.clock(Int(elapsed))
        let full = [label, bar(20), percent, numbers, speed, time]
        let shorter = [label, bar(10), percent, timeLeft ?? "", time]
        let shortest = [label, percent, time]
        for parts in [full, shorter, shortest] {
            let line = parts.filter { !$0.isEmpty }.joined(separator: "  ")
            if DisplayWidth.of(line) <= width { return line }
        }
        return DisplayWidth.cut(percent.isEmpty ? label : percent, to: max(4, width))
    }

    /// What and how far, for where other work is a part of it.
    var brief: String {
        let part = total > 0 ? "\(Self.grouped(done))/\(Self.grouped(total))" : done > 0 ? Self.grouped(done) : ""
        return part.isEmpty ? label : "\(label) \(part)"
    }

    private var numbers: String {
        // What has no unit is not counted.
        if unit.isEmpty { return "" }
        if unit == "bytes" {
            return total > 0 ? "\(Self.bytes(done))/\(Self.bytes(total))" : Self.bytes(done)
        }
        return (total > 0 ? "\(Self.grouped(done))/\(Self.grouped(total)) " : "\(Self.grouped(done)) ") + unit
    }

    private var fraction: Double { total > 0 ? min(1, max(0, Double(done) / Double(total))) : 0 }

    private var percent: String {
        guard total > 0 else { return "" }
        let number = String(Int(fraction * 100))
        return String(repeating: " ", count: 3 - number.count) + number + "%"
    }

    private func bar(_ cells: Int) -> String {
        guard total > 0 else { return "" }
        let full = Int(fraction * Double(cells))
        return "[" + String(repeating: "#", count: full) + String(repeating: "-", count: cells - full) + "]"
    }

    private var rate: String? {
        guard elapsed > 0, done > 0 else { return nil }
        let rate = Double(done) / elapsed
        if unit == "bytes" { return Self.bytes(Int(rate)) + "/s" }
        return rate >= 10 ? "\(Self.grouped(Int(rate)))/s" : "\((rate * 10).rounded() / 10)/s"
    }

    private var timeLeft: String? {
        guard total > 0, done > 0, done < total else { return nil }
        let seconds = Int((elapsed / Double(done) * Double(total - done)).rounded(.up))
        return "\(Self.clock(seconds)) left"
    }

    /// Seconds as `0:05`, `12:40` or `1:02:03`.
    static func clock(_ seconds: Int) -> String {
        func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
        let minutes = seconds / 60
        guard minutes >= 60 else { return "\(minutes):\(two(seconds % 60))" }
        return "\(minutes / 60):\(two(minutes % 60)):\(two(seconds % 60))"
    }

    /// A number of bytes in the unit that suits it: 512 B, 12.3 MB.
    static func bytes(_ count: Int) -> String {
        var value = Double(count)
        var units = ["B", "kB", "MB", "GB", "TB"][...]
        while value >= 999.5, units.count > 1 {
            value /= 1000
            units.removeFirst()
        }
        let isExact = value >= 99.95 || units.count == 5
        return (isExact ? "\(Int(value.rounded()))" : "\((value * 10).rounded() / 10)") + " \(units.first ?? "B")"
    }

    /// A whole number with commas between thousands.
    static func grouped(_ value: Int) -> String {
        (value < 0 ? "-" : "") + Digits.grouped(String(value.magnitude))
    }
}
