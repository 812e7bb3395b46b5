import CLua
import Support

extension LuaState {
    /// Copies the value at `index`. Reads raw: no metamethod runs.
    func read(_ lua: OpaquePointer, _ index: Int32, depth: Int) throws(Failure) -> LuaValue {
        let argument = Argument(state: self, lua: lua, index: index)
        switch lua_type(lua, index) {
        case LUA_TNONE, LUA_TNIL: return .nil
        case LUA_TBOOLEAN: return .boolean(lua_toboolean(lua, index) != 0)
        case LUA_TNUMBER:
            if lua_isinteger(lua, index) != 0 { return .integer(Int(lua_tointegerx(lua, index, nil))) }
            return .number(lua_tonumberx(lua, index, nil))
        case LUA_TSTRING: return .string(argument.bytes ?? [])
        case LUA_TTABLE: return .table(try readTable(lua, lua_absindex(lua, index), depth: depth))
        case LUA_TFUNCTION: return .function(try anchor(lua, index))
        case LUA_TUSERDATA:
            if let object = argument.object { return .object(object) }
            throw .operation("a \(argument.words) cannot be used here")
        default: throw .operation("a \(argument.words) cannot be used here")
        }
    }

    private func readTable(_ lua: OpaquePointer, _ index: Int32, depth: Int) throws(Failure) -> LuaTable {
        guard depth < Int(CLUA_DEPTH_LIMIT) else {
            throw .operation("a table is nested more than \(CLUA_DEPTH_LIMIT) deep or contains itself")
        }
        guard lua_checkstack(lua, 4) != 0 else { throw Failure(.memory, "tables nested too deeply") }
        let top = lua_gettop(lua)
        defer { lua_settop(lua, top) }
        let count = Int(lua_rawlen(lua, index))
        var table = LuaTable()
        table.list.reserveCapacity(count)
        for position in 0..<count {
            lua_rawgeti(lua, index, lua_Integer(position + 1))
            table.list.append(try read(lua, top + 1, depth: depth + 1))
            lua_settop(lua, top)
        }
        lua_pushnil(lua)
        while lua_next(lua, index) != 0 {
            let inList =
                lua_isinteger(lua, top + 1) != 0 && (1...max(1, count)).contains(Int(lua_tointegerx(lua, top + 1, nil)))
            if !inList || count == 0 {
                let key = try read(lua, top + 1, depth: depth + 1)
                table.fields.append((key, try read(lua, top + 2, depth: depth + 1)))
            }
            lua_settop(lua, top + 1)
        }
        if table.fields.count > 1 { table.fields = LuaTable.sorted(table.fields) }
        return table
    }
}
