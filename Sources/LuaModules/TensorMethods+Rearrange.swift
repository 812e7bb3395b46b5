import Learning
import LuaKit
import Support
import Tensors

extension TensorMethods {
    /// The same elements in other places.
    static let rearrange = [permute, squeeze, unsqueeze, flip, roll, tile, pad, triu, tril, diag]

    private static let dims = Parameter.required(
        "dims", .either(.integer, .list(of: .integer)),
        "dimensions from 1, negative from the last, as numbers or one list")
    private static let diagonal = Parameter.optional(
        "diagonal", .integer, default: 0, "0 for the main diagonal, 1 for the one above, -1 for the one below")

    /// The dimensions given, from 0.
    private static func dimensions(_ call: Call, of tensor: Tensor) throws(Failure) -> [Int] {
        var dims: [Int] = []
        for argument in call.variadic {
            if let dim = argument.integer { dims.append(try resolvedDimension(dim, of: tensor.shape, "dims")) }
            try argument.forEach { (_, element) throws(Failure) in
                if let dim = element.integer { dims.append(try resolvedDimension(dim, of: tensor.shape, "dims")) }
            }
        }
        return dims
    }

    private static let permute = Signature(
        "tensor:permute", "The dimensions in another order.", variadic: dims, returns: view,
        example: .init("return tensor.zeros(2, 3, 4):permute(3, 1, 2).shape", output: "{4, 2, 3}"),
        related: ["tensor:transpose"]
    ) { call throws(Failure) in
        let tensor = try call.tracked()
        return .object(try call.recorder.permuted(tensor, dimensions(call, of: tensor)))
    }

    private static let squeeze = Signature(
        "tensor:squeeze", "The tensor without its dimensions of size 1.",
        parameters: [.dim("all of size 1", "the only one to leave out")], returns: view,
        example: .init("return tensor.zeros(1, 3, 1):squeeze().shape", output: "{3}"),
        related: ["tensor:unsqueeze", "tensor:reshape"]
    ) { call throws(Failure) in
        let tensor = try call.tracked()
        return .object(try call.recorder.squeezed(tensor, call.dimension(of: tensor)))
    }

    private static let unsqueeze = Signature(
        "tensor:unsqueeze", "The tensor with one dimension of size 1 more.",
        parameters: [.required("dim", .integer, "where it stands in the result; from 1, negative from the last")],
        returns: view,
        example: .init("return tensor.zeros(3):unsqueeze(1).shape", output: "{1, 3}"),
        related: ["tensor:squeeze", "tensor:reshape"]
    ) { call throws(Failure) in
        let tensor = try call.tracked()
        let dim = try resolvedDimension(call.integer("dim"), of: tensor.shape + [1])
        return .object(try call.recorder.unsqueezed(tensor, dim))
    }

    private static let flip = Signature(
        "tensor:flip", "The elements in reverse order along dimensions.", variadic: dims, returns: result,
        example: .init("return tensor{{1, 2}, {3, 4}}:flip(2)", output: "tensor [2, 2] float32\n  2  1\n  4  3"),
        related: ["tensor:roll", "tensor:sort"]
    ) { call throws(Failure) in
        let tensor = try call.tracked()
        return .object(try call.recorder.flipped(tensor, dimensions(call, of: tensor)))
    }

    private static let roll = Signature(
        "tensor:roll", "The elements moved on along a dimension; those that leave at the end come back at the start.",
        parameters: [
            .required("shift", .integer, "places; negative moves back"), .dim("1", "the dimension along which"),
        ],
        returns: result,
        example: .init("return tensor{1, 2, 3}:roll(1)", output: "tensor [3] float32\n  3  1  2"),
        related: ["tensor:flip"]
    ) { call throws(Failure) in
        let tensor = try call.tracked()
        let given = try call.dimension(of: tensor)
        let dim = if let given { given } else { try resolvedDimension(1, of: tensor.shape) }
        return .object(try call.recorder.rolled(tensor, call.integer("shift"), dim: dim))
    }

