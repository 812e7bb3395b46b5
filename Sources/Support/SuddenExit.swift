/// What has to be put in order where the process ends in the middle of something, by a signal or a second Ctrl-C.
public enum SuddenExit {
    private static let duties = Locked<[@Sendable () -> Void]>([])

    /// Adds something to be done then, on whichever thread; it must not wait for anything.
    public static func register(_ duty: @escaping @Sendable () -> Void) { duties.withLock { $0.append(duty) } }

    /// Removes unfinished files and does what was registered. For use right before the process exits, on a thread that writes no files.
    public static func putInOrder() {
        UnfinishedFiles.removeAllForGood()
        let list = duties.withLockIfAvailable { $0 }
        for duty in list ?? [] { duty() }
    }
}
