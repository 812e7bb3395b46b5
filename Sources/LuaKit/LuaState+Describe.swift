import CLua
import Support

extension LuaState {
    /// The value at `argument` as text, laid out for reading. A table or foreign value with `__tostring` is asked for its own.
    public func describe(_ argument: Argument, layout: ValueLayout) throws(Failure) -> String {
        try text(argument.lua, lua_absindex(argument.lua, argument.index), layout)
    }

    /// The value on the stack at `index`, laid out. What a terminal would obey is escaped, wherever it comes from.
    func text(_ lua: OpaquePointer, _ index: Int32, _ layout: ValueLayout) throws(Failure) -> String {
        if let own = try ownText(lua, index) { return DisplayWidth.harmless(own) }
        if let pointer = clua_object(lua, index) {
            let object = Unmanaged<LuaObject>.fromOpaque(pointer).takeUnretainedValue()
            return layout.objectText(object, layout) ?? DisplayWidth.harmless(object.luaClass.text(object))
        }
        var reader = ValueReader(lua) { object in
            DisplayWidth.escaped(layout.objectSummary(object) ?? object.luaClass.text(object))
        }
        if layout.isWhole { reader.readAll(until: cancellation) }
        let tree = reader.read(index)
        if layout.isWhole { try cancellation.check() }
        return tree.text(layout)
    }

    /// What `__tostring` says, for values that are not ours.
    private func ownText(_ lua: OpaquePointer, _ index: Int32) throws(Failure) -> String? {
        guard [LUA_TTABLE, LUA_TUSERDATA].contains(lua_type(lua, index)), clua_object(lua, index) == nil,
            lua_checkstack(lua, 8) != 0
        else { return nil }
        let value = LuaValue.reference(try anchorReference(lua, index))
        return try invoke(builtin: clua_own_text, [value]).first?.text
    }
}
