/// What came of evaluating a piece of source.
public enum Reply: Sendable {
    /// It ran. `results` holds the values of an expression, each as text; a lone nil and a statement leave it empty.
    case done(results: [String])
    /// It raised an error, or is not valid Lua.
    case failed(ScriptError)
    /// Ctrl-C stopped it.
    case interrupted
}
