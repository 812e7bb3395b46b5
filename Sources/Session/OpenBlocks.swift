import LuaKit

/// What is open at the end of source that comes line by line: blocks, brackets, a long string, an expression that lacks its end. It takes time for what is new alone, while
/// compiling takes time for all that there is, which adds up where somebody pastes thousands of lines.
///
/// It knows less of Lua than the compiler and is asked only whether that could call the source complete.
public struct OpenBlocks {
    /// How many bytes were read.
    public private(set) var count = 0
    /// Blocks and brackets opened and not closed.
    private var depth = 0
    /// Set within a long string or comment: how many `=` its brackets have.
    private var longLevel: Int?
    /// Set within a string that goes on in the next line.
    private var quote: UInt8?
    /// How many `while` and `for` have not met their `do`.
    private var awaited = 0
    /// What the code ends with: a word that wants another, or signs next to each other.
    private var ending = Ending.other

    private enum Ending {
        case other
        case wantingWord
        case signs(last: UInt8, before: UInt8, dots: Int)
    }

    /// Nothing is open before the first line.
    public init() {}

    /// Whether something is open, so that the source cannot be complete as it stands.
    public var isOpen: Bool { depth > 0 || longLevel != nil || quote != nil || wantsOperand }

    /// Whether the code ends with what another value or name must follow.
    private var wantsOperand: Bool {
        guard case .signs(let last, let before, let dots) = ending else {
            if case .wantingWord = ending { return true }
            return false
        }
        switch last {
        case UInt8(ascii: "."): return dots != 3
        case UInt8(ascii: ":"): return before != last
        // A lone one may end an attribute: `local file <close>`.
        case UInt8(ascii: ">"): return before == last
        default: return "+-*/%^#&|~<=,".utf8.contains(last)
        }
    }

    /// Reads the next line, or several with line breaks between them.
    public mutating func read(_ text: String) {
        var text = text
        text.withUTF8 { bytes in
            for line in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
                read(UnsafeBufferPointer(rebasing: line))
            }
        }
    }

    private mutating func read(_ bytes: UnsafeBufferPointer<UInt8>) {
        count += bytes.count + 1
        var position = 0
        while position < bytes.count {
            if let level = longLevel {
                guard let end = Self.closing(level, bytes, from: position) else { return }
                longLevel = nil
                position = end
            } else if let mark = quote {
                position = skipString(mark, bytes, from: position)
            } else {
                position = readCode(bytes, at: position)
            }
        }
    }

    private mutating func readCode(_ bytes: UnsafeBufferPointer<UInt8>, at start: Int) -> Int {
        let byte = bytes[start]
        let next = start + 1 < bytes.count ? bytes[start + 1] : 0
        let isNextToSign = start > 0 && Self.isSign(bytes[start - 1])
        switch byte {
        case UInt8(ascii: "-") where next == UInt8(ascii: "-"):
            if let level = Self.opening(bytes, at: start + 2) {
                longLevel = level
                return start + 4 + level
            }
            return bytes.count
        case _ where Self.isSign(byte):
            if case .signs(let last, _, let dots) = ending, isNextToSign {
                ending = .signs(last: byte, before: last, dots: byte == UInt8(ascii: ".") ? dots + 1 : 0)
            } else {
                ending = .signs(last: byte, before: 0, dots: byte == UInt8(ascii: ".") ? 1 : 0)
            }
            return start + 1
        case 0x20, 0x09, 0x0d, 0x0b, 0x0c: return start + 1
        default: ending = .other
        }
        switch byte {
        case UInt8(ascii: "["):
            if let level = Self.opening(bytes, at: start) {
                longLevel = level
                return start + 2 + level
            }
            depth += 1
        case UInt8(ascii: "("), UInt8(ascii: "{"): depth += 1
        case UInt8(ascii: ")"), UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
        case UInt8(ascii: "\""), UInt8(ascii: "'"): quote = byte
        case _ where LuaLexer.isNamePart(byte):
            // A number may end with its point.
            let isNumber = (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            let isPart = { LuaLexer.isNamePart($0) || isNumber && $0 == UInt8(ascii: ".") }
            let end = bytes[start...].firstIndex { !isPart($0) } ?? bytes.count
            if (2...8).contains(end - start) { read(word: String(decoding: bytes[start..<end], as: UTF8.self)) }
            return end
        default: break
        }
        return start + 1
    }

    /// Counts what a word opens or closes. The `do` of a loop belongs to its `while` or `for`, `then` to its `if`.
    private mutating func read(word: String) {
        switch word {
        case "function", "if", "repeat": depth += 1
        case "while", "for":
            depth += 1
            awaited += 1
        case "do" where awaited > 0: awaited -= 1
        case "do": depth += 1
        case "end", "until": depth -= 1
        case "and", "or", "not", "local", "in", "goto": ending = .wantingWord
        default: break
        }
    }

    /// Whether a byte is part of an operator or of what parts values.
    private static func isSign(_ byte: UInt8) -> Bool { "+-*/%^#&|~<>=,.:".utf8.contains(byte) }

    /// Goes behind the end of a string; one that the line ends in goes on only behind a backslash.
    private mutating func skipString(_ mark: UInt8, _ bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        var position = start
        while position < bytes.count {
            if bytes[position] == UInt8(ascii: "\\") {
                // `\z` takes blanks, line breaks among them: should only those follow, the string goes on.
                let isLast =
                    position + 1 >= bytes.count
                    || (bytes[position + 1] == UInt8(ascii: "z") && position + 2 >= bytes.count)
                if isLast { return bytes.count }
                position += 2
                continue
            }
            position += 1
            if bytes[position - 1] == mark { break }
        }
        quote = nil
        return position
    }

    /// The number of `=` signs if a long bracket opens at `start`.
    private static func opening(_ bytes: UnsafeBufferPointer<UInt8>, at start: Int) -> Int? {
        guard start < bytes.count, bytes[start] == UInt8(ascii: "[") else { return nil }
        let end = bytes[(start + 1)...].firstIndex { $0 != UInt8(ascii: "=") }
        guard let end, bytes[end] == UInt8(ascii: "[") else { return nil }
        return end - start - 1
    }

    /// Behind the bracket that closes a long string.
    private static func closing(_ level: Int, _ bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
        var position = start
        while let bracket = bytes[position...].firstIndex(of: UInt8(ascii: "]")) {
            let end = bytes[(bracket + 1)...].firstIndex { $0 != UInt8(ascii: "=") } ?? bytes.count
            if end < bytes.count, bytes[end] == UInt8(ascii: "]"), end - bracket - 1 == level { return end + 1 }
            position = end
        }
        return nil
    }
}
