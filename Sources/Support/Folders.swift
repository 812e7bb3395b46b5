import Glibc

/// Where things live on a user's machine.
public enum Folders {
    /// Models, libraries, dictionaries and sample data: `$COHORT_HOME`, else `$XDG_DATA_HOME/cohort`, else `~/.local/share/cohort`.
    public static var data: String { variable("COHORT_HOME") ?? folder("XDG_DATA_HOME", fallback: ".local/share") }

    /// The prompt's history: `$XDG_STATE_HOME/cohort`, else `~/.local/state/cohort`.
    public static var state: String { folder("XDG_STATE_HOME", fallback: ".local/state") }

    /// The user's own start-up file: `$XDG_CONFIG_HOME/cohort`, else `~/.config/cohort`.
    public static var config: String { folder("XDG_CONFIG_HOME", fallback: ".config") }

    /// The user's home folder.
    public static var home: String { variable("HOME") ?? "/" }

    /// A path in which `~/` at the beginning, or `~` alone, is the home folder, as in a shell.
    public static func expanded(_ path: String) -> String {
        guard path == "~" || path.hasPrefix("~/") else { return path }
        return (home == "/" ? "" : home) + (path == "~" && home == "/" ? "/" : String(path.dropFirst()))
    }

    /// An environment variable, nil when it is missing or empty.
    public static func variable(_ name: String) -> String? {
        guard let value = getenv(name), value[0] != 0 else { return nil }
        return String(cString: value)
    }

    private static func folder(_ name: String, fallback: String) -> String {
        // The specification says that a relative path there is to be ignored.
        if let root = variable(name), root.hasPrefix("/") { return "\(root)/cohort" }
        return "\(home)/\(fallback)/cohort"
    }
}
