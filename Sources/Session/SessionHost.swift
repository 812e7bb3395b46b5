/// What a front end does for the session's commands that need more than text. Without one they are refused.
public protocol SessionHost: AnyObject {
    /// Runs what the front end runs where a session begins: `.reset` has made a new one.
    func begin()
    /// Runs a command line of the shell, which has the terminal and gets Ctrl-C meanwhile. Returns its exit status, 128 and the number of
    /// the signal if one ended it.
    func runShell(_ command: String) -> Int32
    /// Shows text that may be longer than the screen.
    func page(_ text: String)
    /// Makes `entry` the latest that the user can recall: it was written elsewhere.
    func remember(_ entry: String)
}
