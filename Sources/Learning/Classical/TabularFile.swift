import Support
import Tensors

/// What the file of a model holds beside the model's schema.
public struct TabularContents {
    /// What kind of model it is ("ridge").
    public let kind: String
    /// Its numbers.
    public let tensors: [(name: String, tensor: Tensor)]
    /// What else there is to know.
    public let notes: [(key: String, value: String)]

    /// The same under names that begin with `prefix`, the kind noted: a part of another model.
    func nested(_ prefix: String) -> (tensors: [(name: String, tensor: Tensor)], notes: [(key: String, value: String)])
    {
        (
            tensors.map { (name: prefix + $0.name, tensor: $0.tensor) },
            notes.map { (key: prefix + $0.key, value: $0.value) } + [(key: "\(prefix)kind of model", value: kind)]
        )
    }
}

extension TabularModel {
    /// Writes the model to a file, whole or not at all.
    public func save(_ path: String, work: Work = Work()) throws(Failure) {
        try TabularFile.write(path, schema, try contents(), work: work)
    }
}

/// Saved models of rows of numbers: safetensors files that say in their metadata what they are.
public struct TabularFile: Sendable {
    private static let format = "cohort.nn."
    private static let version = ".1"

    private let file: SafetensorsFile
    /// How the names of a model inside another's file begin.
    private var prefix = ""
    /// What kind of model it is ("ridge").
    public private(set) var kind: String
    let schema: TabularSchema

    /// Whether `path` is a file of such a model, rather than another safetensors file.
    public static func isModel(_ path: String) -> Bool {
        guard let file = try? SafetensorsFile(path) else { return false }
        return kind(of: file) != nil
    }

    private static func kind(of file: SafetensorsFile) -> String? {
        guard let format = file.metadata.first(where: { $0.key == "format" })?.value, format.hasPrefix(Self.format),
            format.hasSuffix(version)
        else { return nil }
        return String(format.dropFirst(Self.format.count).dropLast(version.count))
    }

    /// Opens a file.
    public init(_ path: String) throws(Failure) {
        file = try SafetensorsFile(path)
        guard let kind = TabularFile.kind(of: file) else {
            throw .format(
                path, "holds no model of nn's", hint: "such a file is written by a model's save(path)")
        }
        self.kind = kind
        let notes = file.metadata
        func note(_ key: String) -> JSON? {
            notes.first { $0.key == key }.flatMap { try? JSON.parse($0.value) }
        }
        let names = note("names")?.array?.compactMap(\.string)
        let classes = note("classes")?.array
        guard let columns = note("columns")?.int, columns > 0, names.map({ $0.count == columns }) ?? true else {
            throw .format(path, "lacks a part of a model")
        }
        let kindOfTarget: TabularSchema.Kind
        if let classes {
            let labels = classes.compactMap { ClassLabel($0) }
            guard labels.count == classes.count, labels.count > 1, Set(labels).count == labels.count else {
                throw .format(path, "holds classes that are none")
            }
            kindOfTarget = .classes(labels)
        } else if let outputs = note("outputs")?.int, outputs >= 0, outputs < 1 << 40 {
            kindOfTarget = outputs == 0 ? .number : .numbers(outputs)
        } else {
            throw .format(path, "lacks a part of a model")
        }
        schema = TabularSchema(columns: columns, names: names, kind: kindOfTarget)
    }

    /// A note of the file.
    func note(_ key: String) throws(Failure) -> String {
        guard let note = file.metadata.first(where: { $0.key == prefix + key })?.value else {
            throw .format(file.path, "lacks a part of a \(kind) model ('\(key)')")
        }
        return note
    }

    /// A note that is a number.
    func number(_ key: String) throws(Failure) -> Double {
        guard let number = Double(try note(key)) else {
            throw .format(file.path, "holds a part of a \(kind) model that is no number ('\(key)')")
        }
        return number
    }

    /// A note that is a whole number that fits, from `lowest` on.
    func integer(_ key: String, from lowest: Int = 0) throws(Failure) -> Int {
        guard let integer = Int(try note(key)), integer >= lowest else {
            throw .format(file.path, "holds a part of a \(kind) model that is out of range ('\(key)')")
        }
        return integer
    }

