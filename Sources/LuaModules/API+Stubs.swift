import LuaKit

extension API {
    /// Files for the Lua language server, by name: what every module, class and global function takes and returns, in its annotations. They
    /// hold no code that does anything.
    public static func stubs(
        modules: [LuaModule] = LuaModules.modules, globals: [Signature] = LuaModules.globals
    ) -> [(name: String, text: String)] {
        let types = StubTypes(classes: modules.flatMap(\.classes).map(\.name))
        let files = modules.map { ("\($0.name).lua", StubWriter(types).module($0)) }
        return files + [("globals.lua", StubWriter(types).globals(globals))]
    }
}

/// What the words of declarations are called in annotations.
private struct StubTypes {
    let classes: [String]

    /// The type of a parameter.
    func name(_ parameter: Parameter) -> String {
        // A type of a module's own is known by its words alone.
        containsCustom(parameter.type.form) ? name(words: parameter.type.expected) : name(parameter.type.form)
    }

    private func containsCustom(_ form: ParameterType.Form) -> Bool {
        switch form {
        case .custom: true
        case .either(let forms): forms.contains(where: containsCustom)
        case .list(let element): containsCustom(element)
        default: false
        }
    }

    private func name(_ form: ParameterType.Form) -> String {
        switch form {
        case .any, .custom: "any"
        case .boolean: "boolean"
        case .string: "string"
        case .table: "table"
        case .function: "function"
        case .number: "number"
        case .integer: "integer"
        case .choice(let words): words.map { "\"\($0)\"" }.joined(separator: "|")
        case .list(let element): list(name(element))
        case .object(let name): name
        case .either(let forms): forms.map(name).joined(separator: "|")
        }
    }

    /// The type that words describe: "tensor [n, d], column or list of lists of numbers".
    func name(words: String) -> String {
        var names: [String] = []
        for part in Self.alternatives(words) {
            let name = single(part)
            if name == "any" { return "any" }
            if !names.contains(name) { names.append(name) }
        }
        return names.isEmpty ? "any" : names.joined(separator: "|")
    }

    private static func alternatives(_ words: String) -> [String] {
        var plain = ""
        var depth = 0
        for character in words {
            if "[({".contains(character) { depth += 1 }
            if depth == 0 { plain.append(character) }
            if "])}".contains(character) { depth -= 1 }
        }
        let parts = plain.replacing(", ", with: " or ").split(separator: " or ")
        return parts.map { part in
            part.split(separator: " ").drop { ["or", "a", "an", "the", "text"].contains($0) }.joined(separator: " ")
        }.filter { !$0.isEmpty && !$0.hasPrefix("as in") }
    }

    private func single(_ words: String) -> String {
        if classes.contains(words) { return words }
        for start in ["list of ", "lists of "] where words.hasPrefix(start) {
            return list(single(String(words.dropFirst(start.count))))
        }
        switch words.split(separator: " ").first.map(String.init) {
        case "list", "lists": return "any[]"
        case "tensor", "tensors", "mask": return "tensor"
        case "column": return "data.Column"
        case "number", "numbers": return "number"
        case "integer", "integers": return "integer"
        case "string", "strings": return "string"
        case "boolean", "booleans", "true", "false": return "boolean"
        case "record", "records", "table", "tables": return "table"
        case "iterator": return "fun(...): any"
        case "function": return "function"
        default: return "any"
        }
    }

    private func list(_ element: String) -> String { element.contains("|") ? "(\(element))[]" : "\(element)[]" }
}

/// Writes one file.
private struct StubWriter {
    private let types: StubTypes
    private var lines: [String] = []

    init(_ types: StubTypes) { self.types = types }

    func module(_ module: LuaModule) -> String {
        var writer = self
        writer.lines = ["---@meta cohort.\(module.name)", ""]
        for luaClass in module.classes { writer.add(luaClass) }
        for function in module.functions { writer.addOptions(function) }
        if let call = module.call { writer.addOptions(call) }
        writer.addProse(module.prose)
        // Not the module's own name, which a class of objects may have.
        writer.lines.append("---@class cohort.\(module.name)")
        for (name, _) in module.constants() { writer.lines.append("---@field \(name) any") }
        if let call = module.call { writer.lines.append("---@overload \(writer.type(of: call))") }
        writer.lines += ["\(module.name) = {}", ""]
        for function in module.functions { writer.add(function, as: function.name) }
        writer.lines.append("return \(module.name)")
        return writer.lines.joined(separator: "\n") + "\n"
    }

