extension Catalogue {
    /// Something that a search found.
    public struct Finding: Sendable, Equatable {
        /// Its full name.
        public let name: String
        /// The line of it that says most about what was looked for.
        public let line: String
        let score: Int
    }

    /// Everything of which all words of `text` are said, in its name, its prose, its parameters or its fields, or which is looked for by them; best
    /// first, otherwise in the order of the reference.
    public func search(_ text: String) -> [Finding] {
        let words = text.lowercased().split { !$0.isLetter && !$0.isNumber && $0 != "_" }.map(String.init)
        guard !words.isEmpty else { return [] }
        let found = pages.compactMap { $0.finding(words, searchWords[$0.name] ?? "") }
        return found.enumerated().sorted { ($1.element.score, $0.offset) < ($0.element.score, $1.offset) }.map(
            \.element)
    }

    private var pages: [Page] {
        var pages = modules.map { Page(name: $0.name, prose: $0.prose, parts: []) }
        pages += signatures.map { signature in
            let parameters = signature.parameters + (signature.variadic.map { [$0] } ?? [])
            return Page(
                name: signature.name, prose: signature.prose,
                parts: parameters.map { ($0.name, $0.prose) } + signature.options.map { ("{\($0.name)}", $0.prose) }
                    + signature.returns.map { ("returns", $0.prose) })
        }
        pages += classes.map { luaClass in
            Page(
                name: luaClass.name, prose: luaClass.prose,
                parts: luaClass.fields.map { (".\($0.name)", $0.prose) })
        }
        return pages + LuaLibrary.entries.map { Page(name: $0.name, prose: $0.prose, parts: []) }
    }
}

/// What is said of one thing.
private struct Page {
    let name: String
    let prose: String
    let parts: [(name: String, prose: String)]

    /// Names weigh more than what else it is looked for by, and that more than prose, of which what is said first weighs more than what follows. Nil
    /// unless every word is found.
    func finding(_ words: [String], _ others: String) -> Catalogue.Finding? {
        var score = 0
        var best: (score: Int, line: String)?
        let short = Signature.lastPart(name).lowercased()
        for word in words {
            // Plurals find the singular, too.
            let stem = word.count > 3 && word.hasSuffix("s") ? String(word.dropLast()) : word
            var reached = 0
            if short == word || short == stem {
                reached = 100
            } else if name.lowercased().contains(stem) {
                reached = short.hasPrefix(stem) ? 60 : 40
            }
            if Self.place(of: stem, in: others) != nil { reached = max(reached, 30) }
            if let place = Self.place(of: stem, in: prose) { reached = max(reached, place == 0 ? 22 : 20) }
            for part in parts {
                let own =
                    part.name.lowercased().contains(stem) ? 15 : Self.place(of: stem, in: part.prose) != nil ? 8 : 0
                reached = max(reached, own)
                if own > best?.score ?? 0 { best = (own, "\(part.name): \(part.prose)") }
            }
            guard reached > 0 else { return nil }
            score += reached
        }
        // Of what is found by a parameter, that parameter is worth showing.
        let isOfPart = score <= 15 * words.count
        let line = isOfPart ? best?.line ?? prose : HelpText.firstSentence(prose)
        return Catalogue.Finding(name: name, line: line, score: score)
    }

    /// Where a word that begins with `stem` is.
    private static func place(of stem: String, in prose: String) -> Int? {
        prose.lowercased().split { !$0.isLetter && !$0.isNumber && $0 != "_" }.firstIndex { $0.hasPrefix(stem) }
    }
}
