import Foundation
import Testing

@testable import Support

@Suite struct AtomicFileTests {
    private func withFolder(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("cohort-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try body(folder)
    }

    @Test func appearsOnlyWhenCommitted() throws {
        try withFolder { folder in
            do {
                var dropped = try AtomicFile("\(folder)/a")
                try dropped.write("half")
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
            var file = try AtomicFile("\(folder)/a")
            try file.write("whole")
            #expect(!FileManager.default.fileExists(atPath: "\(folder)/a"))
            try file.commit()
            #expect(try String(contentsOfFile: "\(folder)/a", encoding: .utf8) == "whole")
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["a"])
        }
    }

    @Test func aLinkStaysALink() throws {
        try withFolder { folder in
            try "old".write(toFile: "\(folder)/real", atomically: true, encoding: .utf8)
            try FileManager.default.createSymbolicLink(atPath: "\(folder)/link", withDestinationPath: "\(folder)/real")
            var file = try AtomicFile("\(folder)/link")
            try file.write("new")
            try file.commit()
            #expect(try FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/link") == "\(folder)/real")
            #expect(try String(contentsOfFile: "\(folder)/real", encoding: .utf8) == "new")
        }
    }

    @Test func aLinkToNothingYetStaysALink() throws {
        try withFolder { folder in
            let files = FileManager.default
            try files.createDirectory(atPath: "\(folder)/sub", withIntermediateDirectories: false)
            try files.createSymbolicLink(atPath: "\(folder)/first", withDestinationPath: "sub/second")
            try files.createSymbolicLink(atPath: "\(folder)/sub/second", withDestinationPath: "third")
            var file = try AtomicFile("\(folder)/first")
            try file.write("new")
            try file.commit()
            #expect(try files.destinationOfSymbolicLink(atPath: "\(folder)/first") == "sub/second")
            #expect(try String(contentsOfFile: "\(folder)/sub/third", encoding: .utf8) == "new")
        }
    }

    @Test func cancellationStopsALongWriteAndLeavesNothing() throws {
        try withFolder { folder in
            let cancellation = Cancellation()
            let bytes = [UInt8](repeating: 7, count: 40 << 20)
            do {
                var file = try AtomicFile("\(folder)/a", cancellation: cancellation)
                try bytes.withUnsafeBytes { try file.write($0) }
                cancellation.cancel()
                #expect(throws: Failure.cancelled) { try bytes.withUnsafeBytes { try file.write($0) } }
                #expect(throws: Failure.cancelled) { try file.commit() }
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
            cancellation.reset()
            var file = try AtomicFile("\(folder)/a", cancellation: cancellation)
            try bytes.withUnsafeBytes { try file.write($0) }
            try file.commit()
            #expect(try Data(contentsOf: URL(fileURLWithPath: "\(folder)/a")) == Data(bytes))
        }
    }

    @Test func devicesAndMissingFoldersAreRefused() throws {
        #expect(throws: Failure.self) { _ = try AtomicFile("/dev/null") }
        let failure = #expect(throws: Failure.self) { _ = try AtomicFile("/no/such/folder/a") }
        #expect(failure?.hint == "make its folder first")
    }

    @Test func nothingUnfinishedOutlivesASuddenExit() async {
        await #expect(processExitsWith: .success) {
            let folder = FileManager.default.temporaryDirectory.appendingPathComponent("cohort-\(UUID().uuidString)")
                .path
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(atPath: folder) }
            Threads.start {
                while true {
                    var file = try? AtomicFile("\(folder)/a")
                    try? file?.write("b")
                    // Every second one is given up.
                    if Bool.random() { try? file?.commit() }
                }
            }
            while try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty {}
            SuddenExit.putInOrder()
            // The thread writes on until the process ends, or would: whatever it begins now stays behind.
            for _ in 0..<1000 {
                #expect(try FileManager.default.contentsOfDirectory(atPath: folder).allSatisfy { $0 == "a" })
            }
        }
    }
}
