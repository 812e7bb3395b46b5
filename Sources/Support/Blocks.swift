/// Loops that one thread walks, cut into blocks between which it looks whether it was asked to stop. `forEach` deals blocks out to several.
extension Work {
    /// Elements walked between two looks at the cancellation: plain work on so many takes some hundred microseconds.
    @inlinable public static var blockLength: Int { 1 << 17 }

    /// Calls `body` with the ranges that make up `0..<count`, in order, and looks at the cancellation before each.
    @inlinable
    public func inBlocks(
        _ count: Int, of length: Int = Work.blockLength, _ body: (Range<Int>) throws(Failure) -> Void
    ) throws(Failure) {
        var start = 0
        while start < count {
            try cancellation.check()
            let end = start + min(length, count - start)
            try body(start..<end)
            start = end
        }
    }

    /// Calls `body` with pieces of `rows` rows of `width` elements, row after row, and looks at the cancellation once in a block of elements,
    /// however long or short the rows are.
    @inlinable
    public func inBlocks(
        rows: Int, width: Int, _ body: (_ row: Int, _ columns: Range<Int>) throws(Failure) -> Void
    ) throws(Failure) {
        var room = 0
        for row in 0..<rows {
            var start = 0
            while start < width {
                if room == 0 {
                    try cancellation.check()
                    room = Work.blockLength
                }
                let end = start + min(room, width - start)
                try body(row, start..<end)
                room -= end - start
                start = end
            }
        }
    }

    /// What `element` gives for every index below `count`, in order.
    @inlinable
    public func array<Element: BitwiseCopyable>(
        _ count: Int, _ element: (Int) throws(Failure) -> Element
    ) throws(Failure) -> [Element] {
        // To set the length of the empty array, which all threads share, is a race to the thread sanitizer. So everywhere here.
        guard count > 0 else { return [] }
        do {
            return try Array(unsafeUninitializedCapacity: count) { target, made in
                try inBlocks(count) { (range) throws(Failure) in
                    for index in range { target.initializeElement(at: index, to: try element(index)) }
                }
                made = count
            }
        } catch {
            throw error as? Failure ?? .cancelled
        }
    }

    /// The elements of a buffer as an array.
    @inlinable
    public func array<Element: BitwiseCopyable>(_ elements: UnsafeBufferPointer<Element>) throws(Failure) -> [Element] {
        guard !elements.isEmpty else { return [] }
        do {
            return try Array(unsafeUninitializedCapacity: elements.count) { target, made in
                try inBlocks(elements.count) { (range) throws(Failure) in
                    let part = UnsafeBufferPointer(rebasing: elements[range])
                    _ = UnsafeMutableBufferPointer(rebasing: target[range]).initialize(from: part)
                }
                made = elements.count
            }
        } catch {
            throw error as? Failure ?? .cancelled
        }
    }

    /// The indices below `count` for which `holds` is true, in rising order.
    @inlinable
    public func indices(below count: Int, where holds: (Int) -> Bool) throws(Failure) -> [Int] {
        // Counted first: an array that grows is copied in pieces that nothing stops.
        var total = 0
        try inBlocks(count) { range in for index in range where holds(index) { total += 1 } }
        guard total > 0 else { return [] }
        do {
            return try Array(unsafeUninitializedCapacity: total) { target, made in
                try inBlocks(count) { range in
                    for index in range where holds(index) && made < total {
                        target.initializeElement(at: made, to: index)
                        made += 1
                    }
                }
            }
        } catch {
            throw error as? Failure ?? .cancelled
        }
    }

    /// The first index below `count` for which `holds` is true; nil if there is none.
    @inlinable
    public func firstIndex(below count: Int, where holds: (Int) -> Bool) throws(Failure) -> Int? {
        var start = 0
        while start < count {
            try cancellation.check()
            let end = start + min(Work.blockLength, count - start)
            if let index = (start..<end).first(where: holds) { return index }
            start = end
        }
        return nil
    }
}
