/// Help as plain text, made from declarations alone.
public struct HelpText {
    /// Columns there are.
    public var width: Int

    /// Help for lines of `width` columns.
    public init(width: Int = 80) { self.width = max(40, width) }

    /// Help on whatever a name stands for.
    public func text(_ topic: Catalogue.Topic) -> String {
        switch topic {
        case .function(let signature): text(signature)
        case .module(let module): text(module)
        case .luaClass(let luaClass): text(luaClass)
        }
    }

    /// A function: how it is called, what it does, its parameters, results, an example and its neighbours.
    public func text(_ signature: Signature) -> String {
        var lines = [signature.usage, ""] + wrap(signature.prose, indent: 0)
        let positional = signature.parameters + (signature.variadic.map { [$0] } ?? [])
        if !positional.isEmpty {
            lines.append("")
            for parameter in positional {
                lines += entry(parameter, isVariadic: parameter.name == signature.variadic?.name)
            }
        }
        if !signature.options.isEmpty {
            lines += ["", "Options"]
            for option in signature.options { lines += entry(option, isVariadic: false) }
        }
        if !signature.returns.isEmpty {
            lines += ["", "Returns"]
            for result in signature.returns { lines += item(result.type, result.prose) }
        }
        if let example = signature.example {
            lines += ["", "Example"]
            lines += example.code.split(separator: "\n", omittingEmptySubsequences: false).map { "  " + $0 }
            for line in example.output.split(separator: "\n", omittingEmptySubsequences: false)
            where !example.output.isEmpty {
                lines.append("  --> " + line)
            }
        }
        if !signature.related.isEmpty {
            lines += [""] + wrap("See also: " + signature.related.joined(separator: ", "), indent: 0)
        }
        return lines.joined(separator: "\n")
    }

    /// A module: what it is for, its functions with a line each, its classes.
    public func text(_ module: LuaModule) -> String {
        overview(module) + "\n\nhelp(\"\(module.functions.first?.name ?? module.name)\") says more about one."
    }

    /// Everything there is, one line a function: the globals, the modules, the classes.
    public func listing(_ catalogue: Catalogue) -> String {
        var parts = [(["Everywhere", ""] + list(catalogue.globals)).joined(separator: "\n")]
        for module in catalogue.modules {
            parts.append(overview(module))
            parts += module.classes.filter { $0.name != module.name }.map { text($0) }
        }
        return parts.joined(separator: "\n\n")
    }

    private func overview(_ module: LuaModule) -> String {
        var lines = [module.name, ""] + wrap(module.prose, indent: 0)
        if let call = module.call { lines += [""] + list([call]) }
        if !module.functions.isEmpty { lines += [""] + list(module.functions) }
        let constants = module.constants().map(\.0)
        if !constants.isEmpty { lines += [""] + wrap("Values: " + constants.joined(separator: ", "), indent: 0) }
        // A class of the module's own name is what the module is about.
        if let main = module.classes.first(where: { $0.name == module.name }) { lines += members(main) }
        let others = module.classes.filter { $0.name != module.name }
        if !others.isEmpty {
            lines += ["", "Objects"]
            for luaClass in others { lines += item(luaClass.name, Self.firstSentence(luaClass.prose)) }
        }
        return lines.joined(separator: "\n")
    }

    /// A class: what its objects are, their fields and methods.
    public func text(_ luaClass: LuaClass) -> String {
        ([luaClass.name, ""] + wrap(luaClass.prose, indent: 0) + members(luaClass)).joined(separator: "\n")
    }

    private func members(_ luaClass: LuaClass) -> [String] {
        var lines: [String] = []
        if !luaClass.fields.isEmpty {
            lines += ["", "Fields"]
            for field in luaClass.fields { lines += item(".\(field.name)", "\(field.type): \(field.prose)") }
        }
        if !luaClass.methods.isEmpty { lines += ["", "Methods"] + list(luaClass.methods) }
        return lines
    }

