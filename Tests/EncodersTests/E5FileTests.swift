import Support
import Tensors
import Testing

@testable import Encoders

@Suite struct E5FileTests {
    private typealias E5 = ImportFixtures.E5

    private func failure(_ model: ImportFixtures.E5) throws -> String {
        var message = ""
        try ImportFixtures.withFolder { folder in
            try ImportFixtures.write(model.file().bytes, to: "\(folder)/model.bin")
            let failure = #expect(throws: Failure.self) {
                _ = try E5File(FileBytes(MappedFile("\(folder)/model.bin"))).namedWeights()
            }
            message = try #require(failure).description
        }
        return message
    }

    @Test func theFileIsReadBack() throws {
        try ImportFixtures.withFolder { folder in
            let model = E5()
            let (bytes, weights) = model.file()
            try ImportFixtures.write(bytes, to: "\(folder)/model.bin")
            let file = try E5File(FileBytes(MappedFile("\(folder)/model.bin")))
            #expect(file.pieces == model.pieces.map { ByteString($0) } && file.scores == model.scores)
            #expect(
                file.special.bos == 0 && file.special.eos == 2 && file.special.pad == 1 && file.special.unknown == 3)
            #expect(file.normalization.map(\.scalar) == model.normalization.map(\.0))
            #expect(file.normalization.map(\.image) == model.normalization.map(\.1))
            try file.writeWeights(to: "\(folder)/model.safetensors", work: Work()) { _ in }
            let written = try SafetensorsFile("\(folder)/model.safetensors")
            #expect(written.names.count == weights.count && written.metadata.first?.value == "pt")
            func values(_ name: String) throws -> [Float] { try written.tensor(named: name).values(as: Float.self) }
            #expect(try values("embeddings.word_embeddings.weight") == weights["emb.word"])
            #expect(try values("embeddings.LayerNorm.bias") == weights["emb.ln.b"])
            #expect(try values("encoder.layer.1.attention.self.value.weight") == weights["l1.v.w"])
            #expect(try values("encoder.layer.0.attention.output.dense.bias") == weights["l0.ao.b"])
            #expect(try values("encoder.layer.0.attention.output.LayerNorm.weight") == weights["l0.aln.w"])
            #expect(try values("encoder.layer.1.intermediate.dense.weight") == weights["l1.fi.w"])
            #expect(try values("encoder.layer.1.output.dense.weight") == weights["l1.fo.w"])
            #expect(try values("encoder.layer.1.output.LayerNorm.bias") == weights["l1.oln.b"])
            #expect(written.shape(of: "encoder.layer.0.intermediate.dense.weight") == [64, 32])
        }
    }

    @Test func sizesThatLieAreRefused() throws {
        var model = E5()
        model.heads = 3
        #expect(try failure(model).contains("3 heads"))
        model = E5()
        model.hidden = 48
        model.heads = 2
        #expect(try failure(model).contains("no multiple"))
        model = E5()
        model.rows = 9
        #expect(try failure(model).contains("10 pieces"))
        model = E5()
        model.special = [0, 2, 1, 10]
        #expect(try failure(model).contains("special token"))
        model = E5()
        model.epsilon = .nan
        #expect(try failure(model).contains("epsilon"))
        model = E5()
        model.scores[4] = .infinity
        #expect(try failure(model).contains("piece 4"))
        model = E5()
        model.normalization.swapAt(0, 1)
        #expect(try failure(model).contains("out of order"))
        model = E5()
        model.dropped = "l1.fo.w"
        #expect(try failure(model).contains("no tensor 'l1.fo.w'"))
    }

    @Test func scalesThatAreNotFiniteAreRefused() throws {
        try ImportFixtures.withFolder { folder in
            let (bytes, _) = E5().file()
            try ImportFixtures.write(bytes, to: "\(folder)/model.bin")
            let place = try #require(try E5File(FileBytes(MappedFile("\(folder)/model.bin"))).weights["l0.q.w"]).range
                .lowerBound
            var damaged = bytes
            damaged.replaceSubrange(place..<place + 2, with: [0, 0x7c])
            try ImportFixtures.write(damaged, to: "\(folder)/model.bin")
            let file = try E5File(FileBytes(MappedFile("\(folder)/model.bin")))
            let failure = #expect(throws: Failure.self) {
                try file.writeWeights(to: "\(folder)/model.safetensors", work: Work()) { _ in }
            }
            #expect(try #require(failure).description.contains("not finite"))
            #expect(!FileSystem.exists("\(folder)/model.safetensors"))
        }
    }

    /// Cut or damaged anywhere before its weights, the file is refused or still a whole model.
    @Test func damagedFilesNeverCrash() throws {
        let valid = E5().file().bytes
        let described = 2600
        var random = SeededGenerator(seed: 32)
        var refused = 0
        try ImportFixtures.withFolder { folder in
            let path = "\(folder)/model.bin"
            for round in 0..<4000 {
                var bytes = valid
                switch random.below(3) {
                case 0: bytes.removeLast(random.below(bytes.count - 4))
                case 1: for _ in 0...random.below(3) { bytes[4 + random.below(described)] = UInt8(random.below(256)) }
                default:
                    let place = 4 + random.below(round % 2 == 0 ? 72 : described)
                    bytes.replaceSubrange(
                        place..<place + 4, with: ImportFixtures.little(random.below(2) == 0 ? Int32.max : Int32(-1)))
                }
                try ImportFixtures.write(bytes, to: path)
                do {
                    let file = try E5File(FileBytes(MappedFile(path)))
                    #expect(try file.namedWeights().allSatisfy { $0.entry.range.upperBound <= bytes.count })
                } catch is Failure {
                    refused += 1
                }
            }
        }
        #expect(refused > 2000)
    }
}
