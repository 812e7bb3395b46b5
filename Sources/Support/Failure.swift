/// A failure that the user can act on.
///
/// Every room of the core throws this one type (`throws(Failure)`), so that the words a user reads are put together in
/// one place: the Lua layer adds the script's line and the function's name to an `argument` failure, the command prints
/// the others as they are.
public struct Failure: Error, Equatable, Sendable {
    /// What went wrong.
    public enum Kind: Equatable, Sendable {
        /// A value handed in is not acceptable. `parameter` is its public name.
        case argument(parameter: String)
        /// A file or folder could not be read or written.
        case file(path: String)
        /// A file's content is not what its format promises. `place` says where in it ("line 12", "byte 8").
        case format(path: String, place: String?)
        /// Ctrl-C, a time limit or the caller stopped the work.
        case cancelled
        /// The work would need more memory than allowed or than there is.
        case memory
        /// Anything else: a query that the database refuses, a library that is not installed.
        case operation
    }

    /// What went wrong.
    public let kind: Kind
    /// For `argument`: what would have been accepted ("integer from 1 to 200 (the number of rows)").
    /// For every other kind: the sentence that describes the problem, without full stop.
    public let problem: String
    /// For `argument`: what came instead ("500").
    public let got: String?
    /// What to do about it, if that is known.
    public let hint: String?

    /// Makes a failure from its parts.
    public init(_ kind: Kind, _ problem: String, got: String? = nil, hint: String? = nil) {
        self.kind = kind
        self.problem = problem
        self.got = got
        self.hint = hint
    }

    /// An argument that is not acceptable: `expected` completes "… expected, got …".
    public static func argument(_ parameter: String, expected: String, got: String, hint: String? = nil) -> Failure {
        Failure(.argument(parameter: parameter), expected, got: got, hint: hint)
    }

    /// The same failure, blaming the parameter that is called `name` here and `other` where it was found.
    public func naming(_ name: String, insteadOf other: String) -> Failure {
        guard kind == .argument(parameter: other) else { return self }
        return Failure(.argument(parameter: name), problem, got: got, hint: hint)
    }

    /// A file that could not be read or written.
    public static func file(_ path: String, _ problem: String, hint: String? = nil) -> Failure {
        Failure(.file(path: path), problem, hint: hint)
    }

    /// A file whose content breaks its format.
    public static func format(_ path: String, at place: String? = nil, _ problem: String, hint: String? = nil)
        -> Failure
    {
        Failure(.format(path: path, place: place), problem, hint: hint)
    }

    /// Anything that has no parameter and no file.
    public static func operation(_ problem: String, hint: String? = nil) -> Failure {
        Failure(.operation, problem, hint: hint)
    }

    /// The work was stopped from outside.
    public static let cancelled = Failure(.cancelled, "interrupted")
}

extension Failure: CustomStringConvertible {
    /// The failure in one line, hint included.
    public var description: String { sentence(in: nil) }

    /// The failure in one line, hint included, as the function called `function` reports it. Long values are cut.
    public func sentence(in function: String?) -> String {
        let sentence =
            switch kind {
            case .argument(let parameter):
                "bad argument '\(parameter)'\(function.map { " to \($0)" } ?? ""): \(problem) expected, got \(Self.short(got))"
            case .file(let path): "\(path): \(problem)"
            case .format(let path, let place): place.map { "\(path), \($0): \(problem)" } ?? "\(path): \(problem)"
            case .memory: function.map { "\($0): \(problem)" } ?? problem
            case .cancelled, .operation: problem
            }
        return Self.cutWords(hint.map { "\(sentence) (\($0))" } ?? sentence)
    }

    private static let longestValue = 60

    /// What came, on 60 characters or a little more: a message that is mostly its own input is not read.
    private static func short(_ got: String?) -> String {
        guard let got else { return "nothing" }
        // Cutting what would only just fit helps nobody.
        guard got.count > longestValue + 20 else { return got }
        return got.prefix(longestValue) + "…" + (got.hasPrefix("'") ? "'" : "")
    }

    /// The sentence with what has no blank for 200 characters, a name or a path, cut to its beginning and its end.
    private static func cutWords(_ sentence: String) -> String {
        guard sentence.utf8.count > 200 else { return sentence }
        let parts = sentence.split(separator: " ", omittingEmptySubsequences: false)
        return parts.map {
            $0.count > 200 ? "\($0.prefix(longestValue / 2))…\($0.suffix(longestValue / 2))" : String($0)
        }
        .joined(separator: " ")
    }
}
