import ArgumentParser
import Session
import Support

/// The options of every command that runs scripts: what they compute with, and what they may not do.
struct SessionOptions: ParsableArguments {
    @Option(parsing: .unconditional, help: "The seed of everything random (default: 0).")
    var seed: Int?

    @Option(help: "Threads to compute on (default: all processors). Results do not depend on it.")
    var threads: Int?

    @Option(
        name: .customLong("memory-limit"),
        help: ArgumentHelp(
            "How much memory Lua, tensors, tables and queries may hold together: 500M, 4G (default: as much as there is).",
            valueName: "size"))
    var memoryLimit: String?

    @Flag(
        name: .customLong("sandbox"),
        help: "Keep scripts from other programs, libraries, the network and all files; see --allow.")
    var isSandboxed = false

    @Option(
        name: .customLong("allow"),
        help: ArgumentHelp(
            "Let scripts in the sandbox read and write this folder; may be given several times.", valueName: "folder"))
    var allowedFolders: [String] = []

    /// The names of the options that take a value.
    static let namesWithValue = ["--seed", "--threads", "--memory-limit", "--allow"]

    func validate() throws {
        if let seed, seed < 0 { throw ValidationError("--seed: integer of at least 0 expected, got \(seed)") }
        if let memoryLimit, (MemorySize(memoryLimit)?.bytes ?? 0) < 16 << 20 {
            throw ValidationError(
                "--memory-limit: size of at least 16M, such as 500M or 4G, expected, got \(memoryLimit)")
        }
        if !allowedFolders.isEmpty, !isSandboxed {
            throw ValidationError("--allow opens folders of the sandbox: it goes with --sandbox")
        }
        if let threads, !(1...1024).contains(threads) {
            throw ValidationError("--threads: integer from 1 to 1024 expected, got \(threads)")
        }
    }

    /// A session as these options want it.
    func configuration(
        progress: (any ProgressSink)?, width: Int, isColored: Bool = false,
        output: @escaping @Sendable (UnsafeRawBufferPointer) -> Void
    ) -> Session.Configuration {
        var configuration = Session.Configuration(
            seed: seed ?? 0, threads: threads, progress: progress, width: width, isColored: isColored, output: output)
        configuration.isSandboxed = isSandboxed
        configuration.allowedFolders = allowedFolders
        configuration.memoryLimit = memoryLimit.flatMap { MemorySize($0)?.bytes }
        return configuration
    }
}
