import Support
import Tensors

/// Gradient-boosted trees, grown by LightGBM: each tree corrects what those before it got wrong. NaN counts as missing and goes to the better
/// side of every split.
public struct BoostedTrees: TabularEstimator {
    /// Whether classes are predicted.
    public var predictsClasses = true
    /// Trees, at most; as many of each class where there are more than two.
    public var iterations = 100
    /// How much of each tree counts.
    public var learningRate = 0.1
    /// Leaves of a tree, at most.
    public var leaves = 31
    /// Splits on the way to a leaf, at most; no limit without it.
    public var maxDepth: Int?
    /// Rows of a leaf, at least.
    public var minRowsInLeaf = 20
    /// Rows of an interval of values, at least.
    public var minRowsInBin = 3
    /// Strength of the penalty on the leaves' magnitudes.
    public var l1 = 0.0
    /// Strength of the penalty on the leaves' squares.
    public var l2 = 0.0
    /// Share of the columns that each tree looks at.
    public var columnShare = 1.0
    /// Share of the rows that each tree looks at.
    public var rowShare = 1.0
    /// Intervals that the values of a column are sorted into, at most.
    public var bins = 255
    /// Columns, from 0, whose whole numbers are names of categories without order.
    public var categorical: [Int] = []
    /// The names of the categories in columns whose numbers stand for them, by column, from 0. Kept with the model for its callers.
    public var levels: [Int: [String]] = [:]
    /// How much the rows of each class count.
    public var classWeights = ClassWeights.even
    /// Rows to measure the loss on after each tree.
    public var validation: (features: Features, target: Target)?
    /// With a validation, fitting ends after so many trees without a lower loss, and the best number of trees is kept.
    public var patience: Int?
    /// Seed of the columns and rows that trees look at.
    public var seed: UInt64 = 0

    /// The usual options.
    public init() {}

    /// Fits a model.
    public func fit(_ features: Features, _ target: Target, weights: [Double]? = nil, work: Work = Work())
        throws(Failure) -> any TabularModel
    {
        try model(features, target, weights: weights, work: work)
    }

    /// Fits a model.
    public func model(_ features: Features, _ target: Target, weights: [Double]? = nil, work: Work = Work())
        throws(Failure) -> BoostedModel
    {
        let library = try LightGBM.library()
        try check(features, target, weights: weights)
        guard patience == nil || validation != nil else {
            throw .argument(
                "early_stopping", expected: "rows to measure the loss on, as m:fit(x, y, {validation = {x, y}})",
                got: "none")
        }
        let goal = try Goal(self, target, weights)
        let schema = TabularSchema(features, goal.kind)
        let matrix = try FeatureMatrix(features, allowsNaN: true, work: work)
        // LightGBM counts in 32 bits.
        guard matrix.rows <= Int32.max, matrix.columns <= Int32.max else {
            throw .argument("x", expected: "at most \(Int32.max) rows and columns", got: "shape \(features.x.shape)")
        }
        try checkCategories(matrix)
        let parameters = self.parameters(schema, threads: work.threads)
        let data = try BoosterData(library, matrix, bins: bins, parameters: parameters)
        try data.set("label", goal.labels)
        if let weights = goal.weights { try data.set("weight", weights) }
        let booster = try Booster(
            library, data, parameters: parameters,
            memory: memory(matrix, trees: schema.classes.count > 2 ? schema.classes.count : 1))
        let watched = try validation.map { (rows) throws(Failure) in
            let rowsData = try BoosterData(
                library, try schema.matrix(rows.features, allowsNaN: true, work: work), bins: bins,
                parameters: parameters, reference: data)
            try rowsData.set("label", try goal.labels(of: rows.target, rows: rows.features.x.shape[0]))
            try booster.watch(rowsData)
            return rowsData
        }
        defer { work.progress?.finish("boosted trees") }
        var losses: [Double] = []
        var best = 0
        for iteration in 0..<iterations {
            try work.cancellation.check()
            work.progress?.report("boosted trees", done: iteration, total: iterations, unit: "trees")
            let hasGrown = try booster.grow()
            if watched != nil {
                losses.append(try booster.loss())
                if losses[iteration] < losses[best] { best = iteration }
                if let patience, iteration - best >= patience { break }
            }
            if !hasGrown { break }
        }
        withExtendedLifetime((data, watched)) {}
        return try BoostedModel(
            schema: schema, levels: levels,
            text: try booster.text(iterations: watched == nil || patience == nil ? -1 : best + 1), losses: losses,
            best: losses.isEmpty ? nil : best + 1)
    }

