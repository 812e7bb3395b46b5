import LuaKit
import Support

/// An entry that worked.
struct WorkedEntry {
    let source: [UInt8]
    /// Where the expression begins that it is or ends in.
    let expressionStart: Int?
    /// Whether its values were shown.
    let wasShown: Bool
}

/// The script that entries of the prompt make up.
struct SavedScript {
    /// What such a script begins with.
    static let heading = "-- Saved from a Cohort session"

    private let entries: [(entry: WorkedEntry, outline: EntryOutline)]
    private let names: Set<String>

    init(_ entries: [WorkedEntry]) {
        self.entries = entries.map { ($0, EntryOutline($0.source)) }
        names = self.entries.reduce(into: []) { $0.formUnion($1.outline.names) }
    }

    /// The text of the script. `compiles` tells whether a piece of source is one that Lua takes.
    func text(compiles: (String) -> Bool) -> String {
        var text = "\(Self.heading) (\(cohortVersion)): the entries that worked, in order.\n"
        // The last values, which entries find in `_` and `_1` to `_9`.
        var keep: String?
        if entries.contains(where: \.outline.usesResults) {
            var name = "result"
            while names.contains(name) { name += "_" }
            keep = name
            let before = (1...8).reversed().map { "_\($0)" }
            text += """
                local function \(name)(...)
                    if (...) ~= nil then _9, \(before.joined(separator: ", ")), _ = \(before.joined(separator: ", ")), ..., ... end
                    return ...
                end

                """
        }
        var locals = 1
        var depth = 0
        for (entry, outline) in entries {
            // A function has room for 200 local variables; a function within sees them all the same.
            if locals + outline.localCount > 150, locals > 1 {
                text += ";(function(...)  -- more local variables than one function has room for\n"
                depth += 1
                locals = 0
            }
            locals += outline.localCount
            text += statement(entry, outline, keep: keep, compiles: compiles) + "\n"
        }
        return text + String(repeating: "end)(...)\n", count: depth)
    }

    private func statement(
        _ entry: WorkedEntry, _ outline: EntryOutline, keep: String?, compiles: (String) -> Bool
    ) -> String {
        var statement = Self.decode(entry.source[...])
        if let start = entry.expressionStart ?? outline.finalReturn {
            let head = Self.decode(entry.source[..<start])
            let isReturn = entry.expressionStart == nil
            let value = Self.decode(entry.source[start..<max(start, outline.contentEnd)].dropFirst(isReturn ? 6 : 0))
            let rest = Self.decode(entry.source[max(start, outline.contentEnd)...].drop { $0 == UInt8(ascii: ";") })
            let kept = keep.map { "\($0)(\(value))" } ?? value
            if value.trimmed.isEmpty {
                statement = head + rest
            } else if entry.wasShown {
                statement = "\(head)show(\(kept.trimmed))\(rest)"
            } else if keep != nil || !compiles(statement) || isReturn {
                // No call: `x;` shows nothing, but is no statement either.
                statement = keep == nil ? "\(head)_ = \(value.trimmed)\(rest)" : "\(head)\(kept)\(rest)"
            }
        }
        if outline.hasEarlyReturn {
            // Only the entry ended there, not what came after it.
            let (hoisted, body) = Self.hoistingLocals(entry.source, outline)
            statement = (entry.expressionStart == nil && outline.finalReturn == nil ? body : statement)
            statement = "\(hoisted);(function(...)\n\(statement)\nend)(...)"
        } else if outline.hasLabel, outline.localCount == 0 {
            // Another entry may have a label of that name.
            statement = "do\n\(statement)\nend"
        }
        // A line that begins so would be taken for a call of what the line before ends in.
        return statement.trimmed.hasPrefix("(") ? ";" + statement : statement
    }

    /// The entry's local variables, declared before it, and the entry with assignments in the place of the declarations.
    private static func hoistingLocals(_ source: [UInt8], _ outline: EntryOutline) -> (
        declaration: String, body: String
    ) {
        guard !outline.declarations.isEmpty else { return ("", decode(source[...])) }
        var names: [String] = []
        var body = ""
        var copied = 0
        for declaration in outline.declarations {
            body += decode(source[copied..<declaration.start])
            let list = declaration.names.map(\.name)
            names += list.filter { !names.contains($0) }
            if declaration.isFunction {
                body += decode(source[(declaration.start + 5)..<declaration.end])
            } else if let values = declaration.valuesStart {
                body += list.joined(separator: ", ") + " " + decode(source[values..<declaration.end])
            } else {
                body += list.joined(separator: ", ") + " = nil"
            }
            copied = declaration.end
        }
        return ("local \(names.joined(separator: ", "))\n", body + decode(source[copied...]))
    }

    private static func decode(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }
}
