import Support
import Testing

@Suite struct PolledSelectTests {
    @Test func whatIsSelectedStandsThereAfterASort() throws {
        var generator = SeededGenerator(seed: 9)
        for count in [1, 2, 3, 10, 100, 1000] {
            for spread in [1, 3, 1_000_000] as [UInt64] {
                let values = (0..<count).map { _ in Double(generator.next() % spread) }
                let orders = [values, values.sorted(), values.sorted(by: >)]
                for order in orders {
                    for position in [0, count / 4, count / 2, count - 1] {
                        var changed = order
                        #expect(try changed.select(position, work: Work(threads: 1)) == values.sorted()[position])
                        #expect(changed.sorted() == values.sorted())
                    }
                }
            }
        }
    }

    @Test func ofInfinitiesToo() throws {
        var values = [Double.infinity, 1, -Double.infinity, 2]
        let sorted = try (0..<4).map { try values.select($0, work: Work(threads: 1)) }
        #expect(sorted == [-Double.infinity, 1, 2, Double.infinity])
    }
}
