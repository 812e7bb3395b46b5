import Learning
import LuaKit
import Support
import Tensors

/// A model of rows as scripts hold it: options first, fitted by `fit`.
class TabularObject {
    /// How it is fitted; nil for one read from a file.
    let estimator: (any TabularEstimator)?
    /// The fitted model.
    private(set) var model: (any TabularModel)?

    init(_ estimator: (any TabularEstimator)?, model: (any TabularModel)? = nil) {
        self.estimator = estimator
        self.model = model
    }

    /// Whether classes are predicted.
    var predictsClasses: Bool { estimator?.predictsClasses ?? !(model?.schema.classes.isEmpty ?? true) }

    /// Fits it as a call of `fit` asks; a failure leaves it as it was.
    final func fit(_ call: Call) throws(Failure) {
        guard let estimator else {
            throw .operation(
                "this model was read from a file, which keeps no options for fitting", hint: "make a new one")
        }
        guard let y = try call.given("y") else { return }
        let target = try y.target(classes: predictsClasses)
        let weights: Tensor? = try call.converted(ifGiven: "weights")
        let (prepared, features) = try prepare(estimator, try call.converted("x"), call)
        model = try prepared.fit(features, target, weights: try weights?.values(as: Double.self), work: call.work)
    }

    /// The rows to fit on, and the estimator with what it has to know of them.
    func prepare(_ estimator: any TabularEstimator, _ x: FeatureInput, _ call: Call) throws(Failure) -> (
        any TabularEstimator, Features
    ) { (estimator, try x.features()) }

    /// The fitted model.
    func fitted() throws(Failure) -> any TabularModel {
        guard let model else {
            throw .operation("this model has not been fitted", hint: "call m:fit(x, y) first")
        }
        return model
    }

    /// The fitted model, of that type.
    func fitted<Model>(_ type: Model.Type) throws(Failure) -> Model {
        guard let model = try fitted() as? Model else { throw .operation("this model is of another kind") }
        return model
    }

    /// Class and size in one line.
    func summary(_ name: String, _ details: [String] = []) -> String {
        guard let schema = model?.schema else { return "\(name)(not fitted)" }
        var parts = ["\(schema.columns) \(schema.columns == 1 ? "column" : "columns")"]
        if !schema.classes.isEmpty { parts.append("\(schema.classes.count) classes") }
        return "\(name)(\((parts + details).joined(separator: ", ")))"
    }
}

/// The methods and fields that every model of rows has.
enum TabularMembers {
    /// fit, predict and save; predict_proba where classes can be predicted. `make` is code that makes such a model, for the examples.
    static func methods<Object: TabularObject & LuaVisible>(
        _ type: Object.Type, _ name: String, make: String, classes: Bool = true, regression: Bool = false,
        needs: String? = nil, fitOptions: [Parameter] = []
    ) -> [Signature] {
        let y = classes ? "{\"no\", \"no\", \"yes\", \"yes\"}" : "{0, 1, 2, 3}"
        let fitted = "\(make):fit({{0}, {1}, {2}, {3}}, \(y))"
        var methods = [
            Signature(
                "\(name):fit",
                "Fits the model and hands it back. A failed or stopped fit leaves it as it was.",
                parameters: [
                    .required("x", .features, "rows [n, d]; of a table all columns, which must be numbers or booleans"),
                    .required(
                        "y", .target,
                        classes && regression
                            ? "for each row its class (integers, strings or booleans), or its number"
                            : classes
                                ? "class of each row: integers, strings or booleans"
                                : "number of each row, or numbers [n, m]"
                    ),
                ],
                options: [.optional("weights", .vector, standing: "all the same", "how much each row counts")]
                    + fitOptions,
                returns: [.init(name, "the model itself")],
                example: .init("return \(fitted).columns", output: "1", needs: needs)
            ) { call throws(Failure) in
                try call.receiver(Object.self).fit(call)
                return .argument(1)
            },
            Signature(
                "\(name):predict",
                classes
                    ? "The most probable class of each row, of equally probable ones the first."
                    : "The number, or the numbers, predicted for each row.",
                parameters: [rows],
                returns: [
                    .init(
                        classes && !regression ? "tensor or list" : "tensor",
                        classes
                            ? "labels as they were given to fit: an int64 or bool tensor, a list of strings\(regression ? "; numbers where they were fitted" : "")"
                            : "float64 [n] or [n, m]")
                ],
                example: .init(
                    "return \(fitted):predict{{0.2}, {2.9}}\(classes ? "" : ".shape")",
                    output: classes ? "{\"no\", \"yes\"}" : "{2}", needs: needs)
            ) { call throws(Failure) in
                let model = try call.receiver(Object.self).fitted()
                let features = try call.features(for: model)
                guard case .classes(let classes) = model.schema.kind else {
                    return .object(try model.predictedNumbers(features, work: call.work))
                }
                return try .labels(try model.predictedCodes(features, work: call.work).map { classes[$0] })
            },
            Signature(
                "\(name):save", "Writes the fitted model to a file, whole or not at all; nn.load reads it.",
                parameters: [.required("path", .path, "where to, usually ending in .safetensors")],
                example: .init(
                    """
                    local path = os.tmpname()
                    \(fitted):save(path)
                    local columns = nn.load(path).columns
                    os.remove(path)
                    return columns
                    """, output: "1", needs: needs),
                related: ["nn.load"]
            ) { call throws(Failure) in
                try call.receiver(Object.self).fitted().save(call.path("path"), work: call.work)
                return .nothing
            },
        ]
        if classes {
            methods.insert(
                Signature(
                    "\(name):predict_proba", "The probability of every class for each row.",
                    parameters: [rows],
                    returns: [.init("tensor", "float64 [n, classes], the classes in the order of .classes")],
                    example: .init("return \(fitted):predict_proba{{0.2}, {2.9}}.shape", output: "{2, 2}", needs: needs)
                ) { call throws(Failure) in
                    let model = try call.receiver(Object.self).fitted()
                    guard !model.schema.classes.isEmpty else {
                        throw .operation(
                            "this model predicts numbers, which have no probabilities", hint: "use predict")
                    }
                    return .object(try model.outputs(try call.features(for: model), work: call.work))
                }, at: 2)
        }
        return methods
    }

    private static let rows = Parameter.required(
        "x", .features, "rows [n, d], as many columns as fitted on; a table's are found by name if fitted on a table")

    /// columns, names and classes.
    static func fields<Object: TabularObject & LuaVisible>(_ type: Object.Type, classes: Bool = true) -> [Field] {
        var fields = [
            Field("columns", "integer", "columns of the rows it was fitted on") { (object: Object) throws(Failure) in
                .integer(try object.fitted().schema.columns)
            },
            Field("names", "list of strings", "names of the columns, if it was fitted on a table; else nil") {
                (object: Object) throws(Failure) in .optional(try object.fitted().schema.names.map { .strings($0) })
            },
        ]
        if classes {
            fields.append(
                Field("classes", "list", "the classes, in order; empty where numbers are predicted") {
                    (object: Object) throws(Failure) in .list(try object.fitted().schema.classes.map(\.value))
                })
        }
        return fields
    }
}

extension Call {
    /// The rows given as `x`, for a fitted model.
    func features(for model: any TabularModel) throws(Failure) -> Features {
        let x: FeatureInput = try converted("x")
        let base = (model as? CalibratedModel)?.base ?? model
        guard let trees = base as? BoostedModel else { return try x.features(for: model.schema.names) }
        return try x.features(for: trees.schema.names, levels: trees.levels)
    }
}
