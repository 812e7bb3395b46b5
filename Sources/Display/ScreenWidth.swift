import Glibc

/// How wide the screen is that `print` writes to.
public enum ScreenWidth {
    /// Columns of the terminal on standard output; 120 where there is none.
    public static var current: Int {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 120 }
        return Int(size.ws_col)
    }
}
