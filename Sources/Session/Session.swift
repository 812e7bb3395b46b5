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
        /// Gets what `print` writes, from the session's thread.
        public var output: @Sendable (UnsafeRawBufferPointer) -> Void

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

    let lua: LuaState
    /// How many entries were evaluated: the number of the latest is in the name of its chunk.
    var entryCount = 0
    /// What was evaluated, for the lines of errors.
    var sources = SourceTexts()
    /// The message of the last error with all that Lua says of the calls that led there.
    var lastTraceback: String?
    /// What the front end has still to be told, and the names of Cohort's that variables hide.
    var notes: [String] = []
    var hiddenNames: Set<String> = []

    /// A session in which nothing has happened yet.
    public init(_ configuration: Configuration) throws(Failure) {
        let work = Work(threads: configuration.threads ?? Work.coreCount, progress: configuration.progress)
        lua = try LuaModules.makeState(work: work)
        lua.output = configuration.output
        lua.layout = .displaying(width: configuration.width, isColored: configuration.isColored)
        try lua.setGlobal("print", .native(Printing.print))
        try lua.reseed(UInt64(bitPattern: Int64(configuration.seed)))
    }

    /// Tells scripts how they were called: `arg[0]` is the script, `arg[1]` and following are its arguments.
    public func setArguments(script: String, _ arguments: [String]) {
        let values = arguments.map { LuaValue.string($0) }
        let table = LuaTable(list: values, fields: [(0, .string(script)), (-1, "cohort")])
        // A table of strings is refused only when memory is gone, which the script will notice by itself.
        try? lua.setGlobal("arg", .table(table))
    }

    /// Whether no global variable of that name, which must be one in Lua, holds anything.
    public func isUndefined(_ name: String) -> Bool {
        if lua.localNames.contains(name) { return false }
        if case .values(let answer) = lua.run("return \(name) == nil", name: "=prompt") {
            return answer.first?.bool == true
        }
        return false
    }

    /// Whether `entry` can be run, as an expression or as statements, or needs more lines.
    public func completeness(of entry: String) -> Completeness {
        guard let error = lua.entryError(in: entry) else { return .complete }
        return error.isIncomplete ? .incomplete : .invalid
    }
}
