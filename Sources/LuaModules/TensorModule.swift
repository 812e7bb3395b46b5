import LuaKit
import Support
import Tensors

extension LuaModule {
    static let tensor = LuaModule(
        "tensor", "Arrays of numbers: vectors, matrices and beyond.",
        functions: [zeros, ones, full, arange, linspace, eye, rand, randn, randint] + TensorRandom.functions
            + [stack, concat, einsum, load, save],
        call: make,
        classes: [Tensor.luaClass])

    private static let result = [Signature.Returned("tensor", "the new tensor")]

    private static let make = Signature(
        "tensor",
        "Makes a tensor of a list of numbers, of lists of one length, of a column, or of a tensor. Booleans make a bool tensor.",
        parameters: [
            .required("x", .either(.scalarTensor, .tensorLike), "a number, list, list of lists, column or tensor")
        ],
        options: [.dtype(standing: "float32, or bool for booleans, or a tensor's own")],
        returns: result,
        example: .init("return tensor{{1, 2}, {3, 4.5}}", output: "tensor [2, 2] float32\n  1.0  2.0\n  3.0  4.5"),
        related: ["tensor.zeros", "tensor.arange"]
    ) { call throws(Failure) in
        let x: Tensor = try call.converted("x")
        let own = try call.given("x")?.object(Tensor.self) != nil
        let dtype = try call.dtype() ?? (own || x.dtype == .bool ? x.dtype : .float32)
        // A new tensor never shares memory with what it was made of.
        let converted = try x.to(dtype, work: call.work)
        return .object(converted.storage === x.storage ? try converted.clone(work: call.work) : converted.detached)
    }

    private static let zeros = Signature(
        "tensor.zeros", "Zeros.",
        parameters: [], variadic: .sizes, options: [.dtype(.float32)], returns: result,
        example: .init("return tensor.zeros(2, 3)", output: "tensor [2, 3] float32\n  0  0  0\n  0  0  0"),
        related: ["tensor.ones", "tensor.full"]
    ) { call throws(Failure) in
        .object(try Tensor.zeros(call.sizes(), dtype: call.dtype() ?? .float32))
    }

    private static let ones = Signature(
        "tensor.ones", "Ones.",
        variadic: .sizes, options: [.dtype(.float32)], returns: result,
        example: .init("return tensor.ones(3)", output: "tensor [3] float32\n  1  1  1"),
        related: ["tensor.zeros", "tensor.full"]
    ) { call throws(Failure) in
        .object(try Tensor.full(call.sizes(), .integer(1), dtype: call.dtype() ?? .float32))
    }

    private static let full = Signature(
        "tensor.full", "One value everywhere.",
        parameters: [
            .required(
                "shape", .either(.integer(0...), .list(of: .integer(0...))),
                "size of one dimension, or the list of all"),
            .required("value", .either(.number, .boolean), "the value"),
        ],
        options: [.dtype(standing: "float32, or bool for a boolean")], returns: result,
        example: .init("return tensor.full({2, 2}, 7)", output: "tensor [2, 2] float32\n  7  7\n  7  7"),
        related: ["tensor.zeros", "tensor.ones"]
    ) { call throws(Failure) in
        guard let value = try call.given("value")?.scalar else { return .nil }
        let standing: DType = if case .truth = value { .bool } else { .float32 }
        return .object(try Tensor.full(call.sizes(from: "shape"), value, dtype: call.dtype() ?? standing))
    }

    private static let arange = Signature(
        "tensor.arange",
        "Numbers at a step from each other, both ends included: arange(5) is 1 to 5, arange(0, 10, 5) is 0, 5, 10.",
        parameters: [
            .required("from", .number, "the first number; or, given alone, the last, the first being 1"),
            .optional("to", .number, "the last number, if a step meets it"),
            .optional("step", .number, default: 1, "the step; may be negative"),
        ],
        options: [.dtype(standing: "int64, or float32 if a number has a fraction")], returns: result,
        example: .init(
            "return tensor.arange(0, 1, 0.25)", output: "tensor [5] float32\n  0.00  0.25  0.50  0.75  1.00"),
        related: ["tensor.linspace"]
    ) { call throws(Failure) in
        guard let first = try call.given("from")?.scalar else { return .nil }
        let last = try call.given("to")?.scalar
        let step = try call.given("step")?.scalar ?? .integer(1)
        let dtype = try call.dtype()
        guard let last else { return .object(try Tensor.arange(.integer(1), first, step: step, dtype: dtype)) }
        let values = try Tensor.arange(first, last, step: step, dtype: dtype)
        return .object(values)
    }

    private static let linspace = Signature(
        "tensor.linspace", "Numbers at equal distances, both ends included.",
        parameters: [
            .required("from", .number, "the first number"),
            .required("to", .number, "the last number"),
            .required("count", .integer(0...), "how many"),
        ],
        options: [.dtype(.float32)], returns: result,
        example: .init("return tensor.linspace(0, 1, 3)", output: "tensor [3] float32\n  0.0  0.5  1.0"),
        related: ["tensor.arange"]
    ) { call throws(Failure) in
        .object(
            try Tensor.linspace(
                call.number("from"), call.number("to"), count: call.integer("count"), dtype: call.dtype() ?? .float32))
    }

