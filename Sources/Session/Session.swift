import Display
import LuaKit
import LuaModules
import Support

/// One conversation with Lua: what was assigned stays. Evaluates, tells whether an entry is complete, explains names. It has no
/// input or output of its own: the prompt and, later, notebooks stand on it. Lives on the thread that made it.
public final class Session {
    /// What a session is made with.
    public struct Configuration: Sendable {
        /// The seed of everything random.
        public var seed: Int
        /// Threads to compute on; all processors if nil.
        public var threads: Int?
        /// Told about the progress of long work.
        public var progress: (any ProgressSink)?
        /// Columns that values shown by scripts may take.
        public var width: Int
        /// Whether results may hold escape sequences for colours.
        public var isColored: Bool
        /// Whether files and programs are out of reach.
        public var isSandboxed = false
        /// Folders whose files scripts may touch in the sandbox nevertheless.
        public var allowedFolders: [String] = []
        /// How many bytes Lua and native values may hold together, in the whole process; as many as there are if nil.
        public var memoryLimit: Int?
        /// Gets what scripts write to standard output, by `print` or otherwise, from the session's thread.
        public var output: @Sendable (UnsafeRawBufferPointer) -> Void
        /// Gets what they write to standard error; the stream itself if nil.
        public var errorOutput: (@Sendable (UnsafeRawBufferPointer) -> Void)?

        /// Settings of a session.
        public init(
            seed: Int = 0, threads: Int? = nil, progress: (any ProgressSink)? = nil, width: Int = 80,
            isColored: Bool = false, output: @escaping @Sendable (UnsafeRawBufferPointer) -> Void
        ) {
            self.seed = seed
            self.threads = threads
            self.progress = progress
            self.width = width
            self.isColored = isColored
            self.output = output
        }
    }

    private(set) var lua: LuaState
    /// How many entries were evaluated: the number of the latest is in the name of its chunk.
    var entryCount = 0
    /// What was evaluated, for the lines of errors.
    var sources = SourceTexts()
    /// The message of the last error with all that Lua says of the calls that led there.
    var lastTraceback: String?
    /// What the front end has still to be told, and the names of Cohort's that variables hide.
    var notes: [String] = []
    var hiddenNames: Set<String> = []

    /// The entries that worked since the session began, for `.save`, and the last one whatever came of it.
    var worked: [WorkedEntry] = []
    var lastEntry: String?
    /// Whether the time of each entry is told.
    var isTiming = false
    /// Whether files and programs out of the sandbox are to be left alone.
    let isSandboxed: Bool
    let transcript = Transcript()
    /// What the front end does for commands.
    public weak var host: (any SessionHost)?

    private let configuration: Configuration
    private var arguments: (script: String, others: [String])?
    var watchesInterrupts: Interrupts.Mode?

    /// A session in which nothing has happened yet.
    public init(_ configuration: Configuration) throws(Failure) {
        self.configuration = configuration
        isSandboxed = configuration.isSandboxed
        lua = try Self.makeState(configuration, transcript)
    }

    private static func makeState(_ configuration: Configuration, _ transcript: Transcript) throws(Failure) -> LuaState
    {
        let work = Work(threads: configuration.threads ?? Work.coreCount, progress: configuration.progress)
        let lua = try LuaModules.makeState(work: work)
        let output = configuration.output
        lua.output = { bytes in
            output(bytes)
            transcript.print(bytes)
        }
        if let errorOutput = configuration.errorOutput { lua.errorOutput = errorOutput }
        lua.layout = .displaying(width: configuration.width, isColored: configuration.isColored)
        try lua.setGlobal("print", .native(Printing.print))
        try lua.reseed(UInt64(bitPattern: Int64(configuration.seed)))
        lua.watchModules()
        // A limit is compared with what the process holds, freed and kept or not.
        if let limit = configuration.memoryLimit {
            try lua.limitTotalMemory(to: limit)
        } else {
            ProcessMemory.keepFreed()
        }
        if configuration.isSandboxed { try lua.enterSandbox(try FileAccess(only: configuration.allowedFolders)) }
        return lua
    }

    /// Begins anew: everything that was assigned, computed and remembered is gone.
    func reset() throws(Failure) {
        let fresh = try Self.makeState(configuration, transcript)
        if let mode = watchesInterrupts { try Interrupts.watch(fresh, mode: mode) }
        lua = fresh
        if let arguments { setArguments(script: arguments.script, arguments.others) }
        sources = SourceTexts()
        worked = []
        entryCount = 0
        hiddenNames = []
        (lastEntry, lastTraceback) = (nil, nil)
    }

    /// The values of the last entry that had any, as text.
    func lastResult(width: Int) throws(Failure) -> String {
        var layout = lua.layout
        layout.width = width
        layout.isWhole = true
        return try lua.lastTexts(layout).joined(separator: "\n")
    }

    /// Tells scripts how they were called: `arg[0]` is the script, `arg[1]` and following are its arguments.
    public func setArguments(script: String, _ arguments: [String]) {
        self.arguments = (script, arguments)
        let values = arguments.map { LuaValue.string($0) }
        let table = LuaTable(list: values, fields: [(0, .string(script)), (-1, "cohort")])
        // A table of strings is refused only when memory is gone, which the script will notice by itself.
        try? lua.setGlobal("arg", .table(table))
    }

    /// Whether no global variable of that name, which must be one in Lua, holds anything.
    public func isUndefined(_ name: String) -> Bool {
        if lua.localNames.contains(name) { return false }
        let isDefined = lua.inspect { inspector in
            inspector.globals().flatMap { inspector.member(name, of: $0) } != nil
        }
        return isDefined == false
    }

    /// Whether `entry` can be run, as an expression or as statements, or needs more lines.
    public func completeness(of entry: String) -> Completeness {
        if Self.isCommand(entry) { return .complete }
        guard let error = lua.entryError(in: entry) else { return .complete }
        return error.isIncomplete ? .incomplete : .invalid
    }
}
