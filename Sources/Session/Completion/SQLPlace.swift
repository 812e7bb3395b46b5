import LuaKit

/// Where in an SQL text somebody is typing.
struct SQLPlace {
    /// The first byte of the word that is being typed.
    let start: Int
    /// Whether it stands in double quotes.
    let isQuoted: Bool
    /// Whether a table's name and a dot are before it.
    let isQualified: Bool

    /// The end of `query`; nil where no name can stand: in a text or a comment.
    init?(_ query: [UInt8]) {
        var index = 0
        var quoted: Int?
        while index < query.count {
            let byte = query[index]
            if let start = quoted {
                if byte == query[start] { quoted = nil }
            } else if byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") {
                quoted = index
            } else if byte == UInt8(ascii: "-"), index + 1 < query.count, query[index + 1] == byte {
                guard let end = query[index...].firstIndex(of: UInt8(ascii: "\n")) else { return nil }
                index = end
            }
            index += 1
        }
        if let quoted {
            guard query[quoted] == UInt8(ascii: "\"") else { return nil }
            start = quoted + 1
            isQuoted = true
            isQualified = quoted > 0 && query[quoted - 1] == UInt8(ascii: ".")
            return
        }
        var first = query.count
        while first > 0, LuaLexer.isNamePart(query[first - 1]) { first -= 1 }
        start = first
        isQuoted = false
        isQualified = first > 0 && query[first - 1] == UInt8(ascii: ".")
    }

    /// Whether a column's name means something else when it is written as it is.
    static func needsQuotes(_ name: String) -> Bool {
        guard let first = name.utf8.first, !(0x30...0x39).contains(first) else { return true }
        // DuckDB takes characters beyond ASCII as they are, but for blanks.
        let isPlain = name.unicodeScalars.allSatisfy { scalar in
            scalar.isASCII
                ? LuaLexer.isNamePart(UInt8(ascii: scalar))
                : !scalar.properties.isWhitespace && !scalar.properties.isDefaultIgnorableCodePoint
                    && scalar.value != 0x200B
        }
        return !isPlain || reserved.contains(name.lowercased())
    }

    /// The words that begin and join the parts of a query, and the functions that are used most.
    static let words = [
        "and", "as", "asc", "avg", "between", "by", "case", "cast", "coalesce", "count", "cross join", "date_trunc",
        "desc", "describe", "distinct", "else", "end", "except", "exists", "filter", "from", "group by", "having", "in",
        "inner join", "intersect", "is not null", "is null", "join", "left join", "like", "limit", "max", "median",
        "min", "not", "offset", "on", "or", "order by", "over", "partition by", "qualify", "quantile_cont",
        "right join",
        "round", "row_number()", "select", "stddev", "sum", "then", "union all", "using", "when", "where", "with",
    ]

    /// Those of them that `word` begins, in its case.
    static func candidates(beginningWith word: String) -> [Completion.Candidate] {
        let isUpper = !word.isEmpty && word == word.uppercased()
        return words.filter { $0.hasPrefix(word.lowercased()) }
            .map { Completion.Candidate(isUpper ? $0.uppercased() : $0, .keyword, "SQL") }
    }

    private static let reserved: Set<String> = [
        "all", "analyse", "analyze", "and", "any", "array", "as", "asc", "asymmetric", "both", "case", "cast", "check",
        "collate", "column", "constraint", "create", "default", "deferrable", "desc", "describe", "distinct", "do",
        "else", "end", "except", "false", "fetch", "for", "foreign", "from", "group", "having", "in", "initially",
        "intersect", "into", "lambda", "lateral", "leading", "limit", "not", "null", "offset", "on", "only", "or",
        "order", "pivot", "pivot_longer", "pivot_wider", "placing", "primary", "qualify", "references", "returning",
        "select", "show", "some", "summarize", "symmetric", "table", "then", "to", "trailing", "true", "union",
        "unique", "unpivot", "using", "variadic", "when", "where", "window", "with",
    ]
}
