import LuaKit
import Support

extension LuaModule {
    static let json = LuaModule(
        "json", "JSON text and back, byte for byte.",
        functions: [decode, encode],
        classes: [JSONNull.luaClass],
        constants: { [("null", .object(JSONNull.shared))] })

    private static let decode = Signature(
        "json.decode",
        """
        Reads JSON text. Arrays become lists, objects tables, null becomes json.null (nil would leave a hole). Whole numbers become integers, \
        where 64 bits hold them. Of equal keys the last counts.
        """,
        parameters: [.required("str", .string, "the text, in UTF-8; a byte-order mark is skipped")],
        returns: [.init("value", "what the text says")],
        example: .init("return json.decode('{\"price\": 9.5, \"tags\": [\"a\", null]}').price", output: "9.5"),
        related: ["json.encode"]
    ) { call throws(Failure) in
        guard let text = try call.given("str") else { return .nil }
        let cancellation = call.work.cancellation
        return .written { writer throws(Failure) in
            do throws(Failure) {
                try text.withBytes { bytes throws(Failure) in
                    let sink = LuaSink(writer: writer)
                    _ = try JSON.scan(UnsafeRawBufferPointer(bytes), cancellation: cancellation, into: sink)
                }
            } catch {
                guard case .format(_, let place?) = error.kind else { throw error }
                throw .argument("str", expected: "JSON text", got: "other text at \(place)", hint: error.problem)
            }
        }
    }

    private static let encode = Signature(
        "json.encode",
        """
        Writes a value as JSON text: tables with a list part as arrays, tables with names as objects, their keys sorted, json.null as null. The \
        same value always gives the same text.
        """,
        parameters: [
            .optional(
                "value", .any, standing: "null", "a boolean, number, string, json.null, or a table of such values")
        ],
        options: [
            .optional("pretty", .boolean, default: false, "one member or item a line, two blanks a level"),
            .optional("empty", .choice(["list", "object"]), default: "list", "what a table without anything in it is"),
        ],
        returns: [.init("string", "the text")],
        example: .init(
            "return json.encode({name = \"ad\", costs = {1, 2.5}})",
            output: "\"{\\\"costs\\\":[1,2.5],\\\"name\\\":\\\"ad\\\"}\""),
        related: ["json.decode"]
    ) { call throws(Failure) in
        let cancellation = call.work.cancellation
        var writer = JSONEncoding(
            emptyIsObject: try call.string("empty") == "object", cancellation: cancellation)
        let json = try writer.json(call.has("value") ? call.value("value") : .nil)
        return .string(try json.encoded(call.boolean("pretty") ? .pretty : .compact, cancellation: cancellation))
    }
}

/// JSON's null in Lua, which tables can hold where nil would be a hole.
final class JSONNull: LuaVisible, Sendable {
    static let shared = JSONNull()

    static let luaClass = LuaClass(
        "json.null", for: JSONNull.self, "Stands for null where nil would leave a hole. There is one value of it.",
        isSingle: true,
        display: { _ in "json.null" })
}

/// Writes what a JSON text says down for Lua, without such values in between.
private struct LuaSink: JSONSink {
    var writer: LuaWriter
    private let nothing = LuaObject(JSONNull.shared, of: JSONNull.luaClass)

    init(writer: LuaWriter) { self.writer = writer }

    func null() throws(Failure) { try writer.object(nothing) }

    func bool(_ flag: Bool) { writer.boolean(flag) }

    func int(_ number: Int64) { writer.integer(Int(number)) }

    func double(_ number: Double) { writer.number(number) }

    func string(_ bytes: UnsafeBufferPointer<UInt8>) { writer.string(bytes) }

    mutating func beginArray() { writer.beginList() }

    mutating func endArray(_ count: Int) { writer.end(count) }

    mutating func beginObject() { writer.beginTable() }

    func key(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        writer.string(bytes)
        return true
    }

    mutating func endObject(_ count: Int) { writer.end(count) }
}

/// From Lua values to JSON.
private struct JSONEncoding {
    private enum Step {
        case position(Int)
        case name([UInt8])
    }

    private let emptyIsObject: Bool
    private let cancellation: Cancellation
    /// Where in the value the encoding is.
    private var path: [Step] = []
    private var count = 0

    init(emptyIsObject: Bool, cancellation: Cancellation) {
        self.emptyIsObject = emptyIsObject
        self.cancellation = cancellation
    }

    mutating func json(_ value: LuaValue) throws(Failure) -> JSON {
        count += 1
        if count & 0xfff == 0 { try cancellation.check() }
        switch value {
        case .nil: return .null
        case .boolean(let flag): return .bool(flag)
        case .integer(let number): return .int(Int64(number))
        case .number(let number):
            guard number.isFinite else {
                throw refused(
                    numberText(number), hint: "JSON has no form for it; json.null says that there is no value")
            }
            return .double(number)
        case .string(let bytes): return .string(try text(bytes, "a string"))
        case .object(let object):
            if object.get(JSONNull.self) != nil { return .null }
            throw refused("a \(object.luaClass.name)", hint: "convert it first, for example with :totable()")
        case .table(let table): return try json(table)
        default: throw refused("a \(value.typeName)", hint: nil)
        }
    }

    private mutating func json(_ table: LuaTable) throws(Failure) -> JSON {
        if table.isEmpty { return emptyIsObject ? .object(JSONObject()) : [] }
        if table.fields.isEmpty {
            var items: [JSON] = []
            items.reserveCapacity(table.list.count)
            for (index, item) in table.list.enumerated() {
                path.append(.position(index + 1))
                items.append(try json(item))
                path.removeLast()
            }
            return .array(items)
        }
        guard table.list.isEmpty else {
            throw refused("a table with both a list and names or holes", hint: "json.null fills holes")
        }
        var object = JSONObject()
        for (key, value) in table.fields {
            guard case .string(let name) = key else {
                throw refused(
                    "a table with a key that is a \(key.typeName)",
                    hint: "json.null fills holes, tostring(k) makes a name")
            }
            let key = try text(name, "a key")
            path.append(.name(name))
            object.set(key, try json(value))
            path.removeLast()
        }
        return .object(object)
    }

    /// The bytes as text. JSON is UTF-8 throughout; a reader elsewhere would refuse or change anything else.
    private func text(_ bytes: [UInt8], _ what: String) throws(Failure) -> ByteString {
        guard String(validating: bytes, as: UTF8.self) == nil else { return ByteString(bytes) }
        throw refused("\(what) that is not valid UTF-8", hint: nil)
    }

    private func refused(_ what: String, hint: String?) -> Failure {
        var place = ""
        for step in path {
            switch step {
            case .position(let position): place += "[\(position)]"
            case .name(let name): place += ".\(String(decoding: name, as: UTF8.self))"
            }
        }
        return .argument(
            "value", expected: "booleans, numbers, text, json.null and tables of them",
            got: path.isEmpty ? what : "\(what) at value\(place)", hint: hint)
    }
}
