import CLua
import Support

/// How evaluating an entry ended.
public enum Evaluation {
    /// It ran; the values it returned, as text.
    case values([String])
    /// It did not get there.
    case stopped(Outcome)
}

/// What came of an entry of the prompt.
public struct EnteredEntry {
    /// How it ended, with the values to show.
    public var ending: Evaluation
    /// Where the expression begins that the entry is or ends in, in bytes of the entry.
    public var expressionStart: Int?
}

extension LuaState {
    /// Evaluates what somebody typed: an expression, statements, or statements and a last expression. Its values are returned as text,
    /// laid out for reading: tables with sorted keys, cut where they are long or deep. Nothing of it stays but what it assigned.
    public func evaluate(_ source: String, name: String, layout: ValueLayout) -> Evaluation {
        guard isOnItsThread else { return .stopped(run(source)) }
        let lua = current
        let top = lua_gettop(lua)
        defer { lua_settop(lua, top) }
        do throws(Failure) {
            let entry = try compileEntry(lua, Array(source.utf8), name)
            guard try start(entry.chunk, [], lua) == LUA_OK else { return .stopped(stopped(lua, above: top)) }
            return .values(try texts(lua, above: top, layout))
        } catch {
            return .stopped(outcome(of: error))
        }
    }

    /// Evaluates an entry of a conversation: its local variables stay for later entries, its first value stays in the globals `_` and `_1`,
    /// those of the entries before in `_2` to `_9`. A semicolon at the end silences the values, and nobody is told that a call returned nil.
    public func enter(_ source: [UInt8], name: String, layout: ValueLayout) -> EnteredEntry {
        var result = EnteredEntry(ending: .values([]))
        guard isOnItsThread else { return EnteredEntry(ending: .stopped(run(bytes: source))) }
        let lua = current
        let top = lua_gettop(lua)
        defer { lua_settop(lua, top) }
        do throws(Failure) {
            let entry = try compileEntry(lua, source, name)
            result.expressionStart = entry.expressionStart
            let function = try link(lua, entry, name)
            guard try start(function, [], lua) == LUA_OK else {
                result.ending = .stopped(stopped(lua, above: top))
                return result
            }
            try remember(lua, above: top)
            let isSilent = entry.outline.endsInSemicolon || (endsInNil(lua, above: top) && entry.outline.endsAsCall)
            if !isSilent { result.ending = .values(try texts(lua, above: top, layout)) }
        } catch {
            result.ending = .stopped(outcome(of: error))
        }
        return result
    }

    /// The values of the last entry that had any, as text.
    public func lastTexts(_ layout: ValueLayout) throws(Failure) -> [String] {
        let lua = current
        let top = lua_gettop(lua)
        defer { lua_settop(lua, top) }
        guard isOnItsThread, lua_checkstack(lua, Int32(clamping: lastValues.count + 8)) != 0 else { return [] }
        for value in lastValues { clua_push_reference(lua, value.index) }
        return try texts(lua, above: top, layout)
    }

    /// The values of the last entry that had any: the objects among them, nil for every other value.
    public func lastObjects() -> [LuaObject?] {
        let lua = current
        let top = lua_gettop(lua)
        defer { lua_settop(lua, top) }
        guard isOnItsThread, lua_checkstack(lua, Int32(clamping: lastValues.count + 8)) != 0 else { return [] }
        for value in lastValues { clua_push_reference(lua, value.index) }
        return lastValues.indices.map { Argument(state: self, lua: lua, index: top + 1 + Int32($0)).object }
    }

    private func endsInNil(_ lua: OpaquePointer, above top: Int32) -> Bool {
        lua_gettop(lua) == top + 1 && lua_type(lua, top + 1) == LUA_TNIL
    }

    private func remember(_ lua: OpaquePointer, above top: Int32) throws(Failure) {
        let end = lua_gettop(lua)
        guard end > top, !endsInNil(lua, above: top) else { return }
        // The file that `io.write` returns is nobody's result.
        if end == top + 1, lua_type(lua, end) == LUA_TUSERDATA, clua_object(lua, end) == nil { return }
        var values: [LuaReference] = []
        for index in (top + 1)...min(end, top + 100) { values.append(try anchorReference(lua, index)) }
        lastValues = values
        guard lua_type(lua, top + 1) != LUA_TNIL else { return }
        _ = try invoke(builtin: clua_remember, [.reference(values[0])])
    }

    private func texts(_ lua: OpaquePointer, above top: Int32, _ layout: ValueLayout) throws(Failure) -> [String] {
        let end = lua_gettop(lua)
        guard end > top else { return [] }
        var texts: [String] = []
        for index in (top + 1)...end { texts.append(try text(lua, index, layout)) }
        // `io.write` and its like return the file for chaining; nobody wants to read that.
        if texts.count == 1, lua_type(lua, end) == LUA_TUSERDATA, texts[0].hasPrefix("file (") { return [] }
        return texts
    }
}
