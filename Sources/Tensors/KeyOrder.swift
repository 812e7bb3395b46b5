import Support

/// Positions put in the order of their keys; equal keys stay in the order of their positions.
struct KeyOrder {
    private var keys: [UInt64] = []
    private var positions: [Int32] = []

    private let cancellation: Cancellation

    /// Gives up soon after `cancellation` is set.
    init(_ cancellation: Cancellation) { self.cancellation = cancellation }

    /// How much is done between two looks at the cancellation.
    private static let block = 1 << 18

    /// Calls `body` with ranges that make up `0..<count`.
    private func inBlocks(_ count: Int, _ body: (Range<Int>) -> Void) throws(Failure) {
        for start in stride(from: 0, to: count, by: Self.block) {
            try cancellation.check()
            body(start..<min(count, start + Self.block))
        }
    }

    /// The positions of `count` keys, least key first.
    mutating func sorted(_ count: Int, key: (Int) -> UInt64) throws(Failure) -> [Int32] {
        keys.removeAll(keepingCapacity: true)
        positions.removeAll(keepingCapacity: true)
        keys.reserveCapacity(count)
        positions.reserveCapacity(count)
        for start in stride(from: 0, to: count, by: Self.block) {
            try cancellation.check()
            for position in start..<min(count, start + Self.block) {
                keys.append(key(position))
                positions.append(Int32(position))
            }
        }
        if count < 256 {
            let keys = keys
            positions.sort { keys[Int($0)] != keys[Int($1)] ? keys[Int($0)] < keys[Int($1)] : $0 < $1 }
        } else {
            try radixSort(count)
        }
        return positions
    }

    // Least significant byte first; a byte that is the same everywhere costs nothing but its count.
    private mutating func radixSort(_ count: Int) throws(Failure) {
        // Every place is written before it is read; to write zeros first would take as long as a pass.
        var (otherKeys, otherPositions) = (
            [UInt64](unsafeUninitializedCapacity: count) { $1 = count },
            [Int32](unsafeUninitializedCapacity: count) { $1 = count }
        )
        for shift in stride(from: UInt64(0), to: 64, by: 8) {
            var starts = [Int](repeating: 0, count: 256)
            try inBlocks(count) { for index in $0 { starts[Int(keys[index] >> shift & 255)] += 1 } }
            if starts.contains(count) { continue }
            var next = 0
            for byte in 0..<256 { (starts[byte], next) = (next, next + starts[byte]) }
            try inBlocks(count) {
                for index in $0 {
                    let byte = Int(keys[index] >> shift & 255)
                    otherKeys[starts[byte]] = keys[index]
                    otherPositions[starts[byte]] = positions[index]
                    starts[byte] += 1
                }
            }
            swap(&keys, &otherKeys)
            swap(&positions, &otherPositions)
        }
    }

    /// The positions of the `k` least of `count` keys, least first.
    func least(_ k: Int, of count: Int, key: (Int) -> UInt64) throws(Failure) -> [Int32] {
        var clock = PollClock(cancellation)
        guard k > 0 else { return [] }
        // A heap with the worst of the best on top.
        var heap: [(key: UInt64, position: Int32)] = []
        heap.reserveCapacity(k)
        func worse(_ a: (key: UInt64, position: Int32), _ b: (key: UInt64, position: Int32)) -> Bool {
            a.key != b.key ? a.key > b.key : a.position > b.position
        }
        for position in 0..<count {
            try clock.check()
            let entry = (key: key(position), position: Int32(position))
            if heap.count < k {
                heap.append(entry)
                var child = heap.count - 1
                while child > 0, worse(heap[child], heap[(child - 1) / 2]) {
                    heap.swapAt(child, (child - 1) / 2)
                    child = (child - 1) / 2
                }
            } else if worse(heap[0], entry) {
                heap[0] = entry
                var parent = 0
                while true {
                    var child = 2 * parent + 1
                    guard child < k else { break }
                    if child + 1 < k, worse(heap[child + 1], heap[child]) { child += 1 }
                    guard worse(heap[child], heap[parent]) else { break }
                    heap.swapAt(child, parent)
                    parent = child
                }
            }
        }
        try heap.sort(work: Work(threads: 1, cancellation: cancellation)) { worse($1, $0) }
        return heap.map(\.position)
    }
}