    private static let tile = Signature(
        "tensor:tile", "The tensor several times side by side.",
        variadic: .required(
            "counts", .either(.integer, .list(of: .integer)),
            "how often along each dimension, the last one last, as numbers or one list"),
        returns: result,
        example: .init("return tensor{1, 2}:tile(2, 2)", output: "tensor [2, 4] float32\n  1  2  1  2\n  1  2  1  2"),
        related: ["tensor.concat"]
    ) { call throws(Failure) in
        var counts: [Int] = []
        for argument in call.variadic {
            if let count = argument.integer { counts.append(count) }
            try argument.forEach { (_, element) in if let count = element.integer { counts.append(count) } }
        }
        return .object(try call.recorder.tiled(call.tracked(), counts))
    }

    private static let pad = Signature(
        "tensor:pad", "The tensor with a border of one value.",
        parameters: [
            .required(
                "widths", .either(.integer(0...), .list(of: .table)),
                "a width for all sides, or {before, after} for every dimension")
        ],
        options: [.optional("value", .either(.number, .boolean), default: 0, "what the border holds")],
        returns: result,
        example: .init(
            "return tensor{{1, 2}}:pad({{0, 1}, {1, 0}})", output: "tensor [2, 3] float32\n  0  1  2\n  0  0  0"),
        related: ["tensor:slice", "tensor.concat"]
    ) { call throws(Failure) in
        let tensor = try call.tracked()
        var value = try call.given("value")?.scalar ?? .integer(0)
        if tensor.dtype == .bool { value = .truth(value.double != 0) }
        var widths: [(before: Int, after: Int)] = []
        if let width = try call.given("widths")?.integer {
            widths = [(before: Int, after: Int)](repeating: (width, width), count: tensor.rank)
        } else {
            try call.given("widths")?.forEach { (position, element) throws(Failure) in
                var pair: [Int] = []
                try element.forEach { (_, width) in if let width = width.integer { pair.append(width) } }
                guard pair.count == 2, element.count == 2 else {
                    throw .argument(
                        "widths", expected: "{before, after} for every dimension", got: "another at \(position)")
                }
                widths.append((pair[0], pair[1]))
            }
        }
        return .object(try call.recorder.padded(tensor, widths, value: value))
    }

    private static let triu = Signature(
        "tensor:triu", "A copy of a matrix with the elements below a diagonal set to 0.",
        parameters: [diagonal], returns: result,
        example: .init("return tensor.ones(2, 2):triu()", output: "tensor [2, 2] float32\n  1  1\n  0  1"),
        related: ["tensor:tril", "tensor:diag"]
    ) { call throws(Failure) in
        .object(try call.recorder.triangle(call.tracked(), upper: true, diagonal: call.integer("diagonal")))
    }

    private static let tril = Signature(
        "tensor:tril", "A copy of a matrix with the elements above a diagonal set to 0.",
        parameters: [diagonal], returns: result,
        example: .init("return tensor.ones(2, 2):tril()", output: "tensor [2, 2] float32\n  1  0\n  1  1"),
        related: ["tensor:triu", "tensor:diag"]
    ) { call throws(Failure) in
        .object(try call.recorder.triangle(call.tracked(), upper: false, diagonal: call.integer("diagonal")))
    }

    private static let diag = Signature(
        "tensor:diag", "Of a vector the matrix that has it on a diagonal, of a matrix a copy of that diagonal.",
        parameters: [diagonal], returns: result,
        example: .init("return tensor{1, 2}:diag()", output: "tensor [2, 2] float32\n  1  0\n  0  2"),
        related: ["tensor.eye", "tensor:triu"]
    ) { call throws(Failure) in .object(try call.recorder.diagonal(call.tracked(), call.integer("diagonal"))) }
}
