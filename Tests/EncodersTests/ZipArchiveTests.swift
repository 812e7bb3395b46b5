import Support
import Testing

@testable import Encoders

@Suite struct ZipArchiveTests {
    private static let text = (0..<200).map { "line \($0) of a text that packs well\n" }.joined()

    private func contents(_ path: String) throws -> [(String, [UInt8])] {
        let archive = try ZipArchive(MappedFile(path))
        return try archive.entries.map { entry in
            let content = try FileBytes(entry, of: archive, work: Work())
            return (entry.name, withExtendedLifetime(content) { Array(content.bytes) })
        }
    }

    @Test(arguments: ["deflated", "stored"])
    func archivesOfPythonAreRead(_ name: String) throws {
        let files = try contents("\(ImportFixtures.vectors)/\(name).zip")
        #expect(files.map(\.0) == ["folder/text.txt", "empty", "名字.bin"])
        #expect(files.map(\.1) == [Array(Self.text.utf8), [], [0, 1, 2]])
    }

    @Test func theBeginningOfAnEntryIsEnough() throws {
        let archive = try ZipArchive(MappedFile("\(ImportFixtures.vectors)/deflated.zip"))
        #expect(try archive.prefix(of: archive.entries[0], count: 4, work: Work()) == Array("line".utf8))
        #expect(try archive.prefix(of: archive.entries[2], count: 9, work: Work()) == [0, 1, 2])
    }

    @Test func otherMethodsAreRefused() throws {
        let failure = #expect(throws: Failure.self) { try contents("\(ImportFixtures.vectors)/bzip2.zip") }
        #expect(try #require(failure).description.contains("method 12"))
    }

    /// Changes the bytes of the stored archive at a place counted from the last directory entry, and says what must come of it.
    @Test(arguments: [
        (8, [1, 8], "encrypted"), (20, [0xff, 0xff, 0, 0], "two sizes"), (24, [9, 0, 0, 0], "two sizes"),
        (42, [0xff, 0xff, 0xff, 0x7f], "too early"), (42, [1, 0, 0, 0], "no data at its place"),
        (16, [0, 0, 0, 0], "checksum"),
        (10, [8, 0], "unpack"), (42, [0, 0, 0, 0], "overlaps"),
    ])
    func lyingDirectoriesAreRefused(_ offset: Int, _ change: [UInt8], _ word: String) throws {
        try ImportFixtures.withFolder { folder in
            let files = [("a.txt", Array("first".utf8)), ("b.txt", Array("other".utf8))]
            var bytes = ImportFixtures.zip(files)
            let entry = try #require(bytes.indices.last { bytes[$0...].starts(with: [0x50, 0x4b, 1, 2]) })
            bytes.replaceSubrange(entry + offset..<entry + offset + change.count, with: change)
            try ImportFixtures.write(bytes, to: "\(folder)/x.zip")
            let failure = #expect(throws: Failure.self) { try contents("\(folder)/x.zip") }
            let message = try #require(failure).description
            #expect(message.contains(word), "\(message)")
        }
    }

    @Test func namesMustDiffer() throws {
        try ImportFixtures.withFolder { folder in
            try ImportFixtures.write(ImportFixtures.zip([("a", [1]), ("a", [2])]), to: "\(folder)/x.zip")
            let failure = #expect(throws: Failure.self) { try contents("\(folder)/x.zip") }
            #expect(try #require(failure).description.contains("twice"))
        }
    }

    /// A size that deflate cannot reach is refused before anything is unpacked, one that is too small while it is.
    @Test func sizesThatLieAreRefused() throws {
        let valid = try ImportFixtures.bytes("\(ImportFixtures.vectors)/deflated.zip")
        let entry = try #require(valid.indices.first { valid[$0...].starts(with: [0x50, 0x4b, 1, 2]) })
        try ImportFixtures.withFolder { folder in
            for (size, word) in [(UInt32(0x7fff_ffff), "cannot have"), (100, "more than"), (8000, "8000 announced")] {
                var bytes = valid
                // The first entry is a folder, so that the second is the first with content.
                let second = entry + 46 + "folder/".utf8.count
                bytes.replaceSubrange(second + 24..<second + 28, with: ImportFixtures.little(size))
                try ImportFixtures.write(bytes, to: "\(folder)/x.zip")
                let failure = #expect(throws: Failure.self) { try contents("\(folder)/x.zip") }
                let message = try #require(failure).description
                #expect(message.contains(word), "\(message)")
            }
        }
    }

    /// Damaged at random, an archive is refused, or what it gives is what was put in.
    @Test func damagedArchivesNeverCrash() throws {
        var random = SeededGenerator(seed: 30)
        let whole: Set<[UInt8]> = [Array(Self.text.utf8), [], [0, 1, 2]]
        var refused = 0
        try ImportFixtures.withFolder { folder in
            let path = "\(folder)/x.zip"
            let valid = try ImportFixtures.bytes("\(ImportFixtures.vectors)/deflated.zip")
            for _ in 0..<3000 {
                var bytes = valid
                for _ in 0...random.below(2) {
                    switch random.below(3) {
                    case 0: bytes[random.below(bytes.count)] = UInt8(random.below(256))
                    case 1: bytes[random.below(bytes.count)] = [0, 0xff, 0x7f, 0x80][random.below(4)]
                    default: bytes.removeLast(min(bytes.count - 1, random.below(40)))
                    }
                }
                try ImportFixtures.write(bytes, to: path)
                do {
                    for (_, content) in try contents(path) { #expect(whole.contains(content)) }
                } catch is Failure {
                    refused += 1
                }
            }
        }
        #expect(refused > 1000)
    }
}
