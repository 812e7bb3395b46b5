import CLua
import Support

extension LuaClass {
    /// The metatable's entries and the methods, ready to be pushed.
    func metatable() -> (metatable: LuaValue, methods: LuaValue, fallback: LuaValue) {
        var entries: [(String, LuaValue)] = [
            ("__name", .string(name)),
            ("__metatable", .boolean(false)),
            ("__tostring", hidden("tostring") { [self] (call) throws(Failure) in .string(text(try call.receiver())) }),
            (
                "__close",
                hidden("close") { (call) throws(Failure) in
                    let object = try call.receiver()
                    object.luaClass.onClose?(object)
                    object.close()
                    return .nothing
                }
            ),
        ]
        if let newIndex {
            entries.append(("__newindex", hidden("assignment", newIndex)))
        } else {
            entries.append(
                (
                    "__newindex",
                    hidden("assignment") { [name] (call) throws(Failure) in
                        throw .operation("a \(name) has no field to assign: \(call.argument(2).words)")
                    }
                ))
        }
        if let length { entries.append(("__len", hidden("length", length))) }
        if let pairs { entries.append(("__pairs", hidden("pairs", pairs))) }
        if !operators.contains(where: { $0.0 == .eq }) {
            entries.append(
                (
                    "__eq",
                    hidden("==") { call throws(Failure) in
                        .boolean(call.argument(1).object?.isSame(as: call.argument(2).object) ?? false)
                    }
                ))
        }
        for (operation, body) in operators {
            entries.append(("__\(operation.rawValue)", hidden(operation.rawValue, body)))
        }
        let methods = methods.map { ($0.shortName, LuaValue.native($0)) }
        return (
            .record(entries), .record(methods), hidden("index") { [self] (call) throws(Failure) in try lookUp(call) }
        )
    }

    private func lookUp(_ call: Call) throws(Failure) -> LuaValue {
        let object = try call.receiver()
        let key = call.argument(2)
        if let name = key.text, let field = fields.first(where: { $0.name == name }) { return try field.get(object) }
        if object.isClosed { throw LuaClass.closed(name) }
        if let index { return try index(call) }
        throw noMember(key)
    }

    /// The failure of reading a member that does not exist, with near names. For `index` bodies that do not know a key.
    public func noMember(_ key: Argument) -> Failure {
        let near = key.text.flatMap { nearest(to: $0, in: memberNames) }
        return .operation("a \(name) has no member \(key.words)", hint: near.map { "did you mean '\($0)'?" })
    }

    private func hidden(_ role: String, _ body: @escaping Body) -> LuaValue {
        .native(Signature(internal: "\(name) \(role)", body))
    }
}
