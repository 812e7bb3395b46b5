import Support
import Testing

@testable import Tensors

@Suite struct NpyFileTests {
    private let thirds: [Float] = (0..<6).map { Float($0) / 3 }

    @Test func filesOfNumPyAreRead() throws {
        let plain = try NpyFile.read(FileFixtures.path("float32.npy"))
        #expect(plain.shape == [2, 3])
        #expect(try plain.values(as: Float.self) == thirds)
        #expect(plain.storage.isWritable)
        #expect(try NpyFile.read(FileFixtures.path("version2.npy")).values(as: Float.self) == thirds)
        let columns = try NpyFile.read(FileFixtures.path("float64_column_major.npy"))
        #expect(columns.shape == [2, 3] && columns.dtype == .float64)
        #expect(try columns.values(as: Double.self) == thirds.map { Double($0) })
        let half = try NpyFile.read(FileFixtures.path("float16.npy"))
        #expect(half.dtype == .float32)
        #expect(try zip(half.values(as: Float.self), thirds).allSatisfy { abs($0 - $1) <= $1 / 2048 })
        #expect(try NpyFile.read(FileFixtures.path("int64.npy")).values(as: Int64.self) == [.min, .max])
        #expect(try NpyFile.read(FileFixtures.path("int16.npy")).values(as: Int32.self) == [-32768, 32767])
        #expect(try NpyFile.read(FileFixtures.path("uint32.npy")).values(as: Int64.self) == [4_294_967_295, 0])
        #expect(try NpyFile.read(FileFixtures.path("bool.npy")).values(as: Bool.self) == [true, false, true])
        let scalar = try NpyFile.read(FileFixtures.path("scalar.npy"))
        #expect(scalar.shape == [])
        #expect(try scalar.values(as: Double.self) == [1.5])
        #expect(try NpyFile.read(FileFixtures.path("empty.npy")).shape == [0, 4])
    }

    @Test(arguments: [
        ("big_endian", "newbyteorder"), ("complex", "c8"), ("text", "U2"), ("record", "records"), ("uint64", "u8"),
        ("objects", "pickled"),
    ])
    func otherTypesAreRefused(_ name: String, _ word: String) throws {
        let failure = #expect(throws: Failure.self) { try NpyFile.read(FileFixtures.path("\(name).npy")) }
        let message = try #require(failure).description
        #expect(message.contains(word), "\(message)")
    }

    @Test func whatIsWrittenIsReadBack() throws {
        try FileFixtures.withFolder(keep: true) { folder in
            for (name, tensor) in try SafetensorsWriterTests.samples() {
                try NpyFile.write("\(folder)/\(name).npy", tensor)
                let read = try NpyFile.read("\(folder)/\(name).npy")
                #expect(read.shape == tensor.shape && read.dtype == tensor.dtype, "\(name)")
                #expect(try read.values(as: Double.self) == tensor.values(as: Double.self), "\(name)")
            }
        }
    }

    @Test func theBytesAreNumPys() throws {
        try FileFixtures.withFolder { folder in
            for name in ["float32", "int64", "bool", "scalar", "empty"] {
                try NpyFile.write("\(folder)/x.npy", NpyFile.read(FileFixtures.path("\(name).npy")))
                let written = try FileFixtures.bytes(at: "\(folder)/x.npy")
                #expect(try written == FileFixtures.bytes("\(name).npy"), "\(name)")
            }
        }
    }

    @Test func damagedFilesNeverCrash() throws {
        let valid = try FileFixtures.bytes("float32.npy")
        let pieces = ["(", ")", ",", "'", "9999999999999999999999", "0", "True", "[", "-1", "L", "<f8", "\n"]
        var random = SeededGenerator(seed: 21)
        var refused = 0
        try FileFixtures.withFolder { folder in
            for _ in 0..<3000 {
                var bytes = valid
                let place = random.below(110)
                switch random.below(3) {
                case 0: bytes[place] = UInt8(random.below(256))
                case 1: bytes.removeSubrange(place..<min(bytes.count, place + 1 + random.below(30)))
                default: bytes.replaceSubrange(place..<place + 1, with: pieces[random.below(pieces.count)].utf8)
                }
                try FileFixtures.write(bytes, to: "\(folder)/x.npy")
                do {
                    let tensor = try NpyFile.read("\(folder)/x.npy")
                    #expect(try tensor.values(as: Double.self).count == tensor.count)
                } catch is Failure {
                    refused += 1
                }
            }
        }
        #expect(refused > 1000)
    }
}
