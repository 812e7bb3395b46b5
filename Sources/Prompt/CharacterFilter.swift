/// Lets whole characters of UTF-8 pass, byte by byte, and nothing else.
struct CharacterFilter {
    /// The beginning of a character whose end has not come yet.
    private var begun: [UInt8] = []

    /// Takes a byte; returns those that can be handed on: none, or a whole character. What turns out to be no character is dropped.
    mutating func take(_ byte: UInt8) -> [UInt8] {
        if !begun.isEmpty {
            begun.append(byte)
            if Self.isBeginning(begun) { return begun.count == Self.length(begun[0]) ? end() : [] }
            begun = []
        }
        guard byte >= 0x80 else { return [byte] }
        if Self.length(byte) > 1 { begun = [byte] }
        return []
    }

    private mutating func end() -> [UInt8] {
        defer { begun = [] }
        return begun
    }

    /// How many bytes a character has that begins with `byte`; 0 if none does.
    private static func length(_ byte: UInt8) -> Int {
        switch byte {
        case ..<0x80: 1
        case 0xC2...0xDF: 2
        case 0xE0...0xEF: 3
        case 0xF0...0xF4: 4
        default: 0
        }
    }

    /// Whether some character of Unicode begins with `bytes`, two or more (The Unicode Standard, table 3-7).
    private static func isBeginning(_ bytes: [UInt8]) -> Bool {
        let second: ClosedRange<UInt8> =
            switch bytes[0] {
            case 0xE0: 0xA0...0xBF
            case 0xED: 0x80...0x9F
            case 0xF0: 0x90...0xBF
            case 0xF4: 0x80...0x8F
            default: 0x80...0xBF
            }
        return second.contains(bytes[1]) && bytes[2...].allSatisfy { (0x80...0xBF).contains($0) }
    }
}
