import CLua

/// The native calls under way, one inside the other. The objects of calls that ended are used again.
///
/// A short function takes less time than counting references and making a few objects would: the calls form a chain, whose links are held by the
/// one before, and what walks it borrows them.
final class CallStack {
    private var outermost: Call?
    private var running: Unmanaged<Call>?

    /// The call that begins; `frame` is the address of the C frame that will perform its plan. The stack grows downwards: calls whose
    /// frames lie as deep or deeper have ended, having returned nothing or been jumped over by an error.
    func begin(_ state: LuaState, _ lua: OpaquePointer, _ signature: Signature, frame: UInt) -> Unmanaged<Call> {
        while let call = running, call._withUnsafeGuaranteedRef({ $0.frame <= frame }) { end(call) }
        let call = next ?? add(Call(state, lua, signature, inside: running))
        running = call
        call._withUnsafeGuaranteedRef { $0.begin(lua, signature, frame: frame) }
        return call
    }

    /// A call's plan was performed: that call has ended, and with it those inside it.
    func finished(_ plan: UnsafeMutablePointer<clua_plan>) {
        while let call = running {
            end(call)
            if call._withUnsafeGuaranteedRef({ $0.plan.header == plan }) { return }
        }
    }

    private var next: Unmanaged<Call>? {
        guard let running else { return outermost.map(Unmanaged.passUnretained) }
        return running._withUnsafeGuaranteedRef { $0.inner.map(Unmanaged.passUnretained) }
    }

    private func add(_ call: Call) -> Unmanaged<Call> {
        if let running { running._withUnsafeGuaranteedRef { $0.inner = call } } else { outermost = call }
        return Unmanaged.passUnretained(call)
    }

    private func end(_ call: Unmanaged<Call>) {
        call._withUnsafeGuaranteedRef {
            $0.plan.reset()
            running = $0.outer
        }
    }
}
