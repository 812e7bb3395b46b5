import Glibc

/// One column of a node in the order of its values, looked through for the best place to split it.
struct SplitScan {
    let values: UnsafePointer<Double>
    let rows: UnsafePointer<Int32>
    let count: Int
    /// Rows that each part must have.
    let leastRows: Int

    /// A place to split.
    struct Found {
        var threshold: Double
        var lowRows: Int
        /// What is to be as large as possible: minus the impurities of the parts, by weight, up to what every split has.
        var score: Double
    }

    /// Whether there is more than one value.
    var varies: Bool { count > 1 && values[0] < values[count - 1] }

    /// The best place by a scorer that has all rows in the high part; of equally good ones the first. What only rounding makes better is not.
    func best(_ scorer: inout some SplitScorer) -> Found? {
        var found: (place: Int, score: Double)?
        var bar = -Double.infinity
        for place in 0..<count - 1 {
            scorer.move(Int(rows[place]))
            guard values[place] < values[place + 1], place + 1 >= leastRows, count - place - 1 >= leastRows else {
                continue
            }
            let score = scorer.score
            guard score > bar else { continue }
            found = (place, score)
            bar = score + 1e-12 * abs(score)
        }
        return found.map { place, score in
            let (value, next) = (values[place], values[place + 1])
            // Halves first: the sum may overflow. A middle that rounding moves to the upper value would take it along.
            let middle = value / 2 + next / 2
            return Found(
                threshold: middle >= value && middle < next ? middle : value, lowRows: place + 1, score: score)
        }
    }
}

/// The sums from which a split's score follows, as rows move from the high part to the low.
protocol SplitScorer {
    /// Moves a row.
    mutating func move(_ row: Int)
    /// How good a split here is.
    var score: Double { get }
}

/// How mixed the classes of a part are, by the sum of a term of each class's weight. What every split has alike is left out, and more is purer.
protocol ClassPurity {
    /// What a class of this weight adds.
    static func term(_ weight: Double) -> Double
    /// The purity of a part, from the sum of its classes' terms and its weight, times that weight.
    static func total(_ sum: Double, _ weight: Double) -> Double
}

/// The Gini impurity: the sum of the squares of the classes' weights over the part's weight.
enum GiniPurity: ClassPurity {
    static func term(_ weight: Double) -> Double { weight * weight }
    static func total(_ sum: Double, _ weight: Double) -> Double { sum / weight }
}

/// The entropy: the sum of c ln c over the classes' weights c, less the same of the part's weight.
enum EntropyPurity: ClassPurity {
    static func term(_ weight: Double) -> Double { weight > 0 ? weight * log(weight) : 0 }
    static func total(_ sum: Double, _ weight: Double) -> Double { sum - term(weight) }
}

/// Scores by how mixed the classes of both parts are.
struct ClassScorer<Purity: ClassPurity>: SplitScorer {
    private let weights: UnsafePointer<Double>
    private let codes: UnsafePointer<Int32>
    private let low: UnsafeMutablePointer<Double>
    private let high: UnsafeMutablePointer<Double>
    private var lowWeight = 0.0
    private var highWeight: Double
    private var lowSum = 0.0
    private var highSum = 0.0

    /// All rows are in `high`, the weight of each class, and `low` is zero.
    init(
        _ weights: UnsafePointer<Double>, _ codes: UnsafePointer<Int32>, _ low: UnsafeMutablePointer<Double>,
        _ high: UnsafeMutablePointer<Double>, _ count: Int, weight: Double
    ) {
        (self.weights, self.codes, self.low, self.high) = (weights, codes, low, high)
        highWeight = weight
        for code in 0..<count { highSum += Purity.term(high[code]) }
    }

    mutating func move(_ row: Int) {
        let weight = weights[row]
        let code = Int(codes[row])
        lowSum -= Purity.term(low[code])
        highSum -= Purity.term(high[code])
        low[code] += weight
        high[code] -= weight
        lowSum += Purity.term(low[code])
        highSum += Purity.term(high[code])
        lowWeight += weight
        highWeight -= weight
    }

    var score: Double { Purity.total(lowSum, lowWeight) + Purity.total(highSum, highWeight) }
}

/// Scores by the squared error of numbers: the square of a part's sum over its weight.
struct NumberScorer: SplitScorer {
    private let weights: UnsafePointer<Double>
    private let numbers: UnsafePointer<Double>
    private var lowWeight = 0.0
    private var highWeight: Double
    private var lowSum = 0.0
    private var highSum: Double

    /// All rows are in the high part.
    init(_ weights: UnsafePointer<Double>, _ numbers: UnsafePointer<Double>, weight: Double, sum: Double) {
        (self.weights, self.numbers) = (weights, numbers)
        (highWeight, highSum) = (weight, sum)
    }

    mutating func move(_ row: Int) {
        let weight = weights[row]
        let part = weight * numbers[row]
        lowWeight += weight
        highWeight -= weight
        lowSum += part
        highSum -= part
    }

    var score: Double { lowSum * lowSum / lowWeight + highSum * highSum / highWeight }
}
