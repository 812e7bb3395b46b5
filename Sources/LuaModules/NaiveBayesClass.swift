import Learning
import LuaKit
import Support
import Tensors

/// A naive Bayes model as scripts hold it.
final class NaiveBayesObject: TabularObject {}

extension NaiveBayesObject: LuaVisible {
    private static let name = "nn.NaiveBayes"

    static let luaClass = LuaClass(
        name, for: NaiveBayesObject.self, "A naive Bayes model.",
        methods: TabularMembers.methods(NaiveBayesObject.self, name, make: "nn.naive_bayes()"),
        fields: TabularMembers.fields(NaiveBayesObject.self) + [
            Field("kind", "string", "\"gaussian\", \"multinomial\" or \"bernoulli\"") {
                (object: NaiveBayesObject) throws(Failure) in
                .string(try object.fitted(NaiveBayesModel.self).kind.rawValue)
            }
        ],
        display: { object in
            object.summary(name, (object.model as? NaiveBayesModel).map { [$0.kind.rawValue] } ?? [])
        })
}

extension NNClassical {
    static let naiveBayes = Signature(
        "nn.naive_bayes",
        "A naive Bayes classifier, which takes the columns of a row for independent given its class.",
        options: [
            .optional(
                "kind", .choice(NaiveBayes.Kind.allCases.map(\.rawValue)), default: "gaussian",
                "how columns are distributed in a class: normally, as counts (of words), or as yes and no"),
            .optional(
                "alpha", .number(0...1e100), default: 1.0, "added to every count (multinomial, bernoulli)"),
            .optional(
                "var_smoothing", .number(0...1e100), default: 1e-9,
                "share of the largest variance of a column that is added to all (gaussian)"),
            .optional("threshold", .number, default: 0.0, "values above count as yes (bernoulli)"),
        ],
        returns: [.init("nn.NaiveBayes", "the model, to be fitted")],
        example: .init(
            """
            local words = {{3, 0}, {2, 1}, {0, 2}}
            return nn.naive_bayes{kind = "multinomial"}:fit(words, {"praise", "praise", "blame"}):predict{{1, 0}}
            """, output: "{\"praise\"}"),
        related: ["nn.NaiveBayes:fit"]
    ) { call throws(Failure) in
        var options = NaiveBayes()
        options.kind = NaiveBayes.Kind(rawValue: try call.string("kind")) ?? .gaussian
        options.alpha = try call.number("alpha")
        options.varianceSmoothing = try call.number("var_smoothing")
        options.threshold = try call.number("threshold")
        return .object(NaiveBayesObject(options))
    }
}
