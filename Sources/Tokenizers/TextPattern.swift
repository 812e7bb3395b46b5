import CUnicode
import Support

/// What a `Replace` looks for: a literal text, or a regular expression of single characters and character classes, each with its
/// repetition (`\s+`, ` {2,}`, `[\n\r]`). Alternatives, groups and anchors are not supported.
struct TextPattern: Sendable {
    private struct Item: Sendable {
        var set: ScalarSet
        var minimum: Int
        var maximum: Int
    }

    private enum Form: Sendable {
        case literal([UInt8])
        case items([Item])
    }

    private let form: Form

    /// A literal text. Empty text is nowhere found.
    init(literal: [UInt8]) { form = .literal(literal) }

    /// A regular expression.
    init(regex: [UInt8]) throws(Failure) {
        var reader = PatternReader(UTF8Text.scalars(regex))
        var items: [Item] = []
        while !reader.atEnd {
            guard let set = reader.set(), let (minimum, maximum) = reader.repetition() else {
                throw .operation(
                    "the regular expression \"\(String(decoding: regex, as: UTF8.self))\" is not supported")
            }
            items.append(Item(set: set, minimum: minimum, maximum: maximum))
        }
        guard items.contains(where: { $0.minimum > 0 }) else {
            throw .operation("the regular expression \"\(String(decoding: regex, as: UTF8.self))\" matches empty text")
        }
        form = .items(items)
    }

    /// Whether all that it matches is two or more spaces side by side.
    var matchesOnlyRunsOfSpaces: Bool {
        switch form {
        case .literal(let text): return text.count > 1 && text.allSatisfy { $0 == 0x20 }
        case .items(let items):
            return items.reduce(0) { $0 + min($1.minimum, 2) } > 1
                && items.allSatisfy { item in
                    guard !item.set.negated, item.set.parts.count == 1, case .range(0x20...0x20) = item.set.parts[0]
                    else { return false }
                    return true
                }
        }
    }

    /// Whether it matches every run of two or more spaces as a whole, and nothing else.
    var matchesRunsOfSpaces: Bool {
        guard case .items(let items) = form, matchesOnlyRunsOfSpaces else { return false }
        return items.reduce(0) { $0 + $1.minimum } == 2 && items.contains { $0.maximum > 1 << 30 }
    }

    /// Where the pattern is found, from left to right, without overlap. Ends early once `cancellation` is set, which the caller checks.
    func matches(in bytes: [UInt8], _ cancellation: Cancellation = Cancellation()) -> [Range<Int>] {
        bytes.withUnsafeBufferPointer { buffer in
            guard let start = buffer.baseAddress else { return [] }
            var result: [Range<Int>] = []
            var index = 0
            var clock = PollClock(cancellation)
            while index < buffer.count, !clock.isCancelled {
                if let end = match(start, index, buffer.count), end > index {
                    result.append(index..<end)
                    index = end
                } else {
                    index += UTF8Text.width(start[index])
                }
            }
            return result
        }
    }

    private func match(_ bytes: UnsafePointer<UInt8>, _ index: Int, _ count: Int) -> Int? {
        switch form {
        case .literal(let text):
            guard !text.isEmpty, text.count <= count - index else { return nil }
            for offset in 0..<text.count where bytes[index + offset] != text[offset] { return nil }
            return index + text.count
        case .items(let items): return match(items[...], bytes, index, count)
        }
    }

    // Greedy, giving back one repetition at a time.
    private func match(_ items: ArraySlice<Item>, _ bytes: UnsafePointer<UInt8>, _ index: Int, _ count: Int) -> Int? {
        guard let item = items.first else { return index }
        var ends = [index]
        while ends.count <= item.maximum, let place = ends.last, place < count {
            let (scalar, width) = UTF8Text.scalar(bytes, place)
            guard item.set.contains(scalar) else { break }
            ends.append(place + width)
        }
        while ends.count > item.minimum, let place = ends.popLast() {
            if let end = match(items.dropFirst(), bytes, place, count) { return end }
        }
        return nil
    }
}

