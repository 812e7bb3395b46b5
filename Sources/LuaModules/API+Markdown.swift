import LuaKit

extension API {
    /// The reference as a page of Markdown: contents, then the globals and each module with its functions and classes.
    public static func markdown(
        modules: [LuaModule] = LuaModules.modules, globals: [Signature] = LuaModules.globals
    ) -> String {
        MarkdownWriter(Catalogue(modules: modules, globals: globals)).page
    }
}

private struct MarkdownWriter {
    private let catalogue: Catalogue
    private let names: Set<String>

    init(_ catalogue: Catalogue) {
        self.catalogue = catalogue
        names = Set(catalogue.names)
    }

    var page: String {
        var parts = [
            "# Cohort reference",
            "Every function from its declaration, the same that `help` shows. Options stand in one table behind the other arguments: "
                + "`f(x, {name = value})`.",
            contents,
            "## Everywhere",
        ]
        parts += catalogue.globals.flatMap(function)
        for module in catalogue.modules {
            parts += [heading("##", module.name, anchor: "module-\(module.name)"), module.prose]
            if let constants = constants(of: module) { parts.append(constants) }
            if let call = module.call { parts += function(call) }
            parts += module.functions.flatMap(function)
            parts += module.classes.flatMap(section)
        }
        return parts.joined(separator: "\n\n") + "\n"
    }

    private var contents: String {
        var rows = ["| | |", "| --- | --- |"]
        rows.append("| everywhere | \(links(catalogue.globals.map(\.name))) |")
        for module in catalogue.modules {
            let functions = (module.call.map { [$0.name] } ?? []) + module.functions.map(\.name)
            let classes = module.classes.map(\.name).filter { !functions.contains($0) }
            rows.append("| [\(module.name)](#module-\(module.name)) | \(links(functions + classes)) |")
        }
        return rows.joined(separator: "\n")
    }

    private func links(_ names: [String]) -> String { names.map(link).joined(separator: ", ") }

    private func link(_ name: String) -> String {
        names.contains(name) ? "[`\(name)`](#\(Self.anchor(name)))" : "`\(name)`"
    }

    /// Letters of both cases differ in our names and dots do not stay in the anchors that sites make: so we set our own.
    private static func anchor(_ name: String) -> String { String(name.map { $0 == ":" || $0 == "." ? "-" : $0 }) }

    private func heading(_ level: String, _ text: String, anchor: String) -> String {
        "<a id=\"\(anchor)\"></a>\n\n\(level) \(text)"
    }

    private func constants(of module: LuaModule) -> String? {
        let names = module.constants().map { "`\(module.name).\($0.0)`" }
        return names.isEmpty ? nil : "Values: \(names.joined(separator: ", "))"
    }

    private func section(_ luaClass: LuaClass) -> [String] {
        // A class that its module is named for shares the anchor of the function that makes its objects.
        let isMain = catalogue.modules.contains { $0.name == luaClass.name && $0.call != nil }
        let anchor = Self.anchor(luaClass.name) + (isMain ? "-object" : "")
        var parts = [heading("###", "\(luaClass.name) (objects)", anchor: anchor), escape(luaClass.prose)]
        if !luaClass.fields.isEmpty {
            let rows = luaClass.fields.map { "| `.\($0.name)` | \($0.type) | \(cell($0.prose)) |" }
            parts.append((["| field | type | |", "| --- | --- | --- |"] + rows).joined(separator: "\n"))
        }
        return parts + luaClass.methods.flatMap(function)
    }

    private func function(_ signature: Signature) -> [String] {
        var parts = [
            heading("####", signature.name, anchor: Self.anchor(signature.name)), "```lua\n\(signature.usage)\n```",
            escape(signature.prose),
        ]
        let positional = signature.parameters + (signature.variadic.map { [$0] } ?? [])
        var rows = positional.map { row($0, $0.name == signature.variadic?.name ? "..." : $0.name) }
        rows += signature.options.map { row($0, "{\($0.name)}") }
        if !rows.isEmpty {
            parts.append(
                (["| parameter | accepts | default | |", "| --- | --- | --- | --- |"] + rows).joined(separator: "\n"))
        }
        if !signature.returns.isEmpty {
            parts.append(
                "Returns " + signature.returns.map { "\($0.type): \(escape($0.prose))" }.joined(separator: "; then ")
                    + ".")
        }
        if let example = signature.example {
            let output = example.output.split(separator: "\n", omittingEmptySubsequences: false).map { "--> \($0)" }
            let shown = example.output.isEmpty ? [] : output
            parts.append("```lua\n" + ([example.code] + shown).joined(separator: "\n") + "\n```")
            if let needs = example.needs { parts.append("(needs \(needs))") }
        }
        if !signature.related.isEmpty { parts.append("See also: \(links(signature.related))") }
        return parts
    }

    private func row(_ parameter: Parameter, _ name: String) -> String {
        let standing =
            switch parameter.absence {
            case .required: "required"
            case .none: ""
            case .value(let constant): "`\(constant.text)`"
            case .described(let text): text
            }
        return "| `\(name)` | \(cell(parameter.type.expected)) | \(cell(standing)) | \(cell(parameter.prose)) |"
    }

    private func cell(_ text: String) -> String {
        escape(text.split(whereSeparator: \.isNewline).joined(separator: " ").replacing("|", with: "\\|"))
    }

    /// Text in which `*`, `_` and `<` mean themselves, outside of code marks.
    private func escape(_ text: String) -> String {
        var result = ""
        var isCode = false
        for character in text {
            if character == "`" { isCode.toggle() }
            if !isCode, "*_<".contains(character) { result.append("\\") }
            result.append(character)
        }
        return result
    }
}