    /// What growing holds beside the bins, `trees` at a time: the sums of every bin for each leaf, as many of them as the rows can fill; score,
    /// gradient and curvature of each row and its place.
    private func memory(_ matrix: FeatureMatrix, trees: Int) throws(Failure) -> BorrowedMemory {
        let filled = min(bins, matrix.rows / max(1, minRowsInBin) + 1) + 1
        return try BorrowedMemory([
            [leaves, matrix.columns, filled, 16], [matrix.rows, trees, 16], [matrix.rows, 16],
        ])
    }

    /// What LightGBM is told. Row-wise and deterministic, so that the number of threads changes nothing.
    private func parameters(_ schema: TabularSchema, threads: Int) -> String {
        let classes = schema.classes.count
        var parts = [
            "verbosity=-1", "deterministic=true", "force_row_wise=true", "num_threads=\(threads)",
            // Seeds are whole numbers of 31 bits there.
            "seed=\(seed & 0x7fff_ffff)", "learning_rate=\(learningRate)", "num_leaves=\(leaves)",
            "max_depth=\(maxDepth ?? -1)", "min_data_in_leaf=\(minRowsInLeaf)", "lambda_l1=\(l1)", "lambda_l2=\(l2)",
            "feature_fraction=\(columnShare)", "bagging_fraction=\(rowShare)", "bagging_freq=\(rowShare < 1 ? 1 : 0)",
            "max_bin=\(bins)", "min_data_in_bin=\(minRowsInBin)",
        ]
        switch classes {
        case 0: parts += ["objective=regression", "metric=l2"]
        case 2: parts += ["objective=binary", "metric=binary_logloss"]
        default: parts += ["objective=multiclass", "num_class=\(classes)", "metric=multi_logloss"]
        }
        let named = Set(categorical + levels.keys).sorted()
        if !named.isEmpty { parts.append("categorical_feature=\(named.map(String.init).joined(separator: ","))") }
        return parts.joined(separator: " ")
    }

    private func checkCategories(_ matrix: FeatureMatrix) throws(Failure) {
        for column in categorical {
            guard column >= 0, column < matrix.columns else {
                throw .argument(
                    "categorical", expected: "columns from 1 to \(matrix.columns)", got: "\(column + 1)")
            }
            for row in 0..<matrix.rows {
                let value = matrix[row, column]
                guard value.isNaN || value >= 0 && value < 0x1p31 && value == value.rounded() else {
                    throw .argument(
                        "x", expected: "whole numbers from 0 up in categorical columns",
                        got: "\(value) in row \(row + 1), column \(column + 1)")
                }
            }
        }
    }

    /// The target as LightGBM wants it.
    private struct Goal {
        let kind: TabularSchema.Kind
        let labels: [Double]
        let weights: [Double]?

        init(_ options: BoostedTrees, _ target: Target, _ weights: [Double]?) throws(Failure) {
            if options.predictsClasses {
                let codes = try target.classCodes()
                kind = .classes(codes.classes)
                labels = codes.codes.map(Double.init)
                if case .even = options.classWeights, weights == nil {
                    self.weights = nil
                } else {
                    self.weights = try options.classWeights.applied(to: codes, rowWeights: weights)
                }
            } else {
                let numbers = try target.numberRows()
                guard numbers.outputs == 1 else {
                    throw .argument("y", expected: "one number for each row", got: "\(numbers.outputs)")
                }
                kind = .number
                labels = numbers.values
                self.weights = weights
            }
        }

        func labels(of target: Target, rows: Int) throws(Failure) -> [Double] {
            guard target.rows == rows else {
                throw .argument("validation", expected: "as many labels as rows (\(rows))", got: "\(target.rows)")
            }
            guard case .classes(let classes) = kind else { return try target.numberRows().values }
            guard case .labels(let labels) = target else {
                throw .argument("validation", expected: "labels", got: "numbers")
            }
            var values: [Double] = []
            for (row, label) in labels.enumerated() {
                guard let code = classes.firstIndex(of: label) else {
                    throw .argument(
                        "validation", expected: "classes that occur in y",
                        got: "\(label.words(quoted: true)) in row \(row + 1)")
                }
                values.append(Double(code))
            }
            return values
        }
    }
}