/// A set of scalars as a regular expression names it.
struct ScalarSet: Sendable {
    enum Part: Sendable {
        case range(ClosedRange<UInt32>)
        case space(Bool)
        case word(Bool)
        case anyButNewline
    }

    var parts: [Part]
    var negated = false

    func contains(_ scalar: UInt32) -> Bool {
        parts.contains { part in
            switch part {
            case .range(let range): range.contains(scalar)
            case .space(let wanted): (Int(cu_properties_of(scalar).flags) & CU_WHITESPACE != 0) == wanted
            case .word(let wanted): (Int(cu_properties_of(scalar).flags) & CU_WORD != 0) == wanted
            case .anyButNewline: scalar != 0x0a
            }
        } != negated
    }
}

/// Reads a regular expression item by item; nil where it uses what is not supported.
private struct PatternReader {
    private let scalars: [UInt32]
    private var index = 0

    init(_ scalars: [UInt32]) { self.scalars = scalars }

    var atEnd: Bool { index == scalars.count }

    private var current: Unicode.Scalar? { index < scalars.count ? Unicode.Scalar(scalars[index]) : nil }

    mutating func set() -> ScalarSet? {
        guard let scalar = current else { return nil }
        index += 1
        switch scalar {
        case "\\": return escape().map { ScalarSet(parts: [$0]) }
        case "[": return bracket()
        case ".": return ScalarSet(parts: [.anyButNewline])
        case "(", ")", "|", "^", "$", "*", "+", "?", "{", "}", "]": return nil
        default: return ScalarSet(parts: [.range(scalar.value...scalar.value)])
        }
    }

    mutating func repetition() -> (Int, Int)? {
        guard let scalar = current else { return (1, 1) }
        var result = (1, 1)
        switch scalar {
        case "*": result = (0, .max - 1)
        case "+": result = (1, .max - 1)
        case "?": result = (0, 1)
        case "{":
            index += 1
            guard let minimum = number() else { return nil }
            result = (minimum, minimum)
            if current == "," {
                index += 1
                result.1 = current == "}" ? .max - 1 : number() ?? -1
            }
            guard current == "}", result.1 >= minimum else { return nil }
        default: return (1, 1)
        }
        index += 1
        // Lazy and possessive forms.
        return current == "?" || current == "+" ? nil : result
    }

    private mutating func number() -> Int? {
        var result: Int?
        while let scalar = current, ("0"..."9").contains(scalar) {
            result = min((result ?? 0) * 10 + Int(scalar.value - 48), 1_000_000)
            index += 1
        }
        return result
    }

    private mutating func escape() -> ScalarSet.Part? {
        guard let scalar = current else { return nil }
        index += 1
        switch scalar {
        case "s": return .space(true)
        case "S": return .space(false)
        case "w": return .word(true)
        case "W": return .word(false)
        case "n": return .range(0x0a...0x0a)
        case "r": return .range(0x0d...0x0d)
        case "t": return .range(0x09...0x09)
        case "a"..."z", "A"..."Z", "0"..."9": return nil
        default: return .range(scalar.value...scalar.value)
        }
    }

    private mutating func bracket() -> ScalarSet? {
        var result = ScalarSet(parts: [])
        if current == "^" {
            result.negated = true
            index += 1
        }
        while let scalar = current, scalar != "]" {
            index += 1
            if scalar == "[" || scalar == "&" { return nil }
            guard let part = scalar == "\\" ? escape() : .range(scalar.value...scalar.value) else { return nil }
            if current == "-", index + 1 < scalars.count, scalars[index + 1] != 0x5d {
                guard case .range(let low) = part, let high = Unicode.Scalar(scalars[index + 1]), high != "\\",
                    high.value >= low.lowerBound
                else { return nil }
                index += 2
                result.parts.append(.range(low.lowerBound...high.value))
            } else {
                result.parts.append(part)
            }
        }
        guard current == "]", !result.parts.isEmpty else { return nil }
        index += 1
        return result
    }
}
