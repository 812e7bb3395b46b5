import CLua
import Glibc
import Support

/// A Lua 5.4 interpreter. Lives on the thread that made it; only plain values cross to others.
public final class LuaState {
    /// What native functions are told about their surroundings. Its cancellation is always the one that an interrupt sets.
    public var work: Work {
        didSet { work.cancellation = cancellation }
    }
    /// Set by an interrupt, forgotten when the next piece of code begins.
    public let cancellation: Cancellation
    /// The seed of every function that takes one and is given none. `reseed` sets that of `math.random` as well.
    public var seed: UInt64 = 0 {
        didSet { draws = 0 }
    }
    /// How many unseeded draws were made since the seed was set.
    var draws: UInt64 = 0
    /// How many values were read from tables, to look at the cancellation once in a while.
    var reads: UInt32 = 0
    /// Gets what scripts print and write to standard output, from the state's thread. The stream of the C library unless set otherwise.
    public var output: (UnsafeRawBufferPointer) -> Void = { clua_write_standard($0.baseAddress, $0.count, false) }
    /// Gets what scripts write to standard error.
    public var errorOutput: (UnsafeRawBufferPointer) -> Void = { clua_write_standard($0.baseAddress, $0.count, true) }
    /// How values are laid out as text.
    public var layout = ValueLayout(width: 80)
    /// Takes the objects that `show` is given, where there is a better form for them than text; says whether it took one. Nil shows text.
    public var showsObject: ((LuaObject) -> Bool)?
    /// What functions have to tell beside their results.
    private var notes: (untold: [String], all: Set<String>) = ([], [])
    /// Globals that scripts read and nothing defined.
    var undefinedReads: (inOrder: [UndefinedRead], all: Set<UndefinedRead>) = ([], [])
    /// The modules that were registered.
    public internal(set) var modules: [LuaModule] = []
    /// The functions registered as globals of their own (`help`, `seed`).
    public internal(set) var globals: [Signature] = []

    /// The main thread of Lua, and the one that called the native function that runs now.
    let main: OpaquePointer
    /// What references to Lua's values know of this state.
    let link = LuaLink()
    var current: OpaquePointer
    var deadReferences: [Int32] = []
    /// The last error of a Lua function called from Swift: the failure made of it and the value that was raised.
    var passing: (failure: Failure, value: LuaReference)?
    var modulesByTable: [UnsafeRawPointer: LuaModule] = [:]
    /// What entries of the prompt declared `local`, and the values that the last one returned.
    var locals: [String: SessionLocal] = [:]
    var lastValues: [LuaReference] = []
    /// The files that `require` loaded, in order.
    var moduleFiles: [ModuleFile] = []

    private let host: UnsafeMutablePointer<clua_host>
    private let owner = pthread_self()
    private var kept: [ObjectIdentifier: Signature] = [:]
    private var defined: [ObjectIdentifier: LuaClass] = [:]
    /// How many runs are under way, one inside the other.
    var depth = 0
    /// Whether an error value is being asked for its text.
    var isAskingForText = false
    /// How many calls of native functions are under way, one inside the other.
    private var nativeDepth = 0
    private let calls = CallStack()
    private var spare: [Plan] = []
    private var chargedBytes = NativeMemory.bytes

    /// A fresh interpreter with Lua's standard libraries.
    public init(work: Work = Work()) throws(Failure) {
        self.work = work
        cancellation = work.cancellation
        host = .allocate(capacity: 1)
        host.initialize(to: clua_host())
        guard let main = clua_open(host) else {
            host.deallocate()
            throw Failure(.memory, "there is no memory for a Lua interpreter")
        }
        self.main = main
        current = main
        host.pointee = clua_host(
            enter: { context, lua, signature, frame in
                // Only reached from Lua code, which runs only while the state is alive.
                guard let context, let lua, let signature else { return nil }
                return Unmanaged<LuaState>.fromOpaque(context)._withUnsafeGuaranteedRef { state in
                    let before = Cancellation.replacePresent(with: state.cancellation)
                    defer { Cancellation.replacePresent(with: before) }
                    return Unmanaged<Signature>.fromOpaque(signature)._withUnsafeGuaranteedRef { declaration in
                        state.answer(lua, declaration, frame: UInt(bitPattern: frame))
                    }
                }
            },
            leave: { context, plan in
                guard let context, let plan else { return }
                Unmanaged<LuaState>.fromOpaque(context)._withUnsafeGuaranteedRef { $0.calls.finished(plan) }
            },
            release: { object in
                if let object { Unmanaged<LuaObject>.fromOpaque(object).release() }
            },
            write: { context, bytes, count, isError in
                guard let context else { return }
                let state = Unmanaged<LuaState>.fromOpaque(context).takeUnretainedValue()
                (isError ? state.errorOutput : state.output)(UnsafeRawBufferPointer(start: bytes, count: count))
            },
            may_access: { context, path, _ in
                guard let context, let path else { return false }
                let files = Unmanaged<LuaState>.fromOpaque(context).takeUnretainedValue().work.files
                guard files.isRestricted else { return true }
                // A repaired name would be that of another file.
                return String(validatingCString: path).map { files.permits($0) } ?? false
            },
            may_hold: nil,
            cancel: { cancellation in
                guard let cancellation else { return }
                Unmanaged<Cancellation>.fromOpaque(cancellation).takeUnretainedValue().cancel()
            },
            context: Unmanaged.passUnretained(self).toOpaque(),
            cancellation: Unmanaged.passUnretained(cancellation).toOpaque())
        link.state = self
    }

