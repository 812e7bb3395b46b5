import Charts

/// Lua source as HTML, its comments, strings and keywords in colours of their own.
enum LuaMarkup {
    private static let keywords: Set<String> = [
        "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if", "in", "local", "nil",
        "not", "or", "repeat", "return", "then", "true", "until", "while",
    ]

    static func html(_ source: String) -> String {
        var scanner = Scanner(characters: Array(source))
        var html = ""
        while let (kind, text) = scanner.next() {
            let content = Markup.escaped(text)
            html += kind.map { "<span class=\"\($0)\">\(content)</span>" } ?? content
        }
        return html
    }

    private struct Scanner {
        let characters: [Character]
        var position = 0

        /// The next piece and its class, nil for what is plain.
        mutating func next() -> (kind: String?, text: String)? {
            guard position < characters.count else { return nil }
            let start = position
            let first = characters[start]
            if first == "-", peek(1) == "-" {
                position += 2
                if !skipLong() { skipLine() }
                return ("comment", text(from: start))
            }
            if first == "[", peek(1) == "[" || peek(1) == "=", skipLong() { return ("string", text(from: start)) }
            if first == "\"" || first == "'" {
                skipString(first)
                return ("string", text(from: start))
            }
            if first.isLetter || first == "_" {
                while let next = peek(0), next.isLetter || next.isNumber || next == "_" { position += 1 }
                let word = text(from: start)
                return (LuaMarkup.keywords.contains(word) ? "keyword" : nil, word)
            }
            if first.isNumber {
                while let next = peek(0), next.isHexDigit || next == "." || next == "x" { position += 1 }
                return ("number", text(from: start))
            }
            repeat { position += 1 } while peek(0).map(isPlain) ?? false
            return (nil, text(from: start))
        }

        private func isPlain(_ character: Character) -> Bool {
            !(character.isLetter || character.isNumber || "_-[\"'".contains(character))
        }

        private func peek(_ offset: Int) -> Character? {
            position + offset < characters.count ? characters[position + offset] : nil
        }

        private func text(from start: Int) -> String { String(characters[start..<position]) }

        private mutating func skipLine() {
            while let next = peek(0), next != "\n" { position += 1 }
        }

        private mutating func skipString(_ quote: Character) {
            position += 1
            while let next = peek(0), next != "\n" {
                position += next == "\\" ? 2 : 1
                if next == quote { return }
            }
            position = min(position, characters.count)
        }

        /// Skips `[==[ ... ]==]`, if that is what begins here.
        private mutating func skipLong() -> Bool {
            var level = 0
            while peek(1 + level) == "=" { level += 1 }
            guard peek(0) == "[", peek(1 + level) == "[" else { return false }
            let close = Array("]" + String(repeating: "=", count: level) + "]")
            position += level + 2
            while position < characters.count {
                if characters[position...].starts(with: close) {
                    position += close.count
                    return true
                }
                position += 1
            }
            return true
        }
    }
}
