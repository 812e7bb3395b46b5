import Learning
import LuaKit
import Support
import Tensors

/// A logistic regression as scripts hold it.
final class LogisticRegressionObject: TabularObject {}

extension LogisticRegressionObject: LuaVisible {
    private static let name = "nn.LogisticRegression"

    static let luaClass = LuaClass(
        name, for: LogisticRegressionObject.self, "A logistic regression.",
        methods: TabularMembers.methods(LogisticRegressionObject.self, name, make: "nn.logistic_regression()"),
        fields: TabularMembers.fields(LogisticRegressionObject.self) + [
            Field(
                "coefficients", "tensor",
                "float64 [1, columns] for the second of two classes, [classes, columns] for more"
            ) { (object: LogisticRegressionObject) throws(Failure) in
                .object(try object.fitted(LogisticModel.self).coefficientTensor())
            },
            Field("intercepts", "tensor", "one for each row of coefficients (float64)") {
                (object: LogisticRegressionObject) throws(Failure) in
                let intercepts = try object.fitted(LogisticModel.self).intercepts
                return .object(try Tensor(intercepts, shape: [intercepts.count]))
            },
            Field("iterations", "integer", "steps of the search") {
                (object: LogisticRegressionObject) throws(Failure) in
                .integer(try object.fitted(LogisticModel.self).iterations)
            },
            Field("converged", "boolean", "whether the tolerance was reached") {
                (object: LogisticRegressionObject) throws(Failure) in
                .boolean(try object.fitted(LogisticModel.self).converged)
            },
            Field("loss", "number", "what was minimised: summed losses and penalty") {
                (object: LogisticRegressionObject) throws(Failure) in
                .number(try object.fitted(LogisticModel.self).loss)
            },
        ],
        display: { object in
            guard let model = object.model as? LogisticModel else { return object.summary(name) }
            return object.summary(
                name,
                [model.converged ? "\(model.iterations) iterations" : "not converged in \(model.iterations) iterations"]
            )
        })
}

extension NNClassical {
    static let logisticRegression = Signature(
        "nn.logistic_regression",
        """
        A logistic regression of two classes or more (multinomial), fitted by L-BFGS in float64: the least sum of −ln p over the rows plus l2 / 2 times \
        the squared coefficients; intercepts are not penalised. The same result on any number of threads.
        """,
        options: [
            .optional(
                "l2", .number(0...1e100), standing: "1",
                "strength of the penalty on the summed loss; 1 / C of scikit-learn"),
            .optional("C", .number(1e-100...1e100), standing: "1", "the same as l2 = 1 / C, as scikit-learn has it"),
            .optional("intercept", .boolean, default: true, "whether there are intercepts"),
            .optional(
                "standardize", .boolean, default: false,
                "whether the penalty looks at columns centred and divided by their standard deviation"),
            .optional(
                "class_weights", .classWeights, standing: "all the same",
                "\"balanced\" (rows / (classes * rows of the class)) or weights by class; classes left out count 1"),
            .optional(
                "tolerance", .number(above: 0), default: 1e-6,
                "fitting ends when no component of the gradient, in units of its own curvature, is larger"),
            .optional("max_iterations", .integer(1...1_000_000), default: 1000, "steps, at most"),
        ],
        returns: [.init("nn.LogisticRegression", "the model, to be fitted")],
        example: .init(
            """
            local model = nn.logistic_regression{l2 = 0.1}
            model:fit({{0}, {1}, {2}, {3}}, {"no", "no", "yes", "yes"})
            return model:predict{{0.5}, {2.5}}
            """, output: "{\"no\", \"yes\"}"),
        related: ["nn.LogisticRegression:fit", "nn.ridge"]
    ) { call throws(Failure) in
        var options = LogisticRegression()
        if let c = try call.number(ifGiven: "C") {
            guard try !call.has("l2") else {
                throw .argument("C", expected: "either C or l2", got: "both", hint: "C is 1 / l2")
            }
            options.l2 = 1 / c
        } else {
            options.l2 = try call.number(ifGiven: "l2") ?? 1
        }
        options.intercept = try call.boolean("intercept")
        options.standardize = try call.boolean("standardize")
        options.classWeights = try call.converted(ifGiven: "class_weights") ?? .even
        options.tolerance = try call.number("tolerance")
        options.maxIterations = try call.integer("max_iterations")
        return .object(LogisticRegressionObject(options))
    }
}
