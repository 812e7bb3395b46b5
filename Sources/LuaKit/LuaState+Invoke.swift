import CLua
import Support

extension LuaState {
    /// Calls a Lua value with arguments, protected. An error becomes a failure.
    func invoke(_ function: LuaValue, _ arguments: [LuaValue]) throws(Failure) -> [LuaValue] {
        try checkThread()
        let plan = borrowPlan()
        defer { giveBack(plan) }
        try plan.append(function)
        for argument in arguments { try plan.append(argument) }
        return try perform(plan)
    }

    func invoke(builtin: @escaping lua_CFunction, _ arguments: [LuaValue]) throws(Failure) -> [LuaValue] {
        let plan = borrowPlan()
        defer { giveBack(plan) }
        plan.append(builtin: builtin)
        for argument in arguments { try plan.append(argument) }
        return try perform(plan)
    }

    private func perform(_ plan: Plan) throws(Failure) -> [LuaValue] {
        releaseDeadReferences()
        let lua = current
        let top = lua_gettop(lua)
        defer { lua_settop(lua, top) }
        guard clua_invoke(lua, plan.finish(CLUA_RETURNED), false) == LUA_OK else { throw caught(lua) }
        return try readAll(lua, above: top)
    }

    func readAll(_ lua: OpaquePointer, above top: Int32) throws(Failure) -> [LuaValue] {
        var results: [LuaValue] = []
        let end = lua_gettop(lua)
        guard end > top else { return results }
        for index in (top + 1)...end {
            do throws(Failure) {
                results.append(try read(lua, index, depth: 0))
            } catch {
                guard case .argument = error.kind else { throw error }
                // What Lua hands over here is a result and has no parameter's name.
                throw .operation("\(error.problem) expected as results, got \(error.got ?? "others")")
            }
        }
        return results
    }

    /// The failure for the error value on top, remembered so that it can be raised again as it was.
    func caught(_ lua: OpaquePointer) -> Failure {
        if cancellation.isInterrupted { return .cancelled }
        let failure = Failure.operation(errorText(lua))
        if let reference = try? anchorReference(lua, lua_gettop(lua)) { passing = (failure, reference) }
        return failure
    }

    /// The error value on top of the stack, as text.
    func errorText(_ lua: OpaquePointer) -> String {
        let error = Argument(state: self, lua: lua, index: lua_gettop(lua))
        if let text = error.text { return text }
        if error.isNil { return "an error without a value" }
        guard !isAskingForText else { return "an error that is a \(error.words)" }
        // A table or object with __tostring; the conversion runs code of the script's. Without one there is nothing to say: an
        // address would differ from run to run.
        let top = lua_gettop(lua)
        defer { lua_settop(lua, top) }
        // Of an error in that code the text would be asked for again.
        isAskingForText = true
        defer { isAskingForText = false }
        if let reference = try? anchorReference(lua, top),
            let own = try? invoke(builtin: clua_own_text, [.reference(reference)]).first?.text
        {
            return own
        }
        return "an error that is a \(error.words)\(content(error))"
    }

    /// What is in a table that was raised, shortly.
    private func content(_ error: Argument) -> String {
        guard error.kind == .table, lua_checkstack(error.lua, 8) != 0 else { return "" }
        var reader = ValueReader(error.lua) { object in object.luaClass.name }
        reader.depthLimit = 2
        reader.entryLimit = 10
        reader.totalLimit = 20
        reader.stringLimits.inside = 60
        let text = reader.read(error.index).text(ValueLayout(width: 2_000))
        return text == "{}" ? "" : ": " + text
    }

    func anchor(_ lua: OpaquePointer, _ index: Int32) throws(Failure) -> LuaFunction {
        let signature = clua_signature(lua, index).map { Unmanaged<Signature>.fromOpaque($0).takeUnretainedValue() }
        return LuaFunction(try anchorReference(lua, index), signature: signature)
    }

    /// Keeps the value at `index` alive for later.
    func anchorReference(_ lua: OpaquePointer, _ index: Int32) throws(Failure) -> LuaReference {
        releaseDeadReferences()
        let reference = clua_reference(lua, index)
        guard reference != LUA_NOREF else { throw Failure(.memory, "Lua has no memory left") }
        return LuaReference(self, reference)
    }

    func releaseDeadReferences() {
        while let index = deadReferences.popLast() { clua_release_reference(main, index) }
    }
}
