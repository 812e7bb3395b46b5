import CLua
import Support

/// A global variable that was read and held nothing.
public struct UndefinedRead: Sendable, Hashable {
    /// Its name.
    public let name: String
    /// The chunk that read it, as Lua's messages name it.
    public let chunk: String
    /// The line there, from 1.
    public let line: Int
}

extension LuaState {
    /// Puts modules and functions behind the globals and makes `require "cohort.NAME"` find the modules. Call once.
    ///
    /// They are not in the table of globals itself: a script's own variable of the same name hides a module until it is set to nil.
    public func register(modules: [LuaModule], globals: [Signature]) throws(Failure) {
        try checkThread()
        self.modules = modules
        self.globals = globals
        var tables: [(String, LuaValue)] = []
        for module in modules {
            for luaClass in module.classes { try define(luaClass) }
            let functions = module.functions.map { ($0.shortName, LuaValue.native($0)) }
            tables.append((module.name, .record(functions + module.constants())))
        }
        tables += globals.map { ($0.name, .native($0)) }
        let results = try place(.record(tables), callables: modules)
        for (module, pointer) in zip(modules, results) { modulesByTable[pointer] = module }
    }

    /// The module whose table stands at `argument`.
    public func module(at argument: Argument) -> LuaModule? {
        guard argument.kind == .table else { return nil }
        return lua_topointer(argument.lua, argument.index).flatMap { modulesByTable[$0] }
    }

    /// Modules and functions that a global variable of the script hides.
    public var hiddenNames: [String] {
        guard isOnItsThread else { return [] }
        let names = modules.map(\.name) + globals.map(\.name)
        let found = try? invoke(builtin: clua_own_globals, [.strings(names)]).first?.table?.list.compactMap(\.text)
        return (found ?? []).sorted()
    }

    /// Is told by Lua of each reading of a global that nothing defines.
    private static let undefinedGlobal = Signature(internal: "undefined global") { call throws(Failure) in
        let state = call.state
        guard let name = call.argument(1).text, let chunk = call.argument(2).text, let line = call.argument(3).integer
        else { return .nothing }
        let read = UndefinedRead(name: name, chunk: chunk, line: line)
        if state.undefinedReads.all.count < 10_000, state.undefinedReads.all.insert(read).inserted {
            state.undefinedReads.inOrder.append(read)
        }
        return .nothing
    }

    /// Where globals were read that nothing defined, each place once. Empty when asked again.
    public func takeUndefinedReads() -> [UndefinedRead] {
        defer { undefinedReads = ([], []) }
        return undefinedReads.inOrder
    }

    /// Sets a global variable.
    public func setGlobal(_ name: String, _ value: LuaValue) throws(Failure) {
        _ = try invoke(builtin: clua_set_global, [.string(name), value])
    }

    /// Reads a global variable, modules included.
    public func global(_ name: String) throws(Failure) -> LuaValue {
        try invoke(builtin: clua_global, [.string(name)]).first ?? .nil
    }

    /// Places the table of modules and returns the addresses of their tables.
    private func place(_ tables: LuaValue, callables modules: [LuaModule]) throws(Failure) -> [UnsafeRawPointer] {
        let lua = current
        let top = lua_gettop(lua)
        defer { lua_settop(lua, top) }
        let plan = borrowPlan()
        defer { giveBack(plan) }
        plan.append(builtin: clua_define_modules)
        try plan.append(tables)
        try plan.append(.record(modules.compactMap { module in module.call.map { (module.name, .native($0)) } }))
        try plan.append(.strings(modules.map(\.name)))
        try plan.append(.record(modules.map { ($0.name, .native($0.missingMember)) }))
        try plan.append(.native(Self.undefinedGlobal))
        guard clua_invoke(lua, plan.finish(CLUA_RETURNED), false) == LUA_OK else {
            throw .operation(errorText(lua))
        }
        // The tables are returned in the order of the names.
        return (0..<modules.count).compactMap { lua_topointer(lua, top + 1 + Int32($0)) }
    }
}
