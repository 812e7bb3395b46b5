import CLua

/// A look at what a state holds, with nothing being run: no metamethod, no finalizer. What it finds are places on Lua's stack.
///
/// Keys are looked for by walking tables rather than by asking for them: to ask, Lua would have to make a string, and with it perhaps
/// collect garbage and call a script's finalizers.
public struct Inspector {
    /// How far `__index` is followed from table to table; a longer chain is a circle.
    private static let chainLimit = 32

    private let state: LuaState
    private let lua: OpaquePointer

    fileprivate init(_ state: LuaState) {
        self.state = state
        lua = state.current
    }

    /// The table of globals.
    public func globals() -> Argument? {
        guard lua_checkstack(lua, 1) != 0 else { return nil }
        clua_push_globals(lua)
        return top
    }

    /// The local variables that entries of a conversation declared, in byte order.
    public var localNames: [String] { state.localNames }

    /// What is in one of these variables.
    public func local(_ name: String) -> Argument? { state.pushLocal(name, on: lua) ? top : nil }

    /// What is at `key`, a string, in a table or in the tables that `__index` names behind it; nil if it is in none.
    public func member(_ key: String, of value: Argument) -> Argument? {
        var found: Argument?
        forEachTable(of: value) { table in
            found = entry(key, of: table)
            return found == nil
        }
        return found
    }

    /// What is at the position `position` of a table itself.
    public func element(_ position: Int, of table: Argument) -> Argument? {
        guard table.kind == .table, lua_checkstack(lua, 1) != 0 else { return nil }
        lua_rawgeti(lua, table.index, lua_Integer(position))
        return top
    }

    /// Calls `body` with each key and value of a table and of the tables that `__index` names behind it, until it returns false.
    /// They are valid during that call only.
    public func forEachMember(of value: Argument, _ body: (_ key: Argument, _ value: Argument) -> Bool) {
        forEachTable(of: value) { table in forEachEntry(of: table, body) }
    }

    /// Whether a value is a function written in C that no declaration stands behind: one of Lua's own.
    public func isBuiltin(_ value: Argument) -> Bool {
        lua_iscfunction(value.lua, value.index) != 0 && value.signature == nil
    }

    /// What is known of a function of Lua's own, found by where it stands.
    public func libraryEntry(of value: Argument) -> LuaLibrary.Entry? {
        guard let globals = globals() else { return nil }
        return LuaLibrary.entries.first { entry in
            let path = entry.name.split(separator: ".").map(String.init)
            guard path.count <= 2, !entry.name.contains(":"), var found = member(path[0], of: globals) else {
                return false
            }
            if path.count == 2 {
                guard let inner = member(path[1], of: found) else { return false }
                found = inner
            }
            return found.kind == .function && areSame(found, value)
        }
    }

    /// Whether both are the same table, function or object.
    public func areSame(_ left: Argument, _ right: Argument) -> Bool {
        lua_rawequal(lua, left.index, right.index) != 0
    }

    private var top: Argument { Argument(state: state, lua: lua, index: lua_gettop(lua)) }

    /// Calls `body` with the value, if it is a table, and with the tables found by following `__index`, until it returns false.
    private func forEachTable(of value: Argument, _ body: (Argument) -> Bool) {
        var value = value
        for _ in 0..<Self.chainLimit {
            if value.kind == .table, !body(value) { return }
            guard lua_checkstack(lua, 4) != 0, lua_getmetatable(lua, value.index) != 0,
                let next = entry("__index", of: top), next.kind == .table
            else { return }
            value = next
        }
    }

    private func entry(_ key: String, of table: Argument) -> Argument? {
        let place = lua_gettop(lua)
        var isFound = false
        guard lua_checkstack(lua, 4) != 0 else { return nil }
        forEachEntry(of: table) { candidate, value in
            guard candidate.equals(key) else { return true }
            // Over the key, where it stays when the walk is given up.
            lua_pushvalue(lua, value.index)
            isFound = true
            return false
        }
        guard isFound else {
            lua_settop(lua, place)
            return nil
        }
        return top
    }

    /// Walks one table; true if it came to its end. What `body` left on the stack stays if it returned false.
    @discardableResult private func forEachEntry(
        of table: Argument, _ body: (_ key: Argument, _ value: Argument) -> Bool
    ) -> Bool {
        guard lua_checkstack(lua, 4) != 0 else { return false }
        let place = lua_gettop(lua)
        let key = Argument(state: state, lua: lua, index: place + 1)
        let value = Argument(state: state, lua: lua, index: place + 2)
        lua_pushnil(lua)
        while lua_next(lua, table.index) != 0 {
            if !body(key, value) { return false }
            lua_settop(lua, place + 1)
        }
        return true
    }
}

extension LuaState {
    /// Looks at values without running anything; see `Inspector`. Nil on a thread that is not the state's. What `body` finds is
    /// valid until it returns.
    public func inspect<Result>(_ body: (Inspector) -> Result) -> Result? {
        guard isOnItsThread else { return nil }
        let lua = current
        let top = lua_gettop(lua)
        defer { lua_settop(lua, top) }
        return body(Inspector(self))
    }
}
