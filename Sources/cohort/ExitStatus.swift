import ArgumentParser

/// How the process ends.
enum ExitStatus: Int32 {
    /// Everything asked for was done.
    case done = 0
    /// The script raised an error, or a command could not do its work.
    case failed = 1
    /// The command line is wrong, or names a script that cannot be read.
    case usage = 2
    /// Ctrl-C.
    case interrupted = 130
}

extension ExitStatus: Error {
    /// What the argument parser's own exit code means here: its 64 (EX_USAGE) is our 2.
    init(_ code: ExitCode) {
        switch code {
        case .success: self = .done
        case .validationFailure: self = .usage
        default: self = ExitStatus(rawValue: code.rawValue) ?? .failed
        }
    }
}
