import Learning
import LuaKit
import Support
import Tensors

extension Parameter {
    /// The `dtype` option.
    static func dtype(_ value: DType) -> Parameter {
        .optional("dtype", .dtype, default: .string(value.rawValue), "type of the elements")
    }

    /// The `dtype` option of a function whose result's dtype depends on its arguments.
    static func dtype(standing: String) -> Parameter {
        .optional("dtype", .dtype, standing: standing, "type of the elements")
    }

    /// The `keepdim` option.
    static let keepdim = Parameter.optional(
        "keepdim", .boolean, default: false, "keeps the reduced dimension with size 1, so that the result broadcasts")

    /// A dimension that may be left out.
    static func dim(_ standing: String, _ prose: String) -> Parameter {
        .optional("dim", .integer, standing: standing, prose + "; from 1, negative from the last")
    }

    /// The sizes of a new tensor.
    static let sizes = Parameter.required(
        "shape", .either(.integer, .list(of: .integer)), "size along each dimension, as numbers or one list")
}

extension ParameterType {
    /// The name of a dtype.
    static let dtype = ParameterType.choice(DType.allCases.map(\.rawValue))

    /// What can stand beside a tensor.
    static let operand = ParameterType.custom("operand", expected: "number, tensor, column or list") {
        (argument) throws(Failure) -> Operand? in try argument.operand()
    }
}

extension Argument {
    /// What this argument is beside a tensor; nil if it cannot be one. The numbers of a list are as weak as a single one.
    func operand() throws(Failure) -> Operand? {
        if let scalar = try scalar { return .scalar(scalar) }
        guard let tensor = try tensor() else { return nil }
        // A list of fractions is read in float64, but is not meant to make float32 tensors wider.
        return kind == .table && tensor.dtype == .float64 ? .tensor(try tensor.to(.float32)) : .tensor(tensor)
    }

    /// Positions of rows, from 0: from a list, column or tensor of whole numbers from 1, negative from the end.
    func positions(below count: Int, _ parameter: String) throws(Failure) -> [Int]? {
        guard let tensor = try tensor(as: parameter) else { return nil }
        guard tensor.rank <= 1 else {
            throw .argument(parameter, expected: "positions in one row", got: "shape \(tensor.shape)")
        }
        guard tensor.dtype != .bool, tensor.dtype.isInteger || tensor.count == 0 else {
            throw .argument(parameter, expected: "whole numbers or a bool mask", got: "\(tensor.dtype.rawValue) values")
        }
        return try tensor.map(Int64.self) { (value) throws(Failure) in
            try resolvedPosition(Int(value), below: count, parameter)
        }
    }
}

extension Call {
    /// The tensor before the colon, for functions through which no gradient flows: they refuse tracked tensors while gradients are recorded, so
    /// that none is lost in silence.
    func tensor() throws(Failure) -> Tensor {
        let tensor = try receiver(Tensor.self)
        if work.recordsGradients {
            for position in 1...max(1, argumentCount) where argument(position).object(Tensor.self)?.isTracked ?? false {
                throw .operation(
                    "\(signature.name) has no gradient, and a tensor it is given is tracked for gradients",
                    hint: "detach() the tensor first, or wrap the call in nn.no_grad")
            }
        }
        return tensor
    }

    /// The tensor before the colon without how it was computed, for functions that tell something about its values.
    func values() throws(Failure) -> Tensor { try receiver(Tensor.self).detached }

    /// The tensor before the colon, for functions that `recorder` records.
    func tracked() throws(Failure) -> Tensor { try receiver(Tensor.self) }

    /// Whether a result of `tensor` is recorded for gradients.
    func records(_ tensor: Tensor) -> Bool { recorder.records(tensor) }

    /// Computes with tensors and records where gradients are wanted.
    var recorder: Recorder { Recorder(work) }

    /// The dtype given, if any.
    func dtype(_ name: String = "dtype") throws(Failure) -> DType? {
        try string(ifGiven: name).flatMap(DType.init(rawValue:))
    }

    /// The dimension given, counted from 0; nil if none was.
    func dimension(_ name: String = "dim", of tensor: Tensor) throws(Failure) -> Int? {
        guard let given = try integer(ifGiven: name) else { return nil }
        return try resolvedDimension(given, of: tensor.shape, name)
    }

    /// The dimension given, otherwise the last one; refused for a single value.
    func dimensionOrLast(of tensor: Tensor) throws(Failure) -> Int {
        if let dim = try dimension(of: tensor) { return dim }
        guard tensor.rank > 0 else {
            throw .operation("\(signature.name) needs a tensor with dimensions, this one is a single value")
        }
        return tensor.rank - 1
    }
}

/// A dimension from 1 or, negative, from the last, counted from 0.
func resolvedDimension(_ dim: Int, of shape: [Int], _ parameter: String = "dim") throws(Failure) -> Int {
    if dim >= 1, dim <= shape.count { return dim - 1 }
    if dim <= -1, dim >= -shape.count { return shape.count + dim }
    guard !shape.isEmpty else {
        throw .argument(parameter, expected: "no dimension, for a single value", got: "\(dim)")
    }
    throw .argument(
        parameter, expected: "integer from 1 to \(shape.count) (the dimensions of shape \(shape))", got: "\(dim)")
}

/// A position from 1 or, negative, from the end, counted from 0.
func resolvedPosition(_ position: Int, below count: Int, _ parameter: String) throws(Failure) -> Int {
    if position >= 1, position <= count { return position - 1 }
    if position <= -1, position >= -count { return count + position }
    let expected = count == 0 ? "no position, for an empty tensor" : "integer from 1 to \(count) or -\(count) to -1"
    throw .argument(parameter, expected: expected, got: "\(position)")
}
