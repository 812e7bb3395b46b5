import Learning
import LuaKit
import Support
import Tensors

/// A ridge regression as scripts hold it.
final class RidgeObject: TabularObject {}

extension RidgeObject: LuaVisible {
    private static let name = "nn.Ridge"

    static let luaClass = LuaClass(
        name, for: RidgeObject.self, "A ridge regression.",
        methods: TabularMembers.methods(
            RidgeObject.self, name, make: "nn.ridge{alpha = 0}", classes: false, regression: true),
        fields: TabularMembers.fields(RidgeObject.self, classes: false) + [
            Field("coefficients", "tensor", "float64 [columns] for one number of each row, else [outputs, columns]") {
                (object: RidgeObject) throws(Failure) in
                .object(try object.fitted(RidgeModel.self).coefficientTensor())
            },
            Field("intercepts", "tensor", "one for each output (float64)") { (object: RidgeObject) throws(Failure) in
                let intercepts = try object.fitted(RidgeModel.self).intercepts
                return .object(try Tensor(intercepts, shape: [intercepts.count]))
            },
        ],
        display: { object in
            object.summary(name, (object.model as? RidgeModel).map { ["alpha = \(numberText($0.alpha))"] } ?? [])
        })
}

extension NNClassical {
    static let ridge = Signature(
        "nn.ridge",
        """
        A linear regression with a squared penalty, in closed form, for one number of each row or several: the least sum of squared errors plus alpha \
        times the squared coefficients; intercepts are not penalised.
        """,
        options: [
            .optional("alpha", .number(0...1e100), default: 1.0, "strength of the penalty; 0 is least squares"),
            .optional("intercept", .boolean, default: true, "whether there is an intercept"),
        ],
        returns: [.init("nn.Ridge", "the model, to be fitted")],
        example: .init(
            "return nn.ridge{alpha = 1}:fit({{0}, {1}, {2}}, {0, 2, 4}).coefficients:totable()",
            output: "{1.3333333333333}"),
        related: ["nn.Ridge:fit", "nn.logistic_regression"]
    ) { call throws(Failure) in
        var options = Ridge()
        options.alpha = try call.number("alpha")
        options.intercept = try call.boolean("intercept")
        return .object(RidgeObject(options))
    }
}
