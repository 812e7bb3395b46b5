import CLua
import Support

/// A Lua value kept alive for later, tables uncopied. Confined, like the state, to one thread.
public final class LuaReference {
    // Weak: an object that the state itself keeps alive may hold one.
    private(set) weak var state: LuaState?
    let index: Int32

    init(_ state: LuaState, _ index: Int32) {
        self.state = state
        self.index = index
    }

    // Nothing is done to Lua here: a deinitialiser may run while Lua is in the middle of something.
    deinit { state?.deadReferences.append(index) }
}

/// A Lua function that Swift may call, now or later.
public final class LuaFunction {
    let reference: LuaReference
    /// The declaration, when the function is one of ours.
    public let signature: Signature?

    init(_ reference: LuaReference, signature: Signature?) {
        self.reference = reference
        self.signature = signature
    }

    /// Calls the function. An error it raises becomes a failure; thrown on out of a native function, that failure reaches the
    /// script as the value that was raised.
    public func call(_ arguments: LuaValue...) throws(Failure) -> [LuaValue] { try call(arguments) }

    /// The same with the arguments in a list.
    public func call(_ arguments: [LuaValue]) throws(Failure) -> [LuaValue] {
        guard let state = reference.state else { throw .operation("the Lua state of this function has ended") }
        return try state.invoke(.function(self), arguments)
    }
}
