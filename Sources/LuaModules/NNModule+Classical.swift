import Learning
import LuaKit
import Support

/// What `nn` has for rows of numbers without gradients: models that are fitted once.
enum NNClassical {
    static let functions: [Signature] = [
        logisticRegression, ridge, decisionTree, boostedTrees, knn, naiveBayes, calibrated,
        permutationImportance,
    ]

    static let classes: [LuaClass] = [
        LogisticRegressionObject.luaClass, RidgeObject.luaClass, DecisionTreeObject.luaClass,
        BoostedTreesObject.luaClass, NeighborsObject.luaClass, NaiveBayesObject.luaClass,
        CalibratedObject.luaClass,
    ]

    /// The model in a file that one of these models' save(path) wrote; nil for a file of another kind.
    static func load(_ path: String) throws(Failure) -> LuaValue? {
        guard TabularFile.isModel(path) else { return nil }
        switch try TabularFile(path).model() {
        case let model as LogisticModel: return .object(LogisticRegressionObject(nil, model: model))
        case let model as RidgeModel: return .object(RidgeObject(nil, model: model))
        case let model as TreeModel: return .object(DecisionTreeObject(nil, model: model))
        case let model as BoostedModel: return .object(BoostedTreesObject(nil, model: model))
        case let model as NeighborModel: return .object(NeighborsObject(nil, model: model))
        case let model as NaiveBayesModel: return .object(NaiveBayesObject(nil, model: model))
        case let model as CalibratedModel: return .object(CalibratedObject(nil, base: nil, model: model))
        default: throw .format(path, "holds a model that scripts have no name for")
        }
    }
}
