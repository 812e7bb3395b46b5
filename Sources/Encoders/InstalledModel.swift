import Support

/// A model folder on this machine.
public struct InstalledModel: Sendable, Equatable {
    /// The name by which it is loaded: its folder's.
    public let name: String
    /// The folder.
    public let path: String
    /// Bytes of all its files.
    public let byteCount: Int
    /// `model_type` of its configuration ("bert"), nil if that cannot be read.
    public let architecture: String?
    /// Numbers in a vector that it makes, nil if the configuration does not say.
    public let dimension: Int?

    /// What the folder at `path` says about itself.
    init(name: String, path: String) {
        self.name = name
        self.path = path
        byteCount = Self.size(of: path)
        let configuration = try? JSON.read("\(path)/config.json")
        architecture = configuration?["model_type"]?.string
        dimension = Self.dimension(configuration, path: path)
    }

    private static func size(of folder: String) -> Int {
        var total = 0
        for name in (try? FileSystem.names(in: folder)) ?? [] {
            let path = "\(folder)/\(name)"
            total += FileSystem.fileSize(path) ?? (FileSystem.isFolder(path) ? size(of: path) : 0)
        }
        return total
    }

    /// A Dense module after the transformer decides, otherwise the transformer's hidden size under its architectures' names.
    private static func dimension(_ configuration: JSON?, path: String) -> Int? {
        let modules = (try? JSON.read("\(path)/modules.json"))?.array ?? []
        for module in modules.reversed() {
            guard let folder = module["path"]?.string, module["type"]?.string?.hasSuffix(".Dense") == true else {
                continue
            }
            if let size = (try? JSON.read("\(path)/\(folder)/config.json"))?["out_features"]?.int { return size }
        }
        return ["hidden_size", "dim", "d_model"].lazy.compactMap { configuration?[$0]?.int }.first
    }
}
