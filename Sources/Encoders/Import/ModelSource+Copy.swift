import Support
import Tensors

extension ModelSource {
    /// Copies what an encoder needs to the folder `target` and checks it there: configuration, tokenizer, weights, the folders that
    /// modules.json names, and the texts that say where the model is from.
    func copy(to target: String, work: Work, progress: (_ done: Int, _ total: Int) -> Void) throws(Failure) {
        var wanted: [(name: String, size: Int)] = try weightFiles(work: work) + Self.accompanying(try files(in: ""))
        for module in try moduleFolders(work: work) {
            let inside = try files(in: module).filter { Self.isText($0.name) || $0.name == WeightFiles.singleFile }
            wanted += inside.map { ("\(module)/\($0.name)", $0.size) }
        }
        let total = wanted.reduce(0) { $0 + $1.size }
        try FileSystem.requireSpace(total, at: target)
        var done = 0
        for (name, _) in wanted {
            if let parent = FileSystem.parent(of: name) { try FileSystem.makeFolder("\(target)/\(parent)") }
            var file = try AtomicFile("\(target)/\(name)")
            try read(name, work: work) { (piece) throws(Failure) in
                try file.write(piece)
                done += piece.count
                progress(done, total)
            }
            try file.commit()
        }
        do throws(Failure) {
            try Self.check(target)
        } catch {
            throw error.moved(from: target, to: path)
        }
    }

    /// model.safetensors, or the index and its shards. Other weights in the folder are left out.
    private func weightFiles(work: Work) throws(Failure) -> [(name: String, size: Int)] {
        let present = try files(in: "")
        if let single = present.first(where: { $0.name == WeightFiles.singleFile }) { return [single] }
        guard let index = try json(WeightFiles.indexFile, work: work) else {
            let hint =
                present.contains { $0.name == "pytorch_model.bin" }
                ? "only pytorch_model.bin is there: save the model again with `save_pretrained(..., safe_serialization=True)`"
                : nil
            throw .file("\(path)/\(WeightFiles.singleFile)", "is missing", hint: hint)
        }
        let shards = Set(
            (index["weight_map"]?.object?.members ?? []).compactMap { $0.value.bytes }.map { ByteString($0) })
        return present.filter { $0.name == WeightFiles.indexFile || shards.contains(ByteString($0.name)) }
    }

    private static func accompanying(_ files: [(name: String, size: Int)]) -> [(name: String, size: Int)] {
        files.filter { isText($0.name) && $0.name != WeightFiles.indexFile }
    }

    private static func isText(_ name: String) -> Bool {
        [".json", ".txt", ".md", ".model"].contains { name.hasSuffix($0) } || name.hasPrefix("LICENSE")
            || name.hasPrefix("NOTICE")
    }

    /// The folders of modules.json, each a relative path without tricks.
    private func moduleFolders(work: Work) throws(Failure) -> [String] {
        guard let modules = try json("modules.json", work: work) else { return [] }
        guard let items = modules.array else {
            throw .format("\(path)/modules.json", "must be a list, is \(modules.kindName)")
        }
        var result: [String] = []
        for item in items {
            guard let folder = item["path"]?.string else {
                throw .format("\(path)/modules.json", "has a module without path")
            }
            if folder.isEmpty { continue }
            let parts = folder.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
            guard parts.count <= 4, !folder.utf8.contains(0),
                parts.allSatisfy({ !$0.isEmpty && !$0.elementsEqual(".".utf8) && !$0.elementsEqual("..".utf8) })
            else { throw .format("\(path)/modules.json", "has a path that leaves the folder: '\(folder)'") }
            result.append(folder)
        }
        return result
    }

    /// Whether the folder is a model, as far as that shows without knowing the architecture.
    static func check(_ folder: String) throws(Failure) {
        let configuration = try required("\(folder)/config.json")
        guard configuration["model_type"]?.string != nil else {
            throw .format(
                "\(folder)/config.json", "has no model_type",
                hint: "it is not the configuration of a Hugging Face model")
        }
        let tokenizer = try required("\(folder)/tokenizer.json")
        guard tokenizer["model"]?.object != nil else { throw .format("\(folder)/tokenizer.json", "has no model") }
        _ = try WeightFiles(folder: folder)
    }

    private static func required(_ path: String) throws(Failure) -> JSON {
        guard FileSystem.isFile(path) else {
            throw .file(
                path, "is missing",
                hint:
                    "a model folder holds config.json, model.safetensors and tokenizer.json, which `save_pretrained` of a fast tokenizer writes"
            )
        }
        return try JSON.read(path)
    }
}

extension Failure {
    /// The failure with paths below `old` said as paths below `new`: what the user knows instead of a temporary place.
    func moved(from old: String, to new: String) -> Failure {
        func moved(_ path: String) -> String {
            path.utf8.starts(with: old.utf8)
                ? new + String(decoding: path.utf8.dropFirst(old.utf8.count), as: UTF8.self) : path
        }
        switch kind {
        case .file(let path): return Failure(.file(path: moved(path)), problem, got: got, hint: hint)
        case .format(let path, let place):
            return Failure(.format(path: moved(path), place: place), problem, got: got, hint: hint)
        case .argument, .cancelled, .memory, .operation: return self
        }
    }
}
