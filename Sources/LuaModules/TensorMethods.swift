import LuaKit
import Support
import Tensors

/// The methods of tensors, in groups.
enum TensorMethods {
    static let result = [Signature.Returned("tensor", "a new tensor")]
    static let view = [Signature.Returned("tensor", "a view: it shares its elements with this tensor")]
    static let other = Parameter.required("other", .operand, "what stands on the other side; shapes broadcast")

    /// Shapes, views, copies.
    static let shape = [slice, index, reshape, t, transpose, clone, to, contiguous, totable, item]

    private static let slice = Signature(
        "tensor:slice", "A range along a dimension, both ends included.",
        parameters: [
            .required("dim", .integer, "the dimension; from 1, negative from the last"),
            .required("from", .integer, "the first position; from 1, negative from the end"),
            .optional("to", .integer, default: -1, "the last position; one before `from` gives an empty range"),
        ],
        returns: view,
        example: .init("return tensor{1, 2, 3, 4}:slice(1, 2, -2)", output: "tensor [2] float32\n  2  3"),
        related: ["tensor:index"]
    ) { call throws(Failure) in
        let tensor = try call.tracked()
        let dim = try call.dimension(of: tensor) ?? 0
        let size = tensor.shape[dim]
        let (first, last) = (try call.integer("from"), try call.integer("to"))
        let from = first < 0 ? size + first : first - 1
        let end = last < 0 ? size + last + 1 : last
        guard first != 0, from >= 0, from <= size else {
            throw .argument(
                "from", expected: "integer from 1 to \(size) (the size of dim \(dim + 1)) or -\(size) to -1",
                got: "\(first)")
        }
        guard end >= from, end <= size else {
            throw .argument(
                "to", expected: "integer from \(from) (one before from) to \(size) or -\(size) to -1", got: "\(last)")
        }
        return .object(try call.recorder.slice(tensor, dim, from..<end))
    }

    private static let index = Signature(
        "tensor:index",
        "Copies rows: those at the given positions, in that order, or those that a bool mask marks. t[rows] does the same.",
        parameters: [.required("rows", .any, "positions from 1 as list, column or tensor, or a bool mask")],
        returns: result,
        example: .init(
            "return tensor{{1, 2}, {3, 4}}:index{2, 1, 2}", output: "tensor [3, 2] float32\n  3  4\n  1  2\n  3  4"),
        related: ["tensor:slice", "tensor:where"]
    ) { call throws(Failure) in
        let tensor = try call.tracked()
        guard let rows = try call.given("rows") else { return .nil }
        return .object(try TensorIndexing.rows(tensor, rows, "rows", call.recorder))
    }

    private static let reshape = Signature(
        "tensor:reshape", "The same elements, row after row, under another shape. One size may be -1 and is computed.",
        variadic: .sizes,
        returns: [.init("tensor", "a view if the elements lie in order, otherwise a copy")],
        example: .init("return tensor.arange(6):reshape(2, -1)", output: "tensor [2, 3] int64\n  1  2  3\n  4  5  6")
    ) { call throws(Failure) in
        var sizes: [Int] = []
        for argument in call.variadic {
            if let size = argument.integer { sizes.append(size) }
            try argument.forEach { (_, element) in if let size = element.integer { sizes.append(size) } }
        }
        return .object(try call.recorder.reshape(call.tracked(), sizes))
    }

    private static let t = Signature(
        "tensor:t", "The transpose of a matrix.", returns: view,
        example: .init("return tensor{{1, 2}, {3, 4}}:t()", output: "tensor [2, 2] float32\n  1  3\n  2  4"),
        related: ["tensor:transpose"]
    ) { call throws(Failure) in .object(try call.recorder.transposed(call.tracked())) }

