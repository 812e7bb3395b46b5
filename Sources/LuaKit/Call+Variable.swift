import CLua

extension Call {
    /// The object that a variable of that name holds for the code that calls: a local one, one of an entry's before, or a global. For hints;
    /// nothing is run.
    public func variable(_ name: String) -> LuaObject? {
        state.inspect { inspector in
            if clua_push_variable(lua, name) { return Argument(state: state, lua: lua, index: lua_gettop(lua)).object }
            return (inspector.local(name) ?? inspector.globals().flatMap { inspector.member(name, of: $0) })?.object
        } ?? nil
    }
}