    func globals(_ signatures: [Signature]) -> String {
        var writer = self
        writer.lines = ["---@meta", ""]
        for signature in signatures { writer.addOptions(signature) }
        for signature in signatures { writer.add(signature, as: signature.name) }
        return writer.lines.joined(separator: "\n") + "\n"
    }

    private mutating func add(_ luaClass: LuaClass) {
        for method in luaClass.methods { addOptions(method) }
        addProse(luaClass.prose)
        lines.append("---@class \(luaClass.name)")
        for field in luaClass.fields {
            lines.append("---@field \(field.name) \(types.name(words: field.type)) \(Self.line(field.prose))")
        }
        let short = luaClass.name.split(separator: ".").last.map(String.init) ?? luaClass.name
        // The module's table may have the same name.
        let variable = short.prefix(1).uppercased() + short.dropFirst()
        lines += ["local \(variable) = {}", ""]
        for method in luaClass.methods { add(method, as: "\(variable):\(method.shortName)") }
    }

    /// The options as a class of their own, so that the server completes and checks the keys.
    private mutating func addOptions(_ signature: Signature) {
        guard !signature.options.isEmpty else { return }
        lines.append("---@class (exact) \(Self.optionsName(signature))")
        for option in signature.options {
            let mark = option.isOptional ? "?" : ""
            lines.append("---@field \(option.name)\(mark) \(types.name(option)) \(Self.explain(option))")
        }
        lines.append("")
    }

    private mutating func add(_ signature: Signature, as name: String) {
        addProse(signature.prose)
        if let example = signature.example {
            lines += ["---", "---```lua"]
            lines += example.code.split(separator: "\n", omittingEmptySubsequences: false).map { "---\($0)" }
            if !example.output.isEmpty {
                lines += example.output.split(separator: "\n", omittingEmptySubsequences: false).map { "-----> \($0)" }
            }
            lines.append("---```")
        }
        var names = signature.parameters.map(\.name)
        for parameter in signature.parameters {
            let mark = parameter.isOptional ? "?" : ""
            lines.append("---@param \(parameter.name)\(mark) \(types.name(parameter)) \(Self.explain(parameter))")
        }
        if !signature.options.isEmpty, signature.variadic == nil {
            let isNeeded = signature.options.contains { !$0.isOptional }
            lines.append("---@param options\(isNeeded ? "" : "?") \(Self.optionsName(signature))")
            names.append("options")
        }
        if let variadic = signature.variadic {
            let options = signature.options.isEmpty ? "" : "|\(Self.optionsName(signature))"
            lines.append("---@param ... \(types.name(variadic))\(options) \(Self.line(variadic.prose))")
            names.append("...")
        }
        for result in signature.returns {
            // Behind a comment mark: the first word would be taken for the result's name.
            lines.append("---@return \(types.name(words: result.type)) # \(Self.line(result.prose))")
        }
        for related in signature.related { lines.append("---@see \(related)") }
        lines += ["function \(name)(\(names.joined(separator: ", "))) end", ""]
    }

    /// The type of a function, on one line.
    private func type(of signature: Signature) -> String {
        var parts = signature.parameters.map { "\($0.name)\($0.isOptional ? "?" : ""): \(types.name($0))" }
        if !signature.options.isEmpty { parts.append("options?: \(Self.optionsName(signature))") }
        if let variadic = signature.variadic { parts.append("...: \(types.name(variadic))") }
        let results = signature.returns.map { types.name(words: $0.type) }.joined(separator: ", ")
        return "fun(\(parts.joined(separator: ", ")))" + (results.isEmpty ? "" : ": \(results)")
    }

    private mutating func addProse(_ prose: String) {
        lines += prose.split(separator: "\n", omittingEmptySubsequences: false).map { "---\($0)" }
    }

    private static func optionsName(_ signature: Signature) -> String {
        "\(String(signature.name.map { $0 == ":" ? "." : $0 })).options"
    }

    /// What a parameter is, with the range and the default that the type does not say.
    private static func explain(_ parameter: Parameter) -> String {
        var words = parameter.type.expected
        switch parameter.absence {
        case .required, .none: break
        case .value(let constant): words += ", default \(constant.text)"
        case .described(let text): words += ", default: \(text)"
        }
        return "\(line(parameter.prose)) (\(words))"
    }

    private static func line(_ prose: String) -> String {
        prose.split(whereSeparator: \.isNewline).joined(separator: " ")
    }
}
