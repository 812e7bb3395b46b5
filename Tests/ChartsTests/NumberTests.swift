import Support
import Testing

@testable import Charts

@Suite struct NumberTests {
    @Test(arguments: [
        (NumberStyle.plain, 1_234_567.0, "1,234,567"), (.plain, 0.125, "0.125"), (.plain, 0.0012345, "0.00123"),
        (.plain, -42, "−42"), (.plain, 1.5e12, "1.5×10¹²"), (.plain, 3e-9, "3×10⁻⁹"), (.plain, 0, "0"),
        (.plain, -0.0, "0"),
        (.percent, 0.1234, "12.3%"), (.percent, 1, "100%"), (.lift, 0.0211, "+2.11%"), (.lift, -0.5, "−50%"),
        (NumberStyle(decimals: 2), 2.345678, "2.35"), (NumberStyle(decimals: 1, isSigned: true), 0.04, "0.0"),
        (.plain, .nan, "–"), (.plain, .infinity, "∞"), (.plain, -.infinity, "−∞"), (.plain, 999_999.9, "1,000,000"),
        (.plain, 1.7e308, "1.7×10³⁰⁸"), (.plain, .leastNonzeroMagnitude, "4.94×10⁻³²⁴"),
        (NumberStyle(decimals: 3), 1e11, "100,000,000,000.000"),
    ])
    func numbersReadWell(style: NumberStyle, value: Double, text: String) {
        #expect(style.text(value) == text)
    }

    @Test func oneCountOfDecimalsFitsAll() {
        let style = NumberStyle.percent.fitted(to: [0.0123, 0.5])
        #expect(style.text(0.0123) == "1.2%")
        #expect(NumberStyle.plain.fitted(to: [1, 20]).text(3) == "3")
        let powers = NumberStyle.plain.fitted(to: [1e12, 5e11, 3])
        #expect([1e12, 5e11, 12_500, 3, 0].map(powers.text) == ["1×10¹²", "5×10¹¹", "1.25×10⁴", "3", "0"])
    }

    /// A column of data shows each of its numbers: none is rounded away for the greatest's sake.
    @Test func columnsKeepTheirNumbers() {
        func expect(_ values: [Double], _ texts: String) {
            let data = TableData(columns: [.init("a")], rows: values.map { [.number($0)] })
            #expect(data.texts.map { $0[0] }.joined(separator: " ") == texts)
        }
        expect([0.02, 0.31, 146.3], "0.02 0.31 146.30")
        expect([0.05, 11.77], "0.05 11.77")
        expect([1, 20, 300], "1 20 300")
        expect([1234.567, 0.5], "1,234.567 0.500")
        expect([1.0 / 3, 2.0 / 3], "0.3333 0.6667")
        expect([146.321_345, 0.05], "146.32135 0.05000")
        expect([3e-12, 0.9], "3×10⁻¹² 0.9")
        expect([1e-9, 2e-9, 0], "1×10⁻⁹ 2×10⁻⁹ 0")
        expect([1e12, 0.5], "1×10¹² 0.5")
        expect([.nan, .infinity], "– ∞")
        expect([0, -0.25], "0.00 −0.25")
        expect([123_456_789.125, 7], "123,456,789.125 7.000")
    }

    @Test(arguments: [
        (0.0...1.0, 5, [0, 0.2, 0.4, 0.6, 0.8, 1]), (0.3...9.7, 5, [2, 4, 6, 8]), (-1...1, 4, [-1, -0.5, 0, 0.5, 1]),
        (0...1e6, 4, [0, 250_000, 500_000, 750_000, 1e6]), (0.1...0.3, 2, [0.1, 0.2, 0.3]),
    ])
    func ticksAreNice(range: ClosedRange<Double>, count: Int, values: [Double]) {
        #expect(Ticks.within(Domain(range), count: count).values == values)
    }

    @Test func ticksCoverWhatTheyAreAskedTo() {
        var state: UInt64 = 1
        for _ in 0..<2000 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let low = Double(Int64(bitPattern: state) >> 20) / 1e6
            let high = low + Double(state >> 40) / 1e5
            let domain = Domain(low...high)
            let ticks = Ticks.covering(domain, count: 5)
            #expect(ticks.values.count >= 2 && ticks.values.count <= 10)
            #expect(ticks.values.first ?? 1 <= domain.low + domain.width * 1e-6)
            #expect(ticks.values.last ?? 0 >= domain.high - domain.width * 1e-6)
        }
    }

    @Test func aHistogramCountsEveryValueOnce() {
        let values = (0..<1000).map { Double(($0 * 7919) % 613) / 3 }
        for bins in [nil, 1, 7, 40] {
            let histogram = Histogram(values + [.nan], bins: bins)
            #expect(histogram.counts.reduce(0, +) == 1000)
            #expect(histogram.dropped == 1)
            if let bins { #expect(histogram.counts.count == bins) }
        }
        #expect(Histogram([0, 1, 2, 3], bins: 3).counts == [1, 1, 2])
    }

    @Test func aHistogramCountsByItsBounds() {
        var generator = SeededGenerator(seed: 4)
        for scale in [1, 1e-300, 1e300, 1e15] {
            for bins in [nil, 3, 50, 1000] {
                let values = (0..<500).map { _ in (Double(generator.next() % 41) - 20) / 7 * scale }
                let histogram = Histogram(values, bins: bins)
                var counts = [Int](repeating: 0, count: histogram.counts.count)
                for value in values {
                    let bin = histogram.edges.dropLast().lastIndex { $0 <= value } ?? 0
                    counts[bin] += 1
                }
                #expect(histogram.counts == counts, "\(scale), \(String(describing: bins))")
            }
        }
    }

    @Test func countingCanBeStopped() {
        let work = Work(threads: 1)
        work.cancellation.cancel()
        #expect(throws: Failure.self) { try Histogram([Double](repeating: 1, count: 5000), work: work) }
    }
}
