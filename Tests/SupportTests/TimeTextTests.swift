import Support
import Testing

@Suite struct TimeTextTests {
    @Test(arguments: [
        (0, "0 s"), (8.5e-7, "850 ns"), (12.34e-6, "12.3 µs"), (99.96e-6, "0.1 ms"), (0.0008, "0.8 ms"),
        (0.012345, "12.3 ms"), (0.9994, "999 ms"), (0.9996, "1 s"), (1.25, "1.25 s"), (9.996, "10 s"),
        (59.94, "59.9 s"),
        (59.96, "1 min 0 s"), (123, "2 min 3 s"), (7_384, "2 h 3 min"), (-0.5, "-500 ms"), (.infinity, "inf s"),
        (1e300, "1e+300 s"),
    ])
    func hasThreeDigits(seconds: Double, expected: String) { #expect(TimeText.of(seconds) == expected) }
}
