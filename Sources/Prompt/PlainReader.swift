import Glibc

/// Lines from an input that is no terminal, or for a terminal that cannot move its cursor: no editing, no recall.
public final class PlainReader: LineReader {
    private let descriptor: Int32
    private let showsPrompt: Bool
    private let isInterrupted: () -> Bool
    private var pending: [UInt8] = []
    private var ended = false

    /// Reads from `descriptor`. `isInterrupted` tells, once, whether Ctrl-C came since it was last asked.
    public init(descriptor: Int32 = STDIN_FILENO, showsPrompt: Bool, isInterrupted: @escaping () -> Bool) {
        self.descriptor = descriptor
        self.showsPrompt = showsPrompt
        self.isInterrupted = isInterrupted
    }

    /// Waits for a line; a last line without line break counts.
    public func readLine(prompt: String, after entry: String) -> LineInput {
        Console.flush()
        // Not to standard output, which is a file or pipe if this reader is in use at a terminal.
        if showsPrompt { Console.writeError(prompt) }
        while true {
            if isInterrupted() {
                pending.removeAll()
                return .interrupted
            }
            if let lineBreak = pending.firstIndex(of: UInt8(ascii: "\n")) {
                let line = String(decoding: pending[..<lineBreak], as: UTF8.self)
                pending.removeSubrange(...lineBreak)
                return .line(line)
            }
            if ended {
                guard !pending.isEmpty else { return .end }
                let line = String(decoding: pending, as: UTF8.self)
                pending.removeAll()
                return .line(line)
            }
            fill()
        }
    }

    /// There is no recall.
    public func remember(_ entry: String) {}

    /// What comes through a pipe was meant, whatever was interrupted.
    public func dropTypeAhead() {}

    private func fill() {
        var block = [UInt8](repeating: 0, count: 4096)
        let count = block.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
        if count > 0 {
            pending.append(contentsOf: block[..<count])
        } else if count == 0 || errno != EINTR {
            ended = true
        }
    }
}
