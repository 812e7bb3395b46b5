import CLua
import Support

/// A variable that an entry of the prompt declared `local` outside of every block, and that later entries see.
///
/// Lua ends such a variable with its chunk. But a function that mentions it keeps it alive, and `lua_upvaluejoin` makes another function
/// mention the same one: so each is held by a small function, and the entries that follow are compiled as functions whose upvalues are
/// joined with it. Functions made by earlier entries and later entries share one variable, not copies.
struct SessionLocal {
    /// A function that has the variable among its upvalues, and at which position.
    let holder: LuaReference
    let position: Int32
    let isConstant: Bool
}

extension LuaState {
    /// The names of the local variables that entries declared and later ones see, in byte order.
    public var localNames: [String] { locals.keys.sorted() }

    /// Pushes the value of a local variable that an entry declared. Nothing is pushed if there is none of that name.
    func pushLocal(_ name: String, on lua: OpaquePointer) -> Bool {
        guard let local = locals[name], lua_checkstack(lua, 2) != 0 else { return false }
        clua_push_reference(lua, local.holder.index)
        lua_getupvalue(lua, -1, local.position)
        lua_rotate(lua, -2, 1)
        lua_settop(lua, -2)
        return true
    }

    /// The entry as a function that shares the local variables of earlier entries and keeps its own for later ones.
    func link(_ lua: OpaquePointer, _ entry: CompiledEntry, _ name: String) throws(Failure) -> LuaFunction {
        let outline = entry.outline
        let mentioned = locals.keys.filter(outline.names.contains).sorted()
        guard !mentioned.isEmpty || !outline.declarations.isEmpty else { return entry.chunk }
        let keep = outline.unusedName("keep")

        // All on the entry's first line, so that its lines count as they were typed.
        var source = Array("local \(keep) = ... ".utf8)
        var levels = 0
        repeat {
            // A function has room for 200 variables.
            let group = mentioned.dropFirst(levels * 150).prefix(150)
            let names = group.map { locals[$0]?.isConstant == true ? "\($0) <const>" : $0 }
            if !names.isEmpty { source += Array("local \(names.joined(separator: ",")) ".utf8) }
            source += Array("return function(...) ".utf8)
            levels += 1
        } while levels * 150 < mentioned.count
        source += Self.keepingLocals(entry.source, outline, keep) + EntryOutline.separator(behind: entry.source)
        source += Array(String(repeating: "end ", count: levels).utf8)

        var function = try load(lua, source, name)
        for level in 0..<levels {
            let results = try invoke(.function(function), level == 0 ? [.native(Self.keepSignature)] : [])
            guard case .function(let inner) = results.first else { return entry.chunk }
            function = inner
        }
        join(function, Set(mentioned), lua)
        return function
    }

    /// The source with a call behind each `local` statement that hands its variables over. At once, not at the end: an entry may end
    /// early or fail, and what it declared until then stays.
    private static func keepingLocals(_ source: [UInt8], _ outline: EntryOutline, _ keep: String) -> [UInt8] {
        var result: [UInt8] = []
        var copied = 0
        for declaration in outline.declarations {
            // `_` is the name for what is not wanted, and of the last result; another `_ENV` is meant for the entry alone.
            let names = declaration.names.filter { $0.name != "_" && $0.name != "_ENV" }
            guard !names.isEmpty else { continue }
            result += source[copied..<declaration.end]
            copied = declaration.end
            let variables = names.filter { !$0.isConstant }.map(\.name).joined(separator: ",")
            var calls = variables.isEmpty ? "" : ";\(keep)(function() return \(variables) end)"
            // Lua may have put the value of a constant in the place of the variable: then there is none to share.
            for name in names.filter(\.isConstant).map(\.name) {
                calls += ";do local \(name) = \(name) \(keep)(function() return \(name) end, true) end"
            }
            result += Array((calls + ";").utf8)
        }
        return result + source[copied...]
    }

    /// Makes the upvalues of `function` the variables of those names.
    private func join(_ function: LuaFunction, _ names: Set<String>, _ lua: OpaquePointer) {
        guard lua_checkstack(lua, 3) != 0 else { return }
        let top = lua_gettop(lua)
        defer { lua_settop(lua, top) }
        clua_push_reference(lua, function.reference.index)
        var position: Int32 = 1
        while let name = lua_getupvalue(lua, top + 1, position).map({ String(cString: $0) }) {
            lua_settop(lua, top + 1)
            if names.contains(name), let local = locals[name] {
                clua_push_reference(lua, local.holder.index)
                lua_upvaluejoin(lua, top + 1, position, top + 2, local.position)
                lua_settop(lua, top + 1)
            }
            position += 1
        }
    }

    /// Takes a function that mentions the variables to keep, and whether they are constant.
    private static let keepSignature = Signature(
        "keep", "Keeps local variables for later entries.",
        parameters: [
            .required("variables", .function, "a function that mentions them"),
            .optional("constant", .boolean, default: false, "whether they may not be assigned to"),
        ]
    ) { call throws(Failure) in
        try call.state.keepLocals(of: call.argument(1), areConstant: try call.boolean("constant"))
        return .nothing
    }

    private func keepLocals(of function: Argument, areConstant: Bool) throws(Failure) {
        guard lua_checkstack(function.lua, 2) != 0 else { return }
        let holder = try anchorReference(function.lua, function.index)
        var position: Int32 = 1
        while let name = lua_getupvalue(function.lua, function.index, position).map({ String(cString: $0) }) {
            clua_pop(function.lua, 1)
            locals[name] = SessionLocal(holder: holder, position: position, isConstant: areConstant)
            position += 1
        }
    }
}
