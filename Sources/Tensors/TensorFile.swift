import Support

/// Tensors in a file, its format told by the name: `.npy` holds one, `.safetensors` any number under names.
public enum TensorFile {
    /// What a file holds.
    public enum Content: Sendable {
        /// The tensor of an `.npy` file.
        case tensor(Tensor)
        /// The tensors of a `.safetensors` file, in their order.
        case named([(name: String, tensor: Tensor)])
    }

    /// Reads the file at `path` into memory of its own, so that what was loaded may be changed.
    public static func load(_ path: String) throws(Failure) -> Content {
        switch try Format(path) {
        case .npy: return .tensor(try NpyFile.read(path))
        case .safetensors:
            let file = try SafetensorsFile(path)
            var tensors: [(name: String, tensor: Tensor)] = []
            for name in file.names {
                let tensor = try file.tensor(named: name)
                tensors.append((name, tensor.storage.isWritable ? tensor : try tensor.clone()))
            }
            return .named(tensors)
        }
    }

    /// Writes `content` to `path`, whole or not at all. An `.npy` file takes one tensor, whose name is not kept.
    public static func save(_ path: String, _ content: Content, work: Work = Work()) throws(Failure) {
        switch (try Format(path), content) {
        case (.npy, .tensor(let tensor)): try NpyFile.write(path, tensor, work: work)
        case (.npy, .named(let tensors)):
            guard tensors.count == 1 else {
                throw .argument(
                    "path", expected: "a path ending in .safetensors for \(tensors.count) tensors", got: "'\(path)'",
                    hint: "an .npy file holds exactly one tensor")
            }
            try NpyFile.write(path, tensors[0].tensor, work: work)
        case (.safetensors, .named(let tensors)): try Safetensors.write(path, tensors, work: work)
        case (.safetensors, .tensor):
            throw .argument(
                "x", expected: "a table of names and tensors", got: "a tensor without a name",
                hint: "write {name = tensor}, or save it as .npy")
        }
    }

    private enum Format {
        case npy, safetensors

        init(_ path: String) throws(Failure) {
            if path.hasSuffix(".npy") {
                self = .npy
            } else if path.hasSuffix(".safetensors") {
                self = .safetensors
            } else {
                throw .argument("path", expected: "path that ends in .npy or .safetensors", got: "'\(path)'")
            }
        }
    }
}