    private static let transpose = Signature(
        "tensor:transpose", "Two dimensions exchanged.",
        parameters: [
            .required("a", .integer, "one dimension; from 1, negative from the last"),
            .required("b", .integer, "the other"),
        ],
        returns: view,
        example: .init("return tensor.zeros(2, 3, 4):transpose(1, 3).shape", output: "{4, 3, 2}"),
        related: ["tensor:t"]
    ) { call throws(Failure) in
        let tensor = try call.tracked()
        return .object(
            try call.recorder.transpose(
                tensor, call.dimension("a", of: tensor) ?? 0, call.dimension("b", of: tensor) ?? 0))
    }

    private static let clone = Signature(
        "tensor:clone", "A copy with elements of its own.", returns: result,
        example: .init(
            "local a = tensor{1, 2} local b = a:clone() b[1] = 9 return a", output: "tensor [2] float32\n  1  2")
    ) { call throws(Failure) in .object(try call.recorder.clone(call.tracked())) }

    private static let to = Signature(
        "tensor:to",
        "The elements as another dtype. Whole-number types drop the fraction and refuse NaN and what does not fit; every value but 0 is true.",
        parameters: [.required("dtype", .dtype, "the dtype")],
        returns: [.init("tensor", "a copy, or this tensor if it has the dtype already")],
        example: .init("return tensor{1.7, -1.7}:to(\"int32\")", output: "tensor [2] int32\n   1  -1")
    ) { call throws(Failure) in
        let tensor = try call.tracked()
        return .object(try call.recorder.convert(tensor, to: call.dtype() ?? tensor.dtype))
    }

    private static let contiguous = Signature(
        "tensor:contiguous", "The tensor with its elements in order in memory.",
        returns: [.init("tensor", "this tensor if they are, otherwise a copy")],
        example: .init(
            "return tensor{{1, 2}, {3, 4}}:t():contiguous()", output: "tensor [2, 2] float32\n  1  3\n  2  4")
    ) { call throws(Failure) in .object(try call.recorder.contiguous(call.tracked())) }

    private static let totable = Signature(
        "tensor:totable", "The elements as Lua lists, nested by dimension.",
        returns: [.init("list", "numbers or booleans; a number for a tensor of one value")],
        example: .init("return tensor{{1, 2}, {3, 4}}:to(\"int64\"):totable()", output: "{{1, 2}, {3, 4}}"),
        related: ["tensor:item"]
    ) { call throws(Failure) in
        let tensor = try call.values().contiguous(work: call.work)
        guard tensor.rank > 0 else { return LuaValue(try tensor.item()) }
        return .written { (writer) throws(Failure) in
            switch tensor.dtype {
            case .float32: try lists(tensor, of: Float.self, &writer) { $0.number(Double($1)) }
            case .float64: try lists(tensor, of: Double.self, &writer) { $0.number($1) }
            case .int32: try lists(tensor, of: Int32.self, &writer) { $0.integer(Int($1)) }
            case .int64: try lists(tensor, of: Int64.self, &writer) { $0.integer(Int($1)) }
            case .bool: try lists(tensor, of: Bool.self, &writer) { $0.boolean($1) }
            }
        }
    }

    private static func lists<T: TensorElement>(
        _ tensor: Tensor, of type: T.Type, _ writer: inout LuaWriter, _ element: (LuaWriter, T) -> Void
    ) throws(Failure) {
        try tensor.withElements(as: type) { (elements) throws(Failure) in
            var next = 0
            func list(_ dim: Int) throws(Failure) {
                writer.beginList()
                for _ in 0..<tensor.shape[dim] {
                    try writer.poll()
                    if dim + 1 < tensor.rank {
                        try list(dim + 1)
                    } else {
                        element(writer, elements[next])
                        next += 1
                    }
                }
                writer.end(tensor.shape[dim])
            }
            try list(0)
        }
    }

    private static let item = Signature(
        "tensor:item", "The only element of a tensor of one element.",
        returns: [.init("number or boolean", "the element")],
        example: .init("return tensor{{2.5}}:item()", output: "2.5"),
        related: ["tensor:totable"]
    ) { call throws(Failure) in LuaValue(try call.values().item()) }
}