    private static let eye = Signature(
        "tensor.eye", "The identity matrix: ones on the diagonal, zeros elsewhere.",
        parameters: [
            .required("rows", .integer(0...), "how many rows"),
            .optional("columns", .integer(0...), standing: "as many as rows", "how many columns"),
        ],
        options: [.dtype(.float32)], returns: result,
        example: .init("return tensor.eye(2)", output: "tensor [2, 2] float32\n  1  0\n  0  1")
    ) { call throws(Failure) in
        let rows = try call.integer("rows")
        let columns = try call.integer(ifGiven: "columns") ?? rows
        return .object(try Tensor.eye(rows, columns, dtype: call.dtype() ?? .float32))
    }

    private static let rand = Signature(
        "tensor.rand", "Random numbers spread evenly from 0 up to, not including, 1.",
        variadic: .sizes, options: [.drawSeed, .dtype(.float32)], returns: result,
        example: .init("local x = tensor.rand(1000, {seed = 1}) return x:min() >= 0 and x:max() < 1", output: "true"),
        related: ["tensor.randn", "tensor.randint"]
    ) { call throws(Failure) in
        .object(try Tensor.rand(call.sizes(), seed: call.drawSeed, dtype: call.dtype() ?? .float32, work: call.work))
    }

    private static let randn = Signature(
        "tensor.randn", "Random numbers of the standard normal distribution: mean 0, standard deviation 1.",
        variadic: .sizes, options: [.drawSeed, .dtype(.float32)], returns: result,
        example: .init("return math.abs(tensor.randn(10000, {seed = 1}):mean()) < 0.05", output: "true"),
        related: ["tensor.rand", "tensor.randint"]
    ) { call throws(Failure) in
        .object(try Tensor.randn(call.sizes(), seed: call.drawSeed, dtype: call.dtype() ?? .float32, work: call.work))
    }

    private static let randint = Signature(
        "tensor.randint", "Random whole numbers, each from low to high, both included, equally likely.",
        parameters: [
            .required("low", .integer, "the least"),
            .required("high", .integer, "the greatest"),
        ],
        variadic: .sizes, options: [.drawSeed, .dtype(.int64)], returns: result,
        example: .init("local x = tensor.randint(1, 6, 1000, {seed = 1}) return x:min(), x:max()", output: "1\n6"),
        related: ["tensor.rand", "tensor.randn"]
    ) { call throws(Failure) in
        .object(
            try Tensor.randint(
                Int64(call.integer("low")), Int64(call.integer("high")), call.sizes(), seed: call.drawSeed,
                dtype: call.dtype() ?? .int64, work: call.work))
    }

    private static let stack = Signature(
        "tensor.stack", "Tensors of one shape side by side along a new dimension.",
        parameters: [
            .required("list", .listOfTensors, "the tensors"),
            .optional(
                "dim", .integer, default: 1,
                "where the new dimension stands in the result; from 1, negative from the last"),
        ],
        returns: result,
        example: .init(
            "return tensor.stack({tensor{1, 2}, tensor{3, 4}}, 2)", output: "tensor [2, 2] float32\n  1  3\n  2  4"),
        related: ["tensor.concat"]
    ) { call throws(Failure) in
        let list: [Tensor] = try call.converted("list")
        // The new dimension may also come after the last.
        let shape = (list.first?.shape ?? []) + [1]
        let dim = try resolvedDimension(call.integer("dim"), of: shape)
        return .object(try call.recorder.stack(list, dim: dim))
    }

    private static let concat = Signature(
        "tensor.concat", "Tensors one after the other along a dimension; their other sizes must agree.",
        parameters: [
            .required("list", .listOfTensors, "the tensors"),
            .optional("dim", .integer, default: 1, "the dimension that grows; from 1, negative from the last"),
        ],
        returns: result,
        example: .init("return tensor.concat{tensor{1, 2}, tensor{3}}", output: "tensor [3] float32\n  1  2  3"),
        related: ["tensor.stack"]
    ) { call throws(Failure) in
        let list: [Tensor] = try call.converted("list")
        let dim = try resolvedDimension(call.integer("dim"), of: list.first?.shape ?? [1])
        return .object(try call.recorder.concat(list, dim: dim))
    }

    private static let load = Signature(
        "tensor.load", "Reads a tensor from a .npy file, or the named tensors of a .safetensors file as a table.",
        parameters: [.required("path", .path, "the file; its ending says the format")],
        returns: [.init("tensor or record", "the tensor, or for .safetensors a table of them by name")],
        example: .init(
            """
            local path = os.tmpname()
            tensor.save(path .. '.npy', tensor{1, 2})
            local t = tensor.load(path .. '.npy')
            os.remove(path) os.remove(path .. '.npy')
            return t:totable()
            """,
            output: "{1.0, 2.0}"),
        related: ["tensor.save"]
    ) { call throws(Failure) in
        let path = try call.path("path")
        switch try TensorFile.load(path) {
        case .tensor(let tensor): return .object(tensor)
        case .named(let tensors): return .record(tensors.map { ($0.name, .object($0.tensor)) })
        }
    }

