import Foundation
import Support
import Testing

@testable import Encoders

/// Folders that cannot be used: each gives a failure that says what is wrong, none crashes.
@Suite struct BadFolderTests {
    private func failure(_ name: String, _ change: (URL) throws -> Void) throws -> String {
        try withCopy(of: name, change: change) { folder in
            do {
                _ = try TextEncoder(folder: folder)
                return "loaded"
            } catch let failure as Failure {
                return failure.description.replacing(folder, with: "MODEL")
            }
        }
    }

    private func edit(_ file: URL, _ old: String, _ new: String) throws {
        let text = try String(contentsOf: file, encoding: .utf8)
        #expect(text.contains(old))
        try text.replacing(old, with: new).write(to: file, atomically: true, encoding: .utf8)
    }

    @Test func `A copy that was not changed loads`() throws {
        #expect(try failure("dense") { _ in } == "loaded")
    }

    @Test func `A folder that is not there is named`() {
        #expect(
            throws: Failure.file(
                "/nowhere/model", "is not a folder",
                hint: "a model is a folder with config.json, model.safetensors and tokenizer.json")
        ) {
            _ = try TextEncoder(folder: "/nowhere/model")
        }
    }

    @Test(arguments: [
        "config.json", "model.safetensors", "tokenizer.json", "1_Pooling/config.json", "2_Dense/model.safetensors",
    ])
    func `A missing file is named`(file: String) throws {
        let message = try failure("dense") { try FileManager.default.removeItem(at: $0.appending(path: file)) }
        #expect(message.hasPrefix("MODEL/\(file): "), "\(message)")
    }

    @Test func `A missing shard is named`() throws {
        let shard = "model-00002-of-00003.safetensors"
        let message = try failure("roberta") { try FileManager.default.removeItem(at: $0.appending(path: shard)) }
        #expect(message.hasPrefix("MODEL/\(shard): is missing"), "\(message)")
    }

    @Test func `Weights that end early are refused`() throws {
        for keep in [0, 7, 8, 100, 3000, -1] {
            let message = try failure("base") { folder in
                let file = folder.appending(path: "model.safetensors")
                let bytes = try Data(contentsOf: file)
                try bytes.prefix(keep < 0 ? bytes.count + keep : keep).write(to: file)
            }
            #expect(message.hasPrefix("MODEL/model.safetensors"), "\(keep) bytes: \(message)")
        }
    }

    @Test(arguments: [
        (
            #""model_type":"bert""#, #""model_type":"llama""#,
            "'llama' is not supported (encoders of these types are: bert, "
        ),
        (#""model_type":"bert","#, "", "the architecture none is not supported"),
        (
            #""hidden_act":"gelu""#, #""hidden_act":"swish""#,
            "the activation 'swish' is not supported (known are: gelu, "
        ),
        (#""hidden_size":30"#, #""hidden_size":32"#, "32 hidden values cannot be split over 3 heads"),
        (#""hidden_size":30"#, #""hidden_size":33"#, "has the shape [58, 30], config.json asks for [58, 33]"),
        (#""hidden_size":30"#, #""hidden_size":-30"#, "hidden_size: an integer from 1 to"),
        (#""hidden_size":30"#, #""hidden_size":1e300"#, "hidden_size: an integer from 1 to"),
        (#""hidden_size":30,"#, "", "has no 'hidden_size'"),
        (
            #""num_hidden_layers":2"#, #""num_hidden_layers":3"#,
            "has no tensor named 'encoder.layer.2.attention.self.query.weight'"
        ),
        (#""vocab_size":58"#, #""vocab_size":59"#, "has the shape [58, 30], config.json asks for [59, 30]"),
        (#""layer_norm_eps":1e-12"#, #""layer_norm_eps":-1"#, "layer_norm_eps: a number from 0 to 1 expected"),
        (#"{"#, #"["#, "MODEL/config.json"),
        (
            #""layer_norm_eps":1e-12"#, #""layer_norm_eps":"x""#,
            #"MODEL/config.json, layer_norm_eps: a number from 0 to 1 expected, got "x""#
        ),
        (
            #""num_attention_heads":3"#, #""num_attention_heads":"3""#,
            #"num_attention_heads: an integer from 1 to 16777216 expected, got "3""#
        ),
        (#""hidden_act":"gelu""#, #""hidden_act":7"#, "hidden_act: the name of an activation expected, got 7"),
        (
            #""type_vocab_size":2"#, #""type_vocab_size":0"#,
            "'embeddings.token_type_embeddings.weight': has the shape [2, 30], config.json asks for [0, 30]"
        ),
    ])
    func `A configuration that does not fit is refused`(old: String, new: String, part: String) throws {
        let message = try failure("base") { try edit($0.appending(path: "config.json"), old, new) }
        #expect(message.contains(part), "\(message)")
    }

    @Test func `Weights that are not finite are refused`() throws {
        for bytes in [[0x00, 0x00, 0xc0, 0x7f], [0x00, 0x00, 0x80, 0xff]] as [[UInt8]] {
            let message = try failure("base") { folder in
                let file = folder.appending(path: "model.safetensors")
                var content = try Data(contentsOf: file)
                content.replaceSubrange(content.count - 4..<content.count, with: bytes)
                try content.write(to: file)
            }
            #expect(message.contains("tensor '"), "\(message)")
            #expect(message.contains("finite numbers expected, value "), "\(message)")
        }
    }

    @Test func `A word whose embedding is not finite is refused where it is used`() throws {
        let name = "embeddings.word_embeddings.weight"
        try withCopy(of: "base") { folder in
            let file = folder.appending(path: "model.safetensors")
            var content = try Data(contentsOf: file)
            let length = content.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
            let header = try JSONSerialization.jsonObject(with: content[8..<8 + length]) as? [String: [String: Any]]
            let entry = try #require(header?.first { $0.key.hasSuffix(name) }?.value)
            let offsets = try #require(entry["data_offsets"] as? [Int])
            let shape = try #require(entry["shape"] as? [Int])
            // A NaN in the row of the id 3.
            let place = 8 + length + offsets[0] + 3 * shape[1] * 4
            content.replaceSubrange(place..<place + 4, with: [0x00, 0x00, 0xc0, 0x7f])
            try content.write(to: file)
        } _: { folder in
            let encoder = try TextEncoder(folder: folder)
            #expect(try encoder.encode(ids: [[2, 4]]).values(as: Float.self).allSatisfy(\.isFinite))
            let failure = try #require(throws: Failure.self) { _ = try encoder.encode(ids: [[2, 4], [2, 3]]) }
            #expect(failure.description.contains("tensor '\(name)'"), "\(failure)")
            #expect(failure.description.contains("finite numbers expected, value "), "\(failure)")
        }
    }

    @Test(arguments: [
        (
            "modules.json", "sentence_transformers.models.Dense", "sentence_transformers.models.CNN",
            "the module 'CNN' is not supported"
        ),
        ("modules.json", #""path":"1_Pooling""#, #""path":"../1_Pooling""#, "leads out of the model's folder"),
        ("2_Dense/config.json", "Tanh", "Softshrink", "'Softshrink' is not supported"),
        ("2_Dense/config.json", #""in_features":60"#, #""in_features":30"#, "60 expected"),
        (
            "2_Dense/config.json", #""out_features":20"#, #""out_features":21"#,
            "has the shape [20], config.json asks for [21]"
        ),
        (
            "1_Pooling/config.json", #""word_embedding_dimension":30"#, #""word_embedding_dimension":31"#,
            "word_embedding_dimension: 30 expected (the transformer's hidden_size), got 31"
        ),
        (
            "sentence_bert_config.json", "24", "1",
            "sentence_bert_config.json, max_seq_length: room for the 2 special tokens of a text expected, got 1"
        ),
        (
            "tokenizer.json", #""type_id": 0"#, #""type_id": 9"#,
            "tokenizer.json, post_processor: type_id from 0 to 0 expected (the model's type_vocab_size), got 9"
        ),
        (
            "tokenizer.json", #""max_input_chars_per_word": 100"#, #""max_input_chars_per_word": -5"#,
            "tokenizer.json, model: max_input_chars_per_word: an integer from 0 up expected, got -5"
        ),
        (
            "tokenizer.json", #""truncation": null"#, #""truncation": {"max_length": 0}"#,
            "tokenizer.json, truncation: max_length: an integer from 1 up expected, got 0"
        ),
        ("sentence_bert_config.json", "24", #""many""#, "max_seq_length: a positive integer expected"),
    ])
    func `Modules that do not fit are refused`(file: String, old: String, new: String, part: String) throws {
        let message = try failure("dense") { try edit($0.appending(path: file), old, new) }
        #expect(message.contains(part), "\(message)")
    }
}
