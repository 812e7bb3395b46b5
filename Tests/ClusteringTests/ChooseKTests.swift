import Clustering
import Support
import Tensors
import Testing

@Suite struct ChooseKTests {
    @Test func findsThePlantedNumber() throws {
        let (x, _) = try KMeansTests.clouds(4, each: 40, columns: 6)
        let choice = try ChooseK.search(x, from: 2, to: 7, options: .init(k: 0))
        #expect(choice.best.k == 4)
        #expect(choice.candidates.map(\.k) == [2, 3, 4, 5, 6, 7])
        let inertias = choice.candidates.map(\.inertia)
        #expect(inertias == inertias.sorted(by: >))
    }

    @Test func rangesAreChecked() throws {
        let x = try Tensor([1.0, 2, 3, 4], shape: [4, 1])
        for (from, to, parameter) in [(1, 3, "from"), (3, 2, "to"), (2, 4, "to"), (9, 9, "from")] {
            let failure = #expect(throws: Failure.self) {
                try ChooseK.search(x, from: from, to: to, options: .init(k: 0))
            }
            #expect(failure?.kind == .argument(parameter: parameter))
        }
    }
}
