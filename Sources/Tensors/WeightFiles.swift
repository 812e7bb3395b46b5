import Support

/// The weights of a Hugging Face model folder: `model.safetensors`, or the shards that `model.safetensors.index.json` lists, under one
/// lookup by name.
public struct WeightFiles: Sendable {
    /// The folder.
    public let folder: String
    private let files: [SafetensorsFile]
    private let places: [ByteString: Int]
    /// The tensors' names: file after file, in the order of their bytes.
    public let names: [String]

    /// The file of a model that is not sharded.
    public static let singleFile = "model.safetensors"
    /// The list of a sharded model's files.
    public static let indexFile = "model.safetensors.index.json"

    /// Opens the weights in `folder`; every file's header is checked.
    ///
    /// - Throws: `file` if there are none or a shard is missing; `format` if the index or a file lies.
    public init(folder: String) throws(Failure) {
        self.folder = folder
        let single = "\(folder)/\(Self.singleFile)"
        let index = "\(folder)/\(Self.indexFile)"
        if FileSystem.exists(single) {
            let file = try SafetensorsFile(single)
            files = [file]
            names = file.names
            places = Dictionary(names.map { (ByteString($0), 0) }, uniquingKeysWith: { first, _ in first })
            return
        }
        guard FileSystem.exists(index) else {
            let hint =
                FileSystem.exists("\(folder)/pytorch_model.bin")
                ? "only pytorch_model.bin is there: save the model again with `save_pretrained(..., safe_serialization=True)`"
                : "a model folder holds config.json, model.safetensors and tokenizer.json"
            throw .file(single, "is missing", hint: hint)
        }
        (files, places) = try Self.shards(index, folder: folder)
        var names: [String] = []
        for (position, file) in files.enumerated() {
            for name in file.names where places[ByteString(name)] == position { names.append(name) }
        }
        self.names = names
    }

    /// Whether there is a tensor of that name.
    public func contains(_ name: String) -> Bool { places[ByteString(name)] != nil }

    /// The shape of the tensor of that name, if there is one.
    public func shape(of name: String) -> [Int]? { places[ByteString(name)].flatMap { files[$0].shape(of: name) } }

    /// Throws if another program has cut a file short and a tensor was read where it ended.
    public func check() throws(Failure) {
        for file in files { try file.check() }
    }

    /// A digest that tells these weights from others; see `SafetensorsFile.fingerprint()`.
    public func fingerprint() -> [UInt8] { SHA256.digest(files.flatMap { $0.fingerprint() }) }

    /// The tensor named `name`; see `SafetensorsFile.tensor(named:)`.
    public func tensor(named name: String) throws(Failure) -> Tensor {
        guard let place = places[ByteString(name)] else {
            if files.count == 1 { return try files[0].tensor(named: name) }
            throw .format("\(folder)/\(Self.indexFile)", "has no tensor named '\(name)'")
        }
        return try files[place].tensor(named: name)
    }

    private static func shards(
        _ index: String, folder: String
    ) throws(Failure) -> (files: [SafetensorsFile], places: [ByteString: Int]) {
        let json = try JSON.read(index)
        guard let map = json["weight_map"]?.object, map.count > 0 else {
            throw .format(index, "has no weight_map from tensor names to files")
        }
        var files: [SafetensorsFile] = []
        var opened: [ByteString: Int] = [:]
        var places: [ByteString: Int] = [:]
        for member in map.members {
            guard case .string(let name) = member.value else {
                throw .format(index, at: "weight_map", "the file of '\(member.key)' must be a string")
            }
            let position: Int
            if let known = opened[name] {
                position = known
            } else {
                guard isPlainFileName(name.bytes) else {
                    throw .format(index, at: "weight_map", "'\(name)' is not the name of a file in the folder")
                }
                let path = "\(folder)/\(name)"
                guard FileSystem.exists(path) else {
                    throw .file(path, "is missing", hint: "\(indexFile) lists it: fetch the model again")
                }
                position = files.count
                files.append(try SafetensorsFile(path))
                opened[name] = position
            }
            guard files[position].contains(member.key.text) else {
                throw .format(index, at: "weight_map", "'\(member.key)' is not in \(name)")
            }
            places[member.key] = position
        }
        return (files, places)
    }

    /// Whether a file of that name lies in the folder itself, whatever else the name tries.
    private static func isPlainFileName(_ name: [UInt8]) -> Bool {
        !name.isEmpty && name.count <= 255 && !name.contains(UInt8(ascii: "/")) && !name.contains(0)
            && name != Array(".".utf8) && name != Array("..".utf8) && String(validating: name, as: UTF8.self) != nil
    }
}
