extension Array<Double> {
    /// The element that would stand at `position` (from 0) if the array, without NaN in it, were sorted. Its elements change their order:
    /// quickselect (Hoare 1961) with the median of three, which takes time in proportion to their number.
    public mutating func select(_ position: Int, work: Work) throws(Failure) -> Double {
        var clock = PollClock(work.cancellation)
        var (low, high) = (0, count - 1)
        var rounds = 0
        while low < high {
            rounds += 1
            if rounds > 200 {
                // Somebody put the worst order together.
                try sort(work: work, by: <)
                break
            }
            let (first, middle, last) = (self[low], self[low + (high - low) / 2], self[high])
            let pivot = Swift.max(Swift.min(first, middle), Swift.min(Swift.max(first, middle), last))
            var (left, right) = (low, high)
            while left <= right {
                while self[left] < pivot {
                    left += 1
                    try clock.check()
                }
                while self[right] > pivot {
                    right -= 1
                    try clock.check()
                }
                guard left <= right else { break }
                swapAt(left, right)
                left += 1
                right -= 1
                try clock.check()
            }
            // What lies between the two equals the pivot.
            if position <= right {
                high = right
            } else if position >= left {
                low = left
            } else {
                break
            }
        }
        return self[position]
    }
}
