/// What somebody wrote who thinks in another language, recognised in a line that Lua refuses, and what Lua writes instead.
public struct ForeignHabit {
    private let tokens: [LuaToken]

    /// Looks at the line (from 1) of `source` that does not compile.
    public init(_ source: [UInt8], line: Int) {
        let lines = source.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        tokens = lines.indices.contains(line - 1) ? LuaLexer(Array(lines[line - 1])).tokens : []
    }

    /// What to write instead; nil if nothing is recognised.
    public var hint: String? { firstWord ?? tokens.indices.lazy.compactMap { word(at: $0) ?? pair(at: $0) }.first }

    /// Statements of other languages that begin with a word of theirs.
    private var firstWord: String? {
        let continuing = ["=", ".", ":", "(", "[", "{", ",", "=="]
        guard tokens.count > 1, tokens[0].kind == .name, !continuing.contains(tokens[1].text) else { return nil }
        switch tokens[0].text.lowercased() {
        case "select", "with", "insert", "update", "delete", "create":
            return "SQL is run by t:sql(\"... from this\") or data.sql(query, {tables = {t = t}})"
        case "import", "from", "using":
            return "modules such as data and cluster are there already; require \"name\" loads a file of Lua"
        case "def", "fn", "func": return "Lua writes function name(x) ... end"
        case "let", "var", "const": return "Lua writes local \(tokens[1].text) = ..."
        case "print": return "print takes parentheses: print(\(tokens[1].kind == .string ? "..." : tokens[1].text))"
        case "elif": return "Lua writes elseif ... then"
        case "class": return "Lua has tables and functions instead of classes"
        case "try": return "pcall(f, ...) catches errors"
        case "help": return "?\(tokens[1].text) explains it"
        case let word where Self.shell.contains(word): return "!\(word) ... runs it in the shell"
        default: return nil
        }
    }

    private func word(at index: Int) -> String? {
        switch tokens[index].text {
        case "lambda" where tokens[index].kind == .name: "Lua writes function(x) return ... end"
        case "elif" where tokens[index].kind == .name: "Lua writes elseif"
        default: nil
        }
    }

    /// Signs that stand side by side in no Lua.
    private func pair(at index: Int) -> String? {
        let token = tokens[index]
        guard token.kind == .symbol else { return nil }
        let next = index + 1 < tokens.count ? tokens[index + 1] : nil
        let touching = next.flatMap { $0.range.lowerBound == token.range.upperBound ? $0.text : nil }
        let before = index > 0 && tokens[index - 1].kind == .name ? tokens[index - 1].text : nil
        switch (token.text, touching) {
        case ("!", "="): return "Lua writes ~= for !="
        case ("!", _): return "Lua writes not for !"
        case ("==", "="): return "Lua writes == for ==="
        case ("&", "&"): return "Lua writes and for &&"
        case ("|", "|"): return "Lua writes or for ||"
        case ("+", "+"): return "Lua writes \(before ?? "x") = \(before ?? "x") + 1"
        case ("+", "="), ("-", "="), ("*", "="), ("/", "="), ("..", "="), ("//", "="), ("%", "="):
            return "Lua writes \(before ?? "x") = \(before ?? "x") \(token.text) ..."
        case ("?", _):
            return before.map { "?\($0) explains it" } ?? "? explains what follows it, at the beginning of a line"
        case ("[", _): return range(in: index, of: before ?? "t") ?? list(at: index)
        case ("=", ">"), ("-", ">"): return "Lua writes function(x) return ... end"
        case (":", _) where index > 0 && tokens[index - 1].kind == .string:
            return "Lua writes {[\"key\"] = value}, or {key = value}"
        default: return nil
        }
    }

    /// `h[1:5]`.
    private func range(in bracket: Int, of name: String) -> String? {
        let rest = tokens[(bracket + 1)...].prefix { !$0.isSymbol("]") }
        guard let colon = rest.firstIndex(where: { $0.isSymbol(":") }) else { return nil }
        let behind = rest.suffix(from: colon + 1)
        let isCall = behind.first?.kind == .name && behind.count > 1
        guard !isCall else { return nil }
        return "\(name):head(n) gives the first rows of a table, \(name):slice(1, from, to) part of a tensor"
    }

    /// `x = [1, 2]`: a bracket where a value begins.
    private func list(at bracket: Int) -> String? {
        let beginnings: Set<String> = ["=", "(", ",", "{", "return", "in", "[", ";"]
        guard bracket == 0 || beginnings.contains(tokens[bracket - 1].text) else { return nil }
        // {[key] = value} is Lua's own.
        if let end = tokens[bracket...].firstIndex(where: { $0.isSymbol("]") }), end + 1 < tokens.count,
            tokens[end + 1].isSymbol("=")
        {
            return nil
        }
        return "Lua writes lists {1, 2, 3}"
    }

    /// Commands of the shell that analysts type.
    public static let shell: Set<String> = ["ls", "pwd", "cd", "cat", "mkdir", "rm", "cp", "mv", "grep", "wc", "pip"]

