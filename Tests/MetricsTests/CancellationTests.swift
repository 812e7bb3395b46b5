import Metrics
import Support
import Tensors
import Testing

@Suite struct CancellationTests {
    private let labels = (0..<3000).map { $0 % 17 }

    private func isCancelled(_ body: (Work) throws(Failure) -> Double) -> Bool {
        let work = Work()
        work.cancellation.cancel()
        do throws(Failure) { _ = try body(work) } catch { return error == .cancelled }
        return false
    }

    @Test func measuresStopWhenCancelled() throws {
        let x = try Tensor.rand([3000, 2], seed: 1)
        let (truth, scores) = (labels.map { $0 < 8 }, labels.map { Double($0 * 31 % 19) })
        let relevance = scores
        #expect(isCancelled { (work) throws(Failure) in try Agreement.adjustedRand(labels, labels, work: work) })
        #expect(isCancelled { (work) throws(Failure) in try Agreement.purity(labels, labels, work: work) })
        #expect(
            isCancelled { (work) throws(Failure) in try Agreement.adjustedMutualInformation(labels, labels, work: work)
            })
        #expect(isCancelled { (work) throws(Failure) in try BinaryScores.rocAUC(truth, scores, work: work) })
        #expect(isCancelled { (work) throws(Failure) in try BinaryScores.averagePrecision(truth, scores, work: work) })
        #expect(
            isCancelled { (work) throws(Failure) in try Ranking(relevance: relevance, scores: scores, work: work).ndcg()
            })
        #expect(
            isCancelled { (work) throws(Failure) in try GroupSpread(x, labels: labels, work: work).daviesBouldin() })
        let spread = try GroupSpread(x, labels: labels)
        #expect(isCancelled { (work) throws(Failure) in try spread.calinskiHarabasz(work: work) })
        #expect(isCancelled { (work) throws(Failure) in try spread.daviesBouldin(work: work) })
        #expect(isCancelled { (work) throws(Failure) in try Silhouette(x).score(labels, work: work) })
    }

    @Test func countsOfPairsAreThoseOfAPlainCount() throws {
        var generator = SeededGenerator(seed: 5)
        for _ in 0..<50 {
            let truth = (0..<200).map { _ in Int(generator.next() % 7) }
            let prediction = (0..<200).map { _ in Int(generator.next() % 5) }
            // Purity by definition.
            var most = 0
            for group in 0..<5 {
                most +=
                    (0..<7).map { label in
                        zip(truth, prediction).count { $0.0 == label && $0.1 == group }
                    }.max() ?? 0
            }
            #expect(try Agreement.purity(truth, prediction) == Double(most) / 200)
        }
    }
}
