import LuaKit

/// Finds where in its line an error is, from the words of its message.
struct ErrorPlace {
    /// The message, beginning with its place.
    let message: String
    /// The whole source.
    let source: [UInt8]
    /// The line, from 1.
    let line: Int
    /// For a syntax error: how many bytes of the source Lua read until it gave up.
    let extent: Int?

    /// The line and the byte in it. Nil if the source has no such line.
    var excerpt: SourceExcerpt? {
        guard let range = range(of: line) else { return nil }
        guard let extent else { return SourceExcerpt(source[range], offset: namedOffset(in: range)) }
        guard let word = nearWord else { return SourceExcerpt(source[range], offset: namedOffset(in: range)) }
        if word == "<eof>" { return atEnd(range) }
        let found = occurrences(of: Array(word.utf8), in: range)
        // Lua had read the word, and one byte more, when it gave up.
        let offset = found.last { $0 < extent } ?? found.last
        return SourceExcerpt(source[range], offset: offset.map { $0 - range.lowerBound })
    }

    /// Behind the last character of the last line that has any.
    private func atEnd(_ range: Range<Int>) -> SourceExcerpt? {
        var range = range
        var number = line
        while number > 1, source[range].allSatisfy({ $0 == 0x20 || $0 == 0x09 }) {
            number -= 1
            guard let before = self.range(of: number) else { return nil }
            range = before
        }
        let text = source[range].reversed().drop { $0 == 0x20 || $0 == 0x09 }
        return SourceExcerpt(source[range], offset: text.count)
    }

    /// The bytes of a line, without its end.
    private func range(of line: Int) -> Range<Int>? {
        var start = 0
        for _ in 1..<max(1, line) {
            guard let end = source[start...].firstIndex(of: 0x0A) else { return nil }
            start = end + 1
        }
        var end = source[start...].firstIndex(of: 0x0A) ?? source.endIndex
        if end > start, source[end - 1] == 0x0D { end -= 1 }
        return start..<end
    }

    /// What a syntax error is near: a word of the source, or `<eof>`.
    private var nearWord: String? {
        guard let near = message.ranges(of: " near ").last else { return nil }
        let rest = message[near.upperBound...]
        guard rest.hasPrefix("'") else { return rest.hasPrefix("<eof>") ? "<eof>" : nil }
        let end = rest.firstRange(of: "' (")?.lowerBound ?? rest.dropFirst().lastIndex(of: "'")
        return end.map { String(rest[rest.index(after: rest.startIndex)..<$0]) }
    }

    /// The first of the names in the message that stands in the line: `(global 'x')`, `bad argument 'k' to cluster.kmeans`.
    private func namedOffset(in range: Range<Int>) -> Int? {
        let quoted = message.split(separator: "'", omittingEmptySubsequences: false).enumerated()
            .filter { $0.offset % 2 == 1 }.map { String($0.element) }
        let called = message.firstRange(of: "' to ").map { message[$0.upperBound...].prefix { $0 != " " } }
        let function = called?.split { ".:'".contains($0) }.last.map(String.init)
        if let place = operand(quoted.last, in: range) { return place - range.lowerBound }
        let candidates = quoted + [function].compactMap { $0 }
        let words = LuaLexer(source, end: range.upperBound).tokens.filter {
            $0.kind == .name && range.contains($0.range.lowerBound)
        }
        for name in candidates where !name.isEmpty {
            let place =
                words.first { $0.text == name }?.range.lowerBound ?? occurrences(of: Array(name.utf8), in: range).first
            if let place { return place - range.lowerBound }
        }
        return nil
    }

    /// Where the operand stands that an operator could not take: of several places with its name the one beside such an operator; the operator
    /// where the operand has no name.
    private func operand(_ name: String?, in range: Range<Int>) -> Int? {
        let operators: Set<String>
        if message.contains(" attempt to concatenate ") {
            operators = [".."]
        } else if message.contains(" attempt to perform arithmetic ") {
            operators = ["+", "-", "*", "/", "//", "%", "^"]
        } else {
            return nil
        }
        let tokens = LuaLexer(source, end: range.upperBound).tokens.filter { range.contains($0.range.lowerBound) }
        func isOperator(_ index: Int) -> Bool {
            tokens.indices.contains(index) && operators.contains(tokens[index].text)
        }
        guard let name, name != "?" else {
            return tokens.indices.first(where: isOperator).map { tokens[$0].range.lowerBound }
        }
        return tokens.indices.first { index in
            guard tokens[index].kind == .name, tokens[index].text == name else { return false }
            // `t.sizes.width` is one operand.
            var start = index
            while start >= 2, [".", ":"].contains(tokens[start - 1].text), tokens[start - 2].kind == .name {
                start -= 2
            }
            return isOperator(start - 1) || isOperator(index + 1)
        }.map { tokens[$0].range.lowerBound }
    }

    private func occurrences(of word: [UInt8], in range: Range<Int>) -> [Int] {
        guard let first = word.first, word.count <= range.count else { return [] }
        let isName = Self.isNamePart(first)
        return (range.lowerBound...(range.upperBound - word.count)).filter { start in
            guard source[start] == first, source[start..<(start + word.count)].elementsEqual(word) else { return false }
            guard isName else { return true }
            let end = start + word.count
            return !(start > range.lowerBound && Self.isNamePart(source[start - 1]))
                && !(end < range.upperBound && Self.isNamePart(source[end]))
        }
    }

    private static func isNamePart(_ byte: UInt8) -> Bool { byte < 0x80 && LuaLexer.isNamePart(byte) }
}