    private static let save = Signature(
        "tensor.save",
        "Writes a tensor to a .npy file, or a table of tensors by name to a .safetensors file: whole or not at all.",
        parameters: [
            .required("path", .path, "the file; its ending says the format"),
            .required(
                "x", .either(.object(Tensor.self), .table),
                "a tensor for .npy, a table of tensors by name for .safetensors"),
        ],
        example: .init(
            """
            local path = os.tmpname()
            tensor.save(path .. '.safetensors', {weight = tensor.eye(2), bias = tensor.zeros(2)})
            local saved = tensor.load(path .. '.safetensors')
            os.remove(path) os.remove(path .. '.safetensors')
            return saved.bias:totable()
            """,
            output: "{0.0, 0.0}"),
        related: ["tensor.load"]
    ) { call throws(Failure) in
        let path = try call.path("path")
        let tensor = try call.object(ifGiven: "x", Tensor.self)
        switch try TensorFileFormat(path, "path") {
        case .npy:
            guard let tensor else {
                throw .argument(
                    "x", expected: "tensor (a .npy file holds one)", got: "table", hint: "use .safetensors for several")
            }
            try NpyFile.write(path, tensor, work: call.work)
        case .safetensors:
            guard tensor == nil else {
                throw .argument("x", expected: "table of tensors by name", got: "tensor", hint: "as in {x = t}")
            }
            try Safetensors.write(path, call.namedTensors("x"), work: call.work)
        }
        return .nothing
    }
}

/// The file formats of tensors, told by a path's ending.
private enum TensorFileFormat: String {
    case npy = ".npy"
    case safetensors = ".safetensors"

    init(_ path: String, _ parameter: String) throws(Failure) {
        for format in [TensorFileFormat.npy, .safetensors]
        where path.utf8.reversed().starts(with: format.rawValue.utf8.reversed()) {
            self = format
            return
        }
        throw .argument(parameter, expected: "path that ends in .npy or .safetensors", got: "'\(path)'")
    }
}

extension ParameterType {
    /// A single number or boolean as a tensor of rank 0.
    fileprivate static let scalarTensor = ParameterType.custom("scalar", expected: "number", acceptsTables: false) {
        (argument) throws(Failure) -> Tensor? in
        switch try argument.scalar {
        case .integer(let value)?: try Tensor([value], shape: [])
        case .real(let value)?: try Tensor([value], shape: [])
        case .truth(let value)?: try Tensor([value], shape: [])
        case nil: nil
        }
    }

    /// A list whose elements are tensors or stand for them.
    fileprivate static let listOfTensors = ParameterType.custom("list of tensors", expected: "list of tensors") {
        (argument) throws(Failure) -> [Tensor]? in
        guard argument.kind == .table else { return nil }
        var tensors: [Tensor] = []
        try argument.forEach { (position, element) throws(Failure) in
            guard let tensor = try element.tensor() else {
                throw .argument("list", expected: "list of tensors", got: "\(element.words) at position \(position)")
            }
            tensors.append(tensor)
        }
        guard !tensors.isEmpty else { throw .argument("list", expected: "at least one tensor", got: "an empty table") }
        return tensors
    }
}

extension Call {
    /// The sizes given one by one or as one list.
    func sizes() throws(Failure) -> [Int] { try sizes(variadic) }

    fileprivate func sizes(from name: String) throws(Failure) -> [Int] {
        guard let argument = try given(name) else { return [] }
        return try sizes([argument])
    }

    private func sizes(_ arguments: [Argument]) throws(Failure) -> [Int] {
        var sizes: [Int] = []
        for argument in arguments {
            if let size = argument.integer {
                sizes.append(size)
            } else {
                guard arguments.count == 1 else {
                    throw .argument("shape", expected: "sizes as numbers or as one list", got: "both")
                }
                try argument.forEach { (_, element) in if let size = element.integer { sizes.append(size) } }
            }
        }
        for size in sizes where size < 0 {
            throw .argument("shape", expected: "sizes from 0 up", got: "\(size)")
        }
        return sizes
    }

    fileprivate func namedTensors(_ name: String) throws(Failure) -> [(name: String, tensor: Tensor)] {
        let table = try table(name)
        guard table.list.isEmpty else {
            throw .argument(name, expected: "table of tensors by name", got: "a list", hint: "as in {x = t}")
        }
        var tensors: [(name: String, tensor: Tensor)] = []
        for (key, value) in table.fields {
            guard let text = key.text, case .object(let object) = value, let tensor = object.get(Tensor.self) else {
                throw .argument(
                    name, expected: "table of tensors by name",
                    got: "\(value.typeName) under \(key.text.map { "'\($0)'" } ?? key.typeName)")
            }
            tensors.append((text, tensor))
        }
        return tensors
    }
}
