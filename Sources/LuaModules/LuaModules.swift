import LuaKit
import Support

/// Everything that scripts find in a session: the one list of modules and globals.
public enum LuaModules {
    /// The modules, in the order help lists them.
    public static let modules: [LuaModule] = [
        .tensor,
        .text,
        .cluster,
        .metrics,
        .nn,
        .stats,
        .data,
        .ab,
        .plot,
        .report,
        .json,
    ]

    /// The functions that are globals of their own.
    public static let globals: [Signature] = Globals.all

    /// A Lua state with every module and global in it.
    public static func makeState(work: Work = Work()) throws(Failure) -> LuaState {
        let state = try LuaState(work: work)
        try state.register(modules: modules, globals: globals)
        try state.reseed(0)
        return state
    }
}