    /// The tour that `help()` gives: one screen of 80 columns and 24 rows, the prompt below it included.
    public func tour(_ catalogue: Catalogue) -> String {
        var parts: [[String]] = [["Lua 5.4 for marketing analysis. An expression prints its value; Tab completes."]]
        let column = (catalogue.modules.map(\.name.utf8.count).max() ?? 0) + 2
        parts.append(
            ["Modules"]
                + catalogue.modules.map { module in
                    let name = module.name + String(repeating: " ", count: column - module.name.utf8.count)
                    return "  " + name + Self.cut(Self.firstSentence(module.prose), to: width - column - 2)
                })
        parts.append(["Everywhere"] + wrap(catalogue.globals.map(\.name).joined(separator: ", "), indent: 2))
        parts.append([
            "More",
            "  ?cluster         a module: its functions    ?x       what the variable x holds",
            "  ?cluster.kmeans  a function, an example     ??words  searches all of this",
            "  Ctrl-C stops what runs, Ctrl-D leaves. In scripts: help(x), help \"kmeans\".",
        ])
        let rows = parts.reduce(0) { $0 + $1.count }
        // With many modules the room between the parts goes first.
        return parts.map { $0.joined(separator: "\n") }.joined(separator: rows + parts.count > 23 ? "\n" : "\n\n")
    }

    private static func cut(_ text: String, to width: Int) -> String {
        text.unicodeScalars.count <= width ? text : String(text.prefix(max(0, width - 1))) + "…"
    }

    /// What a search found, the best few.
    public func text(_ findings: [Catalogue.Finding], limit: Int = 18) -> String {
        let shown = findings.prefix(limit)
        let column = min(28, (shown.map(\.name.utf8.count).max() ?? 0) + 2)
        var lines = shown.flatMap { finding in
            let body = Self.cut(
                finding.line.split(whereSeparator: \.isWhitespace).joined(separator: " "), to: width - column - 2)
            return item(finding.name, body, column: column)
        }
        if findings.count > limit { lines.append("  and \(findings.count - limit) more: add a word") }
        return lines.joined(separator: "\n")
    }

    /// A function of Lua's own.
    public func text(_ entry: LuaLibrary.Entry) -> String {
        let prose = wrap("\(entry.prose).", indent: 0).joined(separator: "\n")
        return "\(entry.usage)\n\n\(prose)\n\nLua's own; https://www.lua.org/manual/5.4/#index says all of it."
    }

    private func list(_ signatures: [Signature]) -> [String] {
        signatures.flatMap { item(call($0), Self.firstSentence($0.prose)) }
    }

    /// The call, its options shortened: they would fill the line.
    private func call(_ signature: Signature) -> String {
        var parts = signature.parameters.map { $0.isOptional ? "[\($0.name)]" : $0.name }
        if signature.variadic != nil { parts.append("...") }
        if !signature.options.isEmpty { parts.append("{...}") }
        let name = signature.isMethod ? ":" + signature.shortName : signature.name
        if parts == ["{...}"] { return name + "{...}" }
        return "\(name)(\(parts.joined(separator: ", ")))"
    }

    private func entry(_ parameter: Parameter, isVariadic: Bool) -> [String] {
        var words = parameter.type.expected
        switch parameter.absence {
        case .required: break
        case .none: words += ", optional"
        case .value(let constant): words += ", default \(constant.text)"
        case .described(let text): words += ", default: \(text)"
        }
        return item(isVariadic ? "..." : parameter.name, "\(parameter.prose) (\(words))")
    }

    /// A name and its explanation in two columns; a long name gets a line of its own.
    private func item(_ name: String, _ prose: String, column: Int = 16) -> [String] {
        let body = wrap(prose, indent: column + 2)
        guard let first = body.first else { return ["  " + name] }
        guard name.utf8.count < column else { return ["  " + name] + body }
        let gap = String(repeating: " ", count: column - name.unicodeScalars.count)
        return ["  " + name + gap + first.drop { $0 == " " }] + body.dropFirst()
    }

    static func firstSentence(_ prose: String) -> String {
        var previous: Character = " "
        for index in prose.indices {
            if previous == ".", prose[index] == " " { return String(prose[..<index]) }
            previous = prose[index]
        }
        return prose
    }

    private func wrap(_ prose: String, indent: Int) -> [String] {
        let margin = String(repeating: " ", count: indent)
        var lines: [String] = []
        for paragraph in prose.split(separator: "\n", omittingEmptySubsequences: false) {
            var line = ""
            for word in paragraph.split(separator: " ") {
                if !line.isEmpty, indent + line.unicodeScalars.count + 1 + word.unicodeScalars.count > width {
                    lines.append(margin + line)
                    line = ""
                }
                line += line.isEmpty ? String(word) : " " + word
            }
            lines.append(margin + line)
        }
        return lines
    }
}
