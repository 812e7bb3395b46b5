import CLua
import Support

extension Argument {
    /// What Lua's `tostring` gives for the value. A `__tostring` of the script's runs.
    public func tostring() throws(Failure) -> [UInt8] {
        switch lua_type(lua, index) {
        case LUA_TSTRING: return bytes ?? []
        case LUA_TNIL, LUA_TNONE: return Array("nil".utf8)
        case LUA_TBOOLEAN: return Array((lua_toboolean(lua, index) != 0 ? "true" : "false").utf8)
        case LUA_TNUMBER where lua_isinteger(lua, index) != 0:
            return Array(String(lua_tointegerx(lua, index, nil)).utf8)
        default:
            // Anything else by reference: a copy of a table would lose its metatable.
            let value = LuaValue.function(LuaFunction(try state.anchorReference(lua, index), signature: nil))
            guard case .string(let bytes)? = try state.invoke(builtin: clua_tostring, [value]).first else { return [] }
            return bytes
        }
    }
}
