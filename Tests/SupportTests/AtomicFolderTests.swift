import Foundation
import Testing

@testable import Support

@Suite struct AtomicFolderTests {
    private func withParent(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("atomic-\(UUID().uuidString)").path
        defer { FileSystem.remove(folder) }
        try body(folder)
    }

    private func fill(_ folder: borrowing AtomicFolder, _ text: String) throws {
        try FileSystem.makeFolder("\(folder.temporaryPath)/inner")
        try text.write(toFile: "\(folder.temporaryPath)/inner/file", atomically: false, encoding: .utf8)
    }

    @Test func itAppearsWhole() throws {
        try withParent { parent in
            var folder = try AtomicFolder("\(parent)/a/b")
            try fill(folder, "one")
            #expect(!FileSystem.exists("\(parent)/a/b"))
            try folder.commit()
            #expect(try String(contentsOfFile: "\(parent)/a/b/inner/file", encoding: .utf8) == "one")
            #expect(try FileSystem.names(in: "\(parent)/a") == ["b"])
        }
    }

    @Test func droppedItLeavesNothing() throws {
        try withParent { parent in
            do {
                let folder = try AtomicFolder("\(parent)/b")
                try fill(folder, "one")
            }
            #expect(try FileSystem.names(in: parent) == [])
        }
    }

    @Test func whatIsThereStaysUnlessReplaced() throws {
        try withParent { parent in
            for (text, replacing) in [("one", false), ("two", false), ("three", true)] {
                var folder = try AtomicFolder("\(parent)/b")
                try fill(folder, text)
                if text == "two" {
                    #expect(throws: Failure.self) { try folder.commit(replacing: replacing) }
                } else {
                    try folder.commit(replacing: replacing)
                }
            }
            #expect(try String(contentsOfFile: "\(parent)/b/inner/file", encoding: .utf8) == "three")
            #expect(try FileSystem.names(in: parent) == ["b"])
        }
    }

    @Test func leftoversOfAKilledProcessGoAndALivingOnesStay() throws {
        try withParent { parent in
            try FileSystem.makeFolder("\(parent)/.unfinished-b.dead00/inner")
            try FileSystem.makeFolder("\(parent)/.replaced-c/inner")
            let first = try AtomicFolder("\(parent)/b")
            try fill(first, "one")
            let second = try AtomicFolder("\(parent)/d")
            #expect(FileSystem.isFile("\(first.temporaryPath)/inner/file") && FileSystem.isFolder(second.temporaryPath))
            #expect(!FileSystem.exists("\(parent)/.unfinished-b.dead00"))
            // Killed between the two steps of a replacement: the old one has its name again.
            #expect(FileSystem.isFolder("\(parent)/c/inner") && !FileSystem.exists("\(parent)/.replaced-c"))
        }
    }
}
