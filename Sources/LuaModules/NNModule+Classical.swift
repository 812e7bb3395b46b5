import Learning
import LuaKit
import Support

/// What `nn` has for rows of numbers without gradients: models that are fitted once.
enum NNClassical {
    static let functions: [Signature] = [logisticRegression, ridge, decisionTree, boostedTrees, knn, naiveBayes]

    static let classes: [LuaClass] = [
        LogisticRegressionObject.luaClass, RidgeObject.luaClass, DecisionTreeObject.luaClass,
        BoostedTreesObject.luaClass, NeighborsObject.luaClass, NaiveBayesObject.luaClass,
    ]

    /// The model in a file that one of these models' save(path) wrote; nil for a file of another kind.
    static func load(_ path: String) throws(Failure) -> LuaValue? {
        guard TabularFile.isModel(path) else { return nil }
        let file = try TabularFile(path)
        switch file.kind {
        case LogisticModel.fileKind: return .object(LogisticRegressionObject(nil, model: try LogisticModel(file)))
        case RidgeModel.fileKind: return .object(RidgeObject(nil, model: try RidgeModel(file)))
        case TreeModel.fileKind: return .object(DecisionTreeObject(nil, model: try TreeModel(file)))
        case BoostedModel.fileKind: return .object(BoostedTreesObject(nil, model: try BoostedModel(file)))
        case NeighborModel.fileKind: return .object(NeighborsObject(nil, model: try NeighborModel(file)))
        case NaiveBayesModel.fileKind: return .object(NaiveBayesObject(nil, model: try NaiveBayesModel(file)))
        default: throw .format(path, "holds a model of a kind that this version does not know ('\(file.kind)')")
        }
    }
}
