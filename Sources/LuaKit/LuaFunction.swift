import CLua
import Support

/// A Lua value kept alive for later, tables uncopied. Confined, like the state, to one thread.
public final class LuaReference {
    // Not the state itself: an object that the state keeps alive may hold a reference.
    private let link: LuaLink
    let index: Int32

    init(_ state: LuaState, _ index: Int32) {
        link = state.link
        self.index = index
    }

    var state: LuaState? { link.state }

    // Nothing is done to Lua here: a deinitialiser may run while Lua is in the middle of something.
    deinit { state?.deadReferences.append(index) }
}

/// Leads to a state as long as there is one. A weak reference would, too, but an object that has one counts its references in a table of its own,
/// which made every call of a native function a third slower.
final class LuaLink {
    unowned(unsafe) var state: LuaState? = nil
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

    /// The state it belongs to; nil once that has ended.
    public var state: LuaState? { reference.state }

    /// Calls the function. An error it raises becomes a failure; thrown on out of a native function, that failure reaches the
    /// script as the value that was raised.
    public func call(_ arguments: LuaValue...) throws(Failure) -> [LuaValue] { try call(arguments) }

    /// The same with the arguments in a list.
    public func call(_ arguments: [LuaValue]) throws(Failure) -> [LuaValue] {
        guard let state else { throw .operation("the Lua state of this function has ended") }
        return try state.invoke(.function(self), arguments)
    }
}
