/// Positions put in the order of their keys; equal keys stay in the order of their positions.
struct KeyOrder {
    private var keys: [UInt64] = []
    private var positions: [Int32] = []
    private var spareKeys: [UInt64] = []
    private var sparePositions: [Int32] = []

    /// The positions of `count` keys, least key first.
    mutating func sorted(_ count: Int, key: (Int) -> UInt64) -> [Int32] {
        keys.removeAll(keepingCapacity: true)
        for position in 0..<count { keys.append(key(position)) }
        positions = Array(0..<Int32(count))
        if count < 256 {
            let keys = keys
            positions.sort { keys[Int($0)] != keys[Int($1)] ? keys[Int($0)] < keys[Int($1)] : $0 < $1 }
        } else {
            radixSort(count)
        }
        return positions
    }

    // Least significant byte first; a byte that is the same everywhere costs nothing but its count.
    private mutating func radixSort(_ count: Int) {
        spareKeys = keys
        sparePositions = positions
        for shift in stride(from: UInt64(0), to: 64, by: 8) {
            var starts = [Int](repeating: 0, count: 256)
            for key in keys { starts[Int(key >> shift & 255)] += 1 }
            if starts.contains(count) { continue }
            var next = 0
            for byte in 0..<256 { (starts[byte], next) = (next, next + starts[byte]) }
            for index in 0..<count {
                let byte = Int(keys[index] >> shift & 255)
                spareKeys[starts[byte]] = keys[index]
                sparePositions[starts[byte]] = positions[index]
                starts[byte] += 1
            }
            swap(&keys, &spareKeys)
            swap(&positions, &sparePositions)
        }
    }

    /// The positions of the `k` least of `count` keys, least first.
    func least(_ k: Int, of count: Int, key: (Int) -> UInt64) -> [Int32] {
        guard k > 0 else { return [] }
        // A heap with the worst of the best on top.
        var heap: [(key: UInt64, position: Int32)] = []
        heap.reserveCapacity(k)
        func worse(_ a: (key: UInt64, position: Int32), _ b: (key: UInt64, position: Int32)) -> Bool {
            a.key != b.key ? a.key > b.key : a.position > b.position
        }
        for position in 0..<count {
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
        return heap.sorted { worse($1, $0) }.map(\.position)
    }
}
