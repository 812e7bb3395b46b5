extension Array {
    /// Sorts like `sort(by:)`, and gives up within some milliseconds when cancelled; the order is then any.
    @inlinable public mutating func sort(
        work: Work, by isBefore: (Element, Element) -> Bool
    ) throws(Failure) {
        var clock = PollClock(work.cancellation)
        do {
            try sort { left, right in
                try clock.check()
                return isBefore(left, right)
            }
        } catch {
            throw error as? Failure ?? .cancelled
        }
    }
}

extension Array where Element: Comparable {
    /// The elements in rising order; gives up within some milliseconds when cancelled.
    public func sorted(work: Work) throws(Failure) -> [Element] {
        // Too short to take long.
        if count < 10_000 { return sorted() }
        var copy = self
        try copy.sort(work: work) { $0 < $1 }
        return copy
    }
}
