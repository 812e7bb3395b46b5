import LuaKit
import Support

/// The whole public face, made from the declarations.
public enum API {
    /// A line a function, in lines of `width` columns, for reading.
    public static func text(width: Int) -> String {
        HelpText(width: width).listing(Catalogue(modules: LuaModules.modules, globals: LuaModules.globals))
    }

    /// Modules with their functions and classes, and the global functions, all in declared order.
    public static func json(
        modules: [LuaModule] = LuaModules.modules, globals: [Signature] = LuaModules.globals
    ) -> JSON {
        ["globals": .array(globals.map(json)), "modules": .array(modules.map(json))]
    }

    private static func json(_ module: LuaModule) -> JSON {
        object([
            ("name", JSON(module.name)),
            ("prose", JSON(module.prose)),
            ("call", module.call.map(json)),
            ("functions", list(module.functions.map(json))),
            ("constants", list(module.constants().map { JSON($0.0) })),
            ("classes", list(module.classes.map(json))),
        ])
    }

    private static func json(_ luaClass: LuaClass) -> JSON {
        object([
            ("name", JSON(luaClass.name)),
            ("prose", JSON(luaClass.prose)),
            (
                "fields",
                list(
                    luaClass.fields.map {
                        ["name": JSON($0.name), "type": JSON($0.type), "prose": JSON($0.prose)]
                    })
            ),
            ("methods", list(luaClass.methods.map(json))),
        ])
    }

    private static func json(_ signature: Signature) -> JSON {
        object([
            ("name", JSON(signature.name)),
            ("usage", JSON(signature.usage)),
            ("prose", JSON(signature.prose)),
            ("parameters", list(signature.parameters.map(json))),
            ("variadic", signature.variadic.map(json)),
            ("options", list(signature.options.map(json))),
            ("returns", list(signature.returns.map { ["type": JSON($0.type), "prose": JSON($0.prose)] })),
            (
                "example",
                signature.example.map {
                    object([("code", JSON($0.code)), ("output", JSON($0.output)), ("needs", $0.needs.map { JSON($0) })])
                }
            ),
            ("related", list(signature.related.map { JSON($0) })),
        ])
    }

    private static func json(_ parameter: Parameter) -> JSON {
        var fields: [(String, JSON?)] = [
            ("name", JSON(parameter.name)), ("type", json(parameter.type.form)),
            ("expected", JSON(parameter.type.expected)), ("prose", JSON(parameter.prose)),
        ]
        switch parameter.absence {
        case .required: fields.append(("required", true))
        case .none: break
        case .value(let constant): fields.append(("default", json(constant)))
        case .described(let text): fields.append(("standing", JSON(text)))
        }
        return object(fields)
    }

    private static func json(_ form: ParameterType.Form) -> JSON {
        switch form {
        case .any: "any"
        case .boolean: "boolean"
        case .string: "string"
        case .table: "table"
        case .function: "function"
        case .number(let minimum, let maximum):
            object([("kind", "number"), ("minimum", minimum.map(number)), ("maximum", maximum.map(number))])
        case .integer(let minimum, let maximum):
            object([("kind", "integer"), ("minimum", minimum.map { JSON($0) }), ("maximum", maximum.map { JSON($0) })])
        case .choice(let words): ["kind": "choice", "choices": .array(words.map { JSON($0) })]
        case .list(let element): ["kind": "list", "of": json(element)]
        case .object(let name): ["kind": "object", "class": JSON(name)]
        case .either(let forms): ["kind": "either", "of": .array(forms.map(json))]
        case .custom(let name): ["kind": "custom", "name": JSON(name)]
        }
    }

    private static func json(_ constant: Parameter.Constant) -> JSON {
        switch constant {
        case .boolean(let value): .bool(value)
        case .integer(let value): JSON(value)
        case .number(let value): number(value)
        case .string(let value): JSON(value)
        }
    }

    /// JSON has no form for infinities, which some ranges have as a bound.
    private static func number(_ value: Double) -> JSON { value.isFinite ? .double(value) : JSON(numberText(value)) }

    private static func list(_ values: [JSON]) -> JSON? { values.isEmpty ? nil : .array(values) }

    /// An object without the members that say nothing.
    private static func object(_ members: [(String, JSON?)]) -> JSON {
        var object = JSONObject()
        for (key, value) in members { if let value { object[key] = value } }
        return .object(object)
    }
}
