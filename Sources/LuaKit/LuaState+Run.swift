import CLua
import Support

/// How running a piece of Lua ended.
public enum Outcome {
    /// It ran to its end and returned these values.
    case values([LuaValue])
    /// It could not be compiled. `isIncomplete` means that more text could make it right.
    case syntaxError(message: String, isIncomplete: Bool)
    /// It raised an error that nothing caught.
    case failure(message: String, traceback: String?)
    /// It was stopped from outside.
    case interrupted
}

extension LuaState {
    /// Runs source text. `name` is what messages call it: a file name after "@", anything else after "=". Arguments arrive
    /// in `...`.
    public func run(_ source: String, name: String = "=input", arguments: [LuaValue] = []) -> Outcome {
        run(bytes: Array(source.utf8), name: name, arguments: arguments)
    }

    /// Runs source text given as bytes.
    public func run(bytes source: [UInt8], name: String = "=input", arguments: [LuaValue] = []) -> Outcome {
        guard isOnItsThread else {
            return .failure(message: "a Lua state is used from a thread that did not make it", traceback: nil)
        }
        let lua = current
        let top = lua_gettop(lua)
        defer { lua_settop(lua, top) }
        do throws(Failure) {
            let chunk = try load(lua, source, name)
            return try run(chunk, arguments, lua)
        } catch {
            return outcome(of: error)
        }
    }

    /// Whether the text compiles, without running it: nil if it does.
    public func syntaxError(in source: String, name: String = "=input") -> (message: String, isIncomplete: Bool)? {
        let lua = current
        let top = lua_gettop(lua)
        defer { lua_settop(lua, top) }
        guard isOnItsThread else { return nil }
        do throws(Failure) {
            _ = try load(lua, Array(source.utf8), name)
            return nil
        } catch {
            if case .format(_, let place) = error.kind { return (error.problem, place != nil) }
            return (error.description, false)
        }
    }

    func load(_ lua: OpaquePointer, _ source: [UInt8], _ name: String) throws(Failure) -> LuaFunction {
        guard lua_checkstack(lua, 8) != 0 else { throw Failure(.memory, "Lua has no memory left") }
        // An interrupt from before is not meant for this text.
        if depth == 0 { forgetInterrupt(lua) }
        let status = source.withUnsafeBytes { bytes in
            clua_load(lua, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count, name)
        }
        defer { clua_pop(lua, 1) }
        switch status {
        case LUA_OK: return try anchor(lua, lua_gettop(lua))
        case LUA_ERRSYNTAX:
            let message = errorText(lua)
            // Lua names the end of the text when it came too early.
            if message.hasSuffix("<eof>") { throw .format(name, at: "end", message) }
            throw .format(name, SyntaxMessage(message: message, source: source, extent: extent(lua, source)).text)
        case LUA_ERRRUN: throw .cancelled
        default: throw Failure(.memory, "there is not enough memory to compile this")
        }
    }

    /// How much of the text Lua reads until it gives up.
    func extent(_ lua: OpaquePointer, _ source: [UInt8]) -> Int {
        source.withUnsafeBytes {
            clua_compiled_extent(lua, $0.baseAddress?.assumingMemoryBound(to: CChar.self), $0.count)
        }
    }

    private func run(_ chunk: LuaFunction, _ arguments: [LuaValue], _ lua: OpaquePointer) throws(Failure) -> Outcome {
        let top = lua_gettop(lua)
        if try start(chunk, arguments, lua) == LUA_OK { return .values(try readAll(lua, above: top)) }
        return stopped(lua, above: top)
    }

    /// Calls the chunk; its results or the error value are left on the stack.
    func start(_ chunk: LuaFunction, _ arguments: [LuaValue], _ lua: OpaquePointer) throws(Failure) -> Int32 {
        let plan = borrowPlan()
        // Only the outermost piece of code begins anew; one run by a native function stops with its caller.
        if depth == 0 { forgetInterrupt(lua) }
        depth += 1
        defer {
            depth -= 1
            giveBack(plan)
            if depth == 0 { passing = nil }
            releaseDeadReferences()
        }
        try plan.append(.function(chunk))
        for argument in arguments { try plan.append(argument) }
        return clua_invoke(lua, plan.finish(CLUA_RETURNED), true)
    }

    private func forgetInterrupt(_ lua: OpaquePointer) {
        cancellation.reset()
        clua_forget_interrupt(lua)
    }

    /// What the error value on the stack means.
    func stopped(_ lua: OpaquePointer, above top: Int32) -> Outcome {
        if cancellation.isInterrupted { return .interrupted }
        let message = errorText(lua)
        lua_settop(lua, top)
        clua_push_traceback(lua)
        return .failure(message: message, traceback: Argument(state: self, lua: lua, index: top + 1).text)
    }

    /// What a failure to begin means.
    func outcome(of failure: Failure) -> Outcome {
        if failure == .cancelled { return .interrupted }
        if case .format(_, let place) = failure.kind {
            return .syntaxError(message: failure.problem, isIncomplete: place != nil)
        }
        return .failure(message: failure.description, traceback: nil)
    }
}
