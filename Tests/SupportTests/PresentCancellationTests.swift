import Support
import Testing

@Suite struct PresentCancellationTests {
    @Test func workWithoutACancellationTakesThePresentOne() {
        let cancellation = Cancellation()
        let before = Cancellation.replacePresent(with: cancellation)
        defer { Cancellation.replacePresent(with: before) }
        #expect(Work().cancellation === cancellation)
        #expect(Work(cancellation: Cancellation()).cancellation !== cancellation)
        cancellation.cancel()
        #expect(throws: Failure.cancelled) { try Cancellation.checkPresent() }
        let numbers = (0..<20_000).map { Double($0 * 7919 % 20_011) }
        #expect(throws: Failure.cancelled) { try numbers.sorted(work: Work()) }
        Cancellation.replacePresent(with: nil)
        #expect(Cancellation.present == nil && Work().cancellation !== cancellation)
        #expect((try? numbers.sorted(work: Work())) == numbers.sorted())
    }
}