/// Fitted boosted trees.
public struct BoostedModel: TabularModel {
    /// What it expects and hands back.
    public let schema: TabularSchema
    /// The names of the categories in columns whose numbers stand for them, by column, from 0.
    public let levels: [Int: [String]]
    /// The trees in LightGBM's own form, which its other interfaces read.
    public let text: String
    /// The loss on the validation rows after each tree: mean −ln p of the classes, or mean squared error.
    public let losses: [Double]
    /// The number of trees with the lowest of these losses.
    public let best: Int?
    /// By how much the splits on each column lowered the loss, as shares of the whole.
    public let importances: [Double]
    private let booster: Booster

    init(schema: TabularSchema, levels: [Int: [String]], text: String, losses: [Double], best: Int?) throws(Failure) {
        self.schema = schema
        self.levels = levels
        self.text = text
        self.losses = losses
        self.best = best
        booster = try Booster(try LightGBM.library(), text: text)
        let shape = try booster.shape()
        guard shape.columns == schema.columns, shape.outputs == (schema.outputs > 2 ? schema.outputs : 1) else {
            throw .operation("the trees are of another shape than the model")
        }
        let gains = try booster.gains(columns: schema.columns)
        let total = gains.reduce(0, +)
        importances = total > 0 ? gains.map { $0 / total } : gains
    }

    /// Trees that were grown, of each class where there are more than two.
    public var treeCount: Int {
        text.split(separator: "\n").count { $0.hasPrefix("Tree=") } / (schema.outputs > 2 ? schema.outputs : 1)
    }

    /// The probability of every class, or the number predicted: float64 [rows, outputs].
    public func outputs(_ features: Features, work: Work = Work()) throws(Failure) -> Tensor {
        let matrix = try schema.matrix(features, allowsNaN: true, work: work)
        let outputs = schema.outputs
        return try Tensor.build([matrix.rows, outputs], of: Double.self) { (target) throws(Failure) in
            guard let start = target.baseAddress else { return }
            for from in stride(from: 0, to: matrix.rows, by: 1 << 14) {
                try work.cancellation.check()
                let range = from..<min(from + 1 << 14, matrix.rows)
                try booster.predict(matrix, range, threads: work.threads, to: start + from * outputs)
                guard outputs == 2 else { continue }
                // One number came for each row, the second class's: spread from the last on, so that none is overwritten before it is read.
                for place in (0..<range.count).reversed() {
                    let share = target[from * 2 + place]
                    target[(from + place) * 2] = 1 - share
                    target[(from + place) * 2 + 1] = share
                }
            }
        }
    }
}

extension BoostedModel {
    /// What files of such models say they are.
    public static let fileKind = "boosted_trees"

    /// What a file of the model holds.
    public func contents() throws(Failure) -> TabularContents {
        return TabularContents(
            kind: Self.fileKind, tensors: [(name: "losses", tensor: try Tensor(losses, shape: [losses.count]))],
            notes: [
                (key: "trees", value: text), (key: "best", value: "\(best ?? 0)"),
                (key: "levels", value: String(decoding: try levelList.encoded(), as: UTF8.self)),
            ])
    }

    /// For each column the names of its categories, none where its numbers are numbers.
    private var levelList: JSON {
        .array((0..<schema.columns).map { .array((levels[$0] ?? []).map { JSON($0) }) })
    }

    /// Reads a model that `save` wrote.
    public init(_ file: TabularFile) throws(Failure) {
        var levels: [Int: [String]] = [:]
        let lists = try JSON.parse(try file.note("levels")).array ?? []
        for (column, list) in lists.enumerated() where column < file.schema.columns {
            let names = list.array?.compactMap(\.string) ?? []
            if !names.isEmpty { levels[column] = names }
        }
        let best = try file.integer("best")
        let trees = try file.note("trees")
        do throws(Failure) {
            try LightGBMText.check(trees, columns: file.schema.columns, outputs: file.schema.outputs)
        } catch {
            throw file.broken("damaged trees (\(error.problem))")
        }
        do throws(Failure) {
            try self.init(
                schema: file.schema, levels: levels, text: trees,
                losses: try file.tensor("losses").values(as: Double.self),
                best: best > 0 ? best : nil)
        } catch {
            // Where the library is missing that is what to say; anything else is the file's fault.
            guard LightGBM.isInstalled, error.kind == .operation else { throw error }
            throw file.broken("trees that LightGBM cannot read: \(error.problem)")
        }
    }
}