    /// Makes the allocator ask before Lua grows.
    func setTotalLimit(_ mayHold: @escaping @convention(c) (Int) -> Bool) { host.pointee.may_hold = mayHold }

    deinit {
        link.state = nil
        // What its finalizers do reaches nothing of this object, which is no more.
        host.pointee.enter = nil
        host.pointee.write = nil
        clua_close(main)
        host.deallocate()
    }

    /// Bytes that Lua itself holds; what objects hold natively is not among them.
    public var memory: Int { clua_memory(main) }

    /// How many bytes Lua may hold; nil for as many as there are. Scripts that need more get an error they can catch.
    public var memoryLimit: Int? {
        didSet { clua_limit_memory(main, max(0, memoryLimit ?? 0)) }
    }

    /// Whether the calling thread is the one that may use the state.
    public var isOnItsThread: Bool { pthread_equal(owner, pthread_self()) != 0 }

    /// Starts the random numbers of the session anew, those of Lua's `math.random` too.
    public func reseed(_ seed: UInt64) throws(Failure) {
        self.seed = seed
        _ = try invoke(builtin: clua_reseed, [.integer(Int(truncatingIfNeeded: seed))])
    }

    /// Writes text to where scripts print.
    public func write(_ text: String) {
        var text = text
        text.withUTF8 { output(UnsafeRawBufferPointer($0)) }
    }

    func checkThread() throws(Failure) {
        guard isOnItsThread else { throw .operation("a Lua state is used from a thread that did not make it") }
    }

    /// Keeps a declaration alive as long as scripts may hold functions made of it.
    func keep(_ signature: Signature) { kept[ObjectIdentifier(signature)] = signature }

    /// Makes a class known to Lua, once.
    func define(_ luaClass: LuaClass) throws(Failure) {
        let key = ObjectIdentifier(luaClass)
        guard defined[key] == nil else { return }
        defined[key] = luaClass
        let (metatable, methods, fallback) = luaClass.metatable()
        let pointer = Int(bitPattern: Unmanaged.passUnretained(luaClass).toOpaque())
        _ = try invoke(builtin: clua_define_class, [.integer(pointer), metatable, methods, fallback])
    }

    /// The classes whose objects scripts have met.
    public var knownClasses: [LuaClass] { defined.values.sorted { $0.name < $1.name } }
}

// MARK: - Native calls

extension LuaState {
    /// Answers a call from Lua: checks, runs the Swift function, and plans what C shall push.
    private func answer(
        _ lua: OpaquePointer, _ signature: Signature, frame: UInt
    ) -> UnsafeMutablePointer<clua_plan> {
        let caller = current
        current = lua
        nativeDepth += 1
        defer {
            current = caller
            nativeDepth -= 1
        }
        // Too little memory concerns the call that took it.
        if nativeDepth == 1 { cancellation.forgetMemory() }
        return calls.begin(self, lua, signature, frame: frame)._withUnsafeGuaranteedRef { answer($0, signature) }
    }

    private func answer(_ call: Call, _ signature: Signature) -> UnsafeMutablePointer<clua_plan> {
        let plan = call.plan
        var status = CLUA_RETURNED
        do throws(Failure) {
            let losses = MappedFile.losses
            try call.bind(to: signature)
            try plan.append(try signature.body(call))
            // What was computed from a file that has gone is nothing.
            if MappedFile.losses != losses { throw MappedFile.lossFailure }
        } catch {
            plan.reset()
            status = write(error, from: signature, into: plan)
        }
        call.end()
        return plan.finish(status, charge: charge())
    }

    /// Writes down what shall be raised for `failure`.
    private func write(_ failure: Failure, from signature: Signature, into plan: Plan) -> clua_status {
        var status = CLUA_RAISED
        var value = LuaValue.string(failure.sentence(in: signature.name))
        if failure.kind == .cancelled {
            status = CLUA_STOPPED
        } else if failure.kind == .memory {
            // The script may catch it and go on.
            cancellation.forgetMemory()
        } else if let passing, passing.failure == failure {
            status = CLUA_RAISED_AS_IS
            value = .reference(passing.value)
        }
        // Neither a string nor a reference can be refused.
        try? plan.append(value)
        return status
    }

    /// Kilobytes of native memory taken since this was last asked, for Lua's collector, which sees only small handles.
    private func charge() -> Int32 {
        let now = NativeMemory.bytes
        let grown = now - chargedBytes
        if grown < 0 { chargedBytes = now }
        guard grown >= 1024 else { return 0 }
        chargedBytes = now
        return Int32(clamping: min(grown / 1024, 1 << 30))
    }

    func borrowPlan() -> Plan { spare.popLast() ?? Plan(self) }

    func giveBack(_ plan: Plan) {
        plan.reset()
        if spare.count < 8 { spare.append(plan) }
    }
}

extension LuaState {
    /// Has the front end tell something beside the results, once in a session.
    public func note(_ text: String) {
        if notes.all.insert(text).inserted { notes.untold.append(text) }
    }

    /// What is to be told. Empty when asked again.
    public func takeNotes() -> [String] {
        defer { notes.untold = [] }
        return notes.untold
    }
}