    /// What other languages call true, false and nil.
    public static let constants: Set<String> = ["True", "TRUE", "False", "FALSE", "None", "null", "NULL"]

    /// What a table has in the place of a member of another library's.
    public static func substitute(forTableMember name: String) -> String? {
        let query = { (text: String) in "t:sql(\"\(text)\")" }
        return switch name {
        case "groupby", "group_by", "agg", "aggregate": query("select a, avg(b) from this group by a")
        case "pivot", "pivot_table", "crosstab": query("pivot this on a using sum(b)")
        case "sort", "sort_values", "order_by", "arrange": query("select * from this order by a desc")
        case "filter", "where", "query", "loc", "iloc", "mask": "t[t.a:gt(5) & t.b:eq \"x\"] chooses rows, t[i] is one"
        case "merge", "join": "data.sql(\"select * from a join b using (id)\", {a = t, b = u}) joins"
        case "drop": "t.a = nil removes a column; t[~t.a:eq(0)] leaves rows out"
        case "rename", "assign", "with_columns", "mutate", "select":
            "t.a = t.b * 2 adds a column; " + query("select a as b, c from this")
        case "value_counts", "unique", "nunique", "drop_duplicates", "distinct":
            query("select a, count(*) as n from this group by a order by n desc")
        case "sample": query("select * from this using sample 10")
        case "fillna", "dropna": query("select coalesce(a, 0) as a from this where b is not null")
        case "shape", "size", "len", "nrow", "count": "#t is the number of rows, #t.columns that of columns"
        case "dtypes", "info", "summary": "t:describe() tells types, nulls and means"
        case "tail": "t:index({-3, -2, -1}) are the last rows"
        case "apply", "map", "iterrows", "itertuples": "for row in t:rows() do ... end; t.a:map(function(x) ... end)"
        case "to_csv", "to_parquet", "to_json", "to_excel", "save", "write": "data.write(t, \"file.csv\")"
        case "hist", "plot": "plot.histogram(t.a)"
        case "isna", "isnull", "notna", "isin", "astype", "replace": substitute(forColumnMember: name)
        default: nil
        }
    }

    /// What a column has in the place of a member of another library's.
    public static func substitute(forColumnMember name: String) -> String? {
        switch name {
        case "value_counts", "unique", "nunique":
            "t:sql(\"select a, count(*) as n from this group by a order by n desc\")"
        case "apply", "replace": "c:map(f) with a function or a table"
        case "isin": "t:sql(\"select * from this where list_contains(?, a)\", {list})"
        case "isna", "isnull", "notna", "fillna", "dropna":
            "t:sql(\"select coalesce(a, 0) as a from this where b is not null\")"
        case "astype", "to", "cast": "t:sql(\"select a::double as a from this\")"
        case "str", "contains", "lower", "upper": "t:sql(\"select * from this where a like '%x%'\")"
        case "dt", "year", "month", "day": "t:sql(\"select year(a) as year from this\")"
        case "count", "size", "shape", "len": "#c is the number of rows"
        default: nil
        }
    }

    /// What Lua has in the place of a function or constant of another language.
    public static func substitute(forGlobal name: String) -> String? {
        switch name {
        case "True", "TRUE", "False", "FALSE": "Lua writes \(name.lowercased())"
        case "None", "null", "NULL": "Lua writes nil"
        case "NaN", "nan": "0/0 is nan"
        case "exit", "quit": "exit alone or Ctrl-D leaves the prompt, os.exit() ends a script"
        case "inf", "Infinity": "math.huge is infinite"
        case "len": "#x is the length of x"
        case "range": "for i = 1, n do ... end counts; tensor.arange(n) holds 1 to n"
        case "str": "tostring(x) makes a string"
        case "int", "float": "tonumber(x) reads a number, math.floor(x) rounds down"
        case "printf", "sprintf", "fmt": "string.format(\"%d\", x) formats"
        case "median", "quantile": "a column has it: c:\(name)(...)"
        case "sum", "mean", "std": "a column or tensor has it: x:\(name)()"
        case "abs", "sqrt", "exp", "log", "min", "max": "math.\(name)(x); of a tensor x:\(name)()"
        case "floor", "ceil": "math.\(name)(x)"
        case "round": "math.floor(x + 0.5)"
        case "append": "table.insert(list, x) or list[#list + 1] = x"
        case "sorted": "table.sort(list) sorts in place"
        case "enumerate": "for i, x in ipairs(list) do ... end"
        case "zip", "map", "filter": "a for loop does it: for i, x in ipairs(list) do ... end"
        case "input": "io.read() reads a line"
        case "dict", "list": "a table is written {...}"
        case "read_csv", "DataFrame": "data.read(\"file.csv\") reads a table, data.table{...} makes one"
        case "isinstance", "typeof": "type(x) == \"number\""
        default: shell.contains(name) ? "!\(name) runs it in the shell" : nil
        }
    }
}