    /// A tensor of the file, of that shape where it is given.
    func tensor(_ name: String, shape: [Int]? = nil) throws(Failure) -> Tensor {
        guard file.contains(prefix + name) else {
            throw .format(file.path, "lacks a part of a \(kind) model ('\(name)')")
        }
        let tensor = try file.tensor(named: prefix + name)
        guard shape.map({ $0 == tensor.shape }) ?? true else {
            throw .format(file.path, "holds parts of a \(kind) model that do not fit together ('\(name)')")
        }
        return tensor
    }

    /// Finite numbers of a tensor of the file.
    func numbers(_ name: String, shape: [Int]) throws(Failure) -> [Double] {
        let values = try tensor(name, shape: shape).values(as: Double.self)
        guard values.allSatisfy(\.isFinite) else { throw broken("numbers that are not finite ('\(name)')") }
        return values
    }

    /// The model inside this one's file whose names begin with `prefix`.
    func nested(_ prefix: String) throws(Failure) -> TabularFile {
        var part = self
        part.prefix = self.prefix + prefix
        part.kind = try part.note("kind of model")
        return part
    }

    /// The model.
    public func model(work: Work = Work()) throws(Failure) -> any TabularModel {
        switch kind {
        case LogisticModel.fileKind: return try LogisticModel(self)
        case RidgeModel.fileKind: return try RidgeModel(self)
        case TreeModel.fileKind: return try TreeModel(self)
        case BoostedModel.fileKind: return try BoostedModel(self)
        case NeighborModel.fileKind: return try NeighborModel(self, work: work)
        case NaiveBayesModel.fileKind: return try NaiveBayesModel(self)
        case CalibratedModel.fileKind: return try CalibratedModel(self, work: work)
        default: throw .format(file.path, "holds a model of a kind that this version does not know ('\(kind)')")
        }
    }

    /// Of content that cannot be.
    func broken(_ what: String) -> Failure { .format(file.path, "holds \(what)") }

    /// Writes a model, whole or not at all.
    static func write(
        _ path: String, _ schema: TabularSchema, _ contents: TabularContents, work: Work
    ) throws(Failure) {
        func text(_ json: JSON) throws(Failure) -> String { String(decoding: try json.encoded(), as: UTF8.self) }
        var metadata: [(key: String, value: String)] = [
            (key: "format", value: format + contents.kind + version), (key: "columns", value: "\(schema.columns)"),
        ]
        if let names = schema.names { metadata.append((key: "names", value: try text(.array(names.map { JSON($0) })))) }
        switch schema.kind {
        case .classes(let classes): metadata.append((key: "classes", value: try text(.array(classes.map(\.json)))))
        case .number: metadata.append((key: "outputs", value: "0"))
        case .numbers(let count): metadata.append((key: "outputs", value: "\(count)"))
        }
        try Safetensors.write(path, contents.tensors, metadata: metadata + contents.notes, work: work)
    }
}

extension LogisticModel {
    /// What files of such models say they are.
    public static let fileKind = "logistic_regression"

    /// What a file of the model holds.
    public func contents() throws(Failure) -> TabularContents {
        return TabularContents(
            kind: Self.fileKind,
            tensors: [
                (name: "coefficients", tensor: try coefficientTensor()),
                (name: "intercepts", tensor: try Tensor(intercepts, shape: [intercepts.count])),
            ],
            notes: [
                (key: "iterations", value: "\(iterations)"), (key: "converged", value: "\(converged)"),
                (key: "loss", value: "\(loss)"),
            ])
    }

    /// Reads a model that `save` wrote.
    public init(_ file: TabularFile) throws(Failure) {
        let classes = file.schema.classes.count
        guard classes > 1 else { throw file.broken("a logistic regression without classes") }
        let rows = classes == 2 ? 1 : classes
        self.init(
            schema: file.schema, coefficients: try file.numbers("coefficients", shape: [rows, file.schema.columns]),
            intercepts: try file.numbers("intercepts", shape: [rows]), iterations: try file.integer("iterations"),
            converged: try file.note("converged") == "true", loss: try file.number("loss"))
    }
}
