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

    /// What a table holds under strings, in place, without metamethods, by name. A table of more than a hundred such fields is refused.
    public func fields(of table: Argument) throws(Failure) -> [(name: String, value: Argument)] {
        guard table.kind == .table, lua_checkstack(lua, 110) != 0 else { throw .operation("a table is needed here") }
        var found: [(name: String, value: Argument)] = []
        // The key stands above the values that were found.
        lua_pushnil(lua)
        while lua_next(lua, table.index) != 0 {
            let key = argument(Int(lua_gettop(lua)) - 1)
            guard let name = key.text else {
                lua_settop(lua, -2)
                continue
            }
            guard found.count < 100 else { throw .operation("a table of so many fields is not meant here") }
            // Key and value change places: the value stays, the key goes on top.
            lua_rotate(lua, -2, 1)
            found.append((name, argument(Int(lua_gettop(lua)) - 1)))
        }
        return found.sorted { $0.name < $1.name }
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

    /// Forgets the results of the latest `apply`, for functions that call many times before they return.
    public func drop(_ results: [Argument]) {
        if let first = results.first { lua_settop(lua, first.index - 1) }
    }
}

extension LuaValue {
    /// The argument itself, handed back uncopied.
    public init(_ argument: Argument) { self = argument.kind == .none ? .nil : .argument(Int(argument.index)) }
}

extension Call {
    /// What `table.name` is, looked up in the table and in the tables that its metatables name as `__index`; functions there are not
    /// called. Nil if nothing has it.
    public func member(_ name: String, of table: Argument) throws(Failure) -> Argument? {
        var holder = table
        for _ in 0..<16 {
            guard holder.kind == .table, lua_checkstack(lua, 4) != 0 else { return nil }
            if let found = try fields(of: holder).first(where: { $0.name == name }) { return found.value }
            guard lua_getmetatable(lua, holder.index) != 0 else { return nil }
            let metatable = argument(Int(lua_gettop(lua)))
            guard let next = try fields(of: metatable).first(where: { $0.name == "__index" }) else { return nil }
            holder = next.value
        }
        return nil
    }
}

extension Argument {
    /// What tells one table or function from another; nil for other values.
    public var identity: Int? {
        kind == .table || kind == .function ? lua_topointer(lua, index).map { Int(bitPattern: $0) } : nil
    }
}
