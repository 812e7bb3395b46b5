import CLua
import Support

extension LuaState {
    /// Called for each element that is read from a table: stops the reading of millions of them when the work is to stop.
    func countRead() throws(Failure) {
        reads &+= 1
        if reads & 0xfff == 0 { try cancellation.check() }
    }

    /// Copies the value at `index`. Reads raw: no metamethod runs.
    ///
    /// - Throws: an argument failure, for the caller to name the parameter, for what cannot be copied.
    func read(_ lua: OpaquePointer, _ index: Int32, depth: Int) throws(Failure) -> LuaValue {
        try countRead()
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
            throw unreadable(argument.words)
        default: throw unreadable(argument.words)
        }
    }

    private func unreadable(_ words: String) -> Failure {
        .argument("value", expected: "values that can be copied", got: "a \(words)")
    }

    private func readTable(_ lua: OpaquePointer, _ index: Int32, depth: Int) throws(Failure) -> LuaTable {
        guard depth < Int(CLUA_DEPTH_LIMIT) else {
            throw .argument(
                "value", expected: "tables nested at most \(CLUA_DEPTH_LIMIT) deep",
                got: "deeper ones, or one that contains itself")
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
        if table.fields.count > 1 { table.fields = try LuaTable.sorted(table.fields, cancellation) }
        return table
    }
}
