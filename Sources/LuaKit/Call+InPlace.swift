import CLua
import Support

/// Work on Lua values as they are, without copies in Swift. What these leave on the stack goes when the native function returns.
extension Call {
    /// Keeps the value for later calls.
    public func keep(_ argument: Argument) throws(Failure) -> LuaReference {
        try state.anchorReference(argument.lua, argument.index)
    }

    /// The kept value, in place again.
    public func place(_ reference: LuaReference) throws(Failure) -> Argument {
        guard lua_checkstack(lua, 4) != 0 else { throw Failure(.memory, "Lua has no room on its stack") }
        clua_push_reference(lua, reference.index)
        return argument(Int(lua_gettop(lua)))
    }

    /// The value at `position` of a table, without metamethods.
    public func element(_ position: Int, of table: Argument) throws(Failure) -> Argument {
        guard table.kind == .table, lua_checkstack(lua, 4) != 0 else { throw .operation("a table is needed here") }
        lua_rawgeti(lua, table.index, lua_Integer(position))
        return argument(Int(lua_gettop(lua)))
    }

    /// Calls a Lua function (or what can be called) with values as they are; returns its results in place. Hand one back as
    /// `LuaValue(its argument)`.
    public func apply(_ function: Argument, _ arguments: [Argument]) throws(Failure) -> [Argument] {
        guard lua_checkstack(lua, Int32(clamping: arguments.count + 8)) != 0 else {
            throw Failure(.memory, "Lua has no room on its stack")
        }
        let top = lua_gettop(lua)
        for argument in [function] + arguments {
            if argument.kind == .none { lua_pushnil(lua) } else { lua_pushvalue(lua, argument.index) }
        }
        guard clua_apply(lua, Int32(arguments.count)) == LUA_OK else { throw state.caught(lua) }
        let end = lua_gettop(lua)
        return end > top ? ((top + 1)...end).map { argument(Int($0)) } : []
    }
}

extension LuaValue {
    /// The argument itself, handed back uncopied.
    public init(_ argument: Argument) { self = argument.kind == .none ? .nil : .argument(Int(argument.index)) }
}
