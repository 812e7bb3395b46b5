import Foundation
import Support
import Testing

@testable import Encoders

/// Small stand-ins for what users import, made byte by byte.
enum ImportFixtures {
    static let vectors = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Vectors/archives").path

    static func bytes(_ path: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: URL(fileURLWithPath: path))) }

    static func write(_ bytes: some Sequence<UInt8>, to path: String) throws {
        let url = URL(fileURLWithPath: path)
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        // Not Foundation's own writing, which waits for the disk each time: thousands of files are written here.
        let file = try #require(fopen(path, "wb"))
        defer { fclose(file) }
        let bytes = Array(bytes)
        #expect(fwrite(bytes, 1, bytes.count, file) == bytes.count)
    }

    static func withFolder(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("import-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try body(folder)
    }

    static func little(_ value: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }
    static func little(_ value: Float) -> [UInt8] { little(value.bitPattern) }

    // MARK: An E5S1 file

    /// What an E5S1 file of two tiny layers holds; change a field to make it lie.
    struct E5 {
        var hidden = 32
        var layers = 2
        var heads = 2
        var intermediate = 64
        var rows = 12
        var positions = 16
        var types = 2
        var epsilon: Float = 1e-12
        var special: [Int32] = [0, 2, 1, 3]
        var pieces = ["<s>", "<pad>", "</s>", "<unk>", "\u{2581}", "\u{2581}a", "b", "A", "时尚", "<mask>"]
        var scores: [Float] = [0, 0, 0, 0, -2.5, -3.25, -3.5, -4, -5.125, 0]
        var normalization: [(UInt32, [UInt32])] = [
            (0xad, []), (0x2003, [0x20]), (0xfb03, [0x66, 0x66, 0x69]), (0xff21, [0x41]),
        ]
        var dropped: String?

        /// Every tensor with its shape, in the file's order.
        var tensors: [(name: String, rows: Int, columns: Int, isQuantized: Bool)] {
            var result = [
                ("emb.word", rows, hidden, true), ("emb.pos", positions, hidden, false),
                ("emb.type", types, hidden, false),
            ]
            result += [("emb.ln.w", 1, hidden, false), ("emb.ln.b", 1, hidden, false)]
            for layer in 0..<layers {
                for key in ["q", "k", "v", "ao"] {
                    result += [("l\(layer).\(key).w", hidden, hidden, true), ("l\(layer).\(key).b", 1, hidden, false)]
                }
                result += [("l\(layer).fi.w", intermediate, hidden, true), ("l\(layer).fi.b", 1, intermediate, false)]
                result += [("l\(layer).fo.w", hidden, intermediate, true), ("l\(layer).fo.b", 1, hidden, false)]
                for key in ["aln", "oln"] {
                    result += [("l\(layer).\(key).w", 1, hidden, false), ("l\(layer).\(key).b", 1, hidden, false)]
                }
            }
            return result.filter { $0.0 != dropped }
        }

        /// The file, and the weights that it stands for.
        func file(seed: UInt64 = 7) -> (bytes: [UInt8], weights: [String: [Float]]) {
            var bytes = Array("E5S1".utf8) + little(UInt32(1))
            for size in [hidden, layers, heads, intermediate, rows, positions, types] { bytes += little(Int32(size)) }
            bytes += little(epsilon) + little(Int32(32)) + little(Int32(pieces.count))
            for id in special { bytes += little(id) }
            let blob = pieces.flatMap { Array($0.utf8) }
            bytes += little(UInt64(blob.count))
            var offset = 0
            for piece in pieces {
                bytes += little(UInt32(offset))
                offset += piece.utf8.count
            }
            bytes += little(UInt32(offset)) + scores.flatMap { little($0) } + blob
            let images = normalization.flatMap { scalar, image in
                little(scalar) + [UInt8(image.count)] + image.flatMap { little($0) }
            }
            bytes += little(Int32(normalization.count)) + little(UInt32(images.count)) + images

            var random = SeededGenerator(seed: seed)
            var weights: [String: [Float]] = [:]
            var data: [(name: String, type: UInt8, count: Int, bytes: [UInt8])] = []
            for (name, rows, columns, isQuantized) in tensors {
                var content: [UInt8] = []
                var values: [Float] = []
                if isQuantized {
                    for _ in 0..<rows * columns / 32 {
                        // Any normal half between 2^-10 and 2^-4.
                        let scale = UInt16(5 + random.below(6)) << 10 | UInt16(random.below(1024))
                        let nibbles = (0..<32).map { _ in random.below(16) }
                        let value =
                            Float(1024 + Int(scale & 1023)) / 1024
                            * Float(sign: .plus, exponent: Int(scale >> 10) - 15, significand: 1)
                        content += little(scale) + (0..<16).map { UInt8(nibbles[$0] | nibbles[$0 + 16] << 4) }
                        values += nibbles.map { Float($0 - 8) * value }
                    }
                } else {
                    values = (0..<rows * columns).map { _ in Float(random.normal()) * 0.1 }
                    content = values.flatMap { little($0) }
                }
                weights[name] = values
                data.append((name, isQuantized ? 1 : 0, rows * columns, content))
            }
            let directorySize = data.reduce(4) { $0 + 2 + $1.name.utf8.count + 21 }
            var place = (bytes.count + directorySize + 63) / 64 * 64
            bytes += little(Int32(data.count))
            var body: [UInt8] = []
            let start = place
            for item in data {
                bytes += little(UInt16(item.name.utf8.count)) + Array(item.name.utf8) + [item.type]
                bytes += little(UInt32(item.count)) + little(UInt64(place)) + little(UInt64(item.bytes.count))
                body += item.bytes
                while body.count % 64 != 0 { body.append(0) }
                place = start + body.count
            }
            return (bytes + [UInt8](repeating: 0, count: start - bytes.count) + body, weights)
        }
    }

    // MARK: A normalisation map

    /// A precompiled map with these images: every node of the trie takes 256 places of its own.
    static func charsmap(_ table: [(UInt32, [UInt32])] = E5().normalization) -> [UInt8] {
        final class Node {
            var children: [UInt8: Node] = [:]
            var value: UInt32?
        }
        let root = Node()
        var images: [UInt8] = []
        for (scalar, image) in table {
            var node = root
            for byte in String(Unicode.Scalar(scalar) ?? " ").utf8 {
                let child = node.children[byte] ?? Node()
                node.children[byte] = child
                node = child
            }
            node.value = UInt32(images.count)
            images += image.flatMap { Array(String(Unicode.Scalar($0) ?? " ").utf8) } + [0]
        }
        var units = [UInt32](repeating: 0, count: 256)
        func place(_ node: Node, at position: Int) {
            let base = units.count
            units += [UInt32](repeating: 0, count: 256)
            units[position] |= UInt32(position ^ base) << 10
            if let value = node.value {
                units[position] |= 1 << 8
                units[base] = 1 << 31 | value
            }
            for (byte, child) in node.children.sorted(by: { $0.key < $1.key }) {
                units[base ^ Int(byte)] = UInt32(byte)
                place(child, at: base ^ Int(byte))
            }
        }
        place(root, at: 0)
        return little(UInt32(units.count * 4)) + units.flatMap { little($0) } + images
    }

    // MARK: Archives

    /// A zip archive of stored entries.
    static func zip(_ files: [(name: String, bytes: [UInt8])]) -> [UInt8] {
        var output: [UInt8] = []
        var directory: [UInt8] = []
        for (name, bytes) in files {
            let place = output.count
            let sizes = little(checksum(bytes)) + little(UInt32(bytes.count)) + little(UInt32(bytes.count))
            let common = little(UInt16(20)) + little(UInt16(0x800)) + little(UInt16(0)) + little(UInt32(0)) + sizes
            output +=
                [0x50, 0x4b, 3, 4] + common + little(UInt16(name.utf8.count)) + little(UInt16(0)) + Array(name.utf8)
                + bytes
            directory += [0x50, 0x4b, 1, 2] + little(UInt16(20)) + common + little(UInt16(name.utf8.count))
            directory += [UInt8](repeating: 0, count: 12) + little(UInt32(place)) + Array(name.utf8)
        }
        let end =
            [0x50, 0x4b, 5, 6, 0, 0, 0, 0] + little(UInt16(files.count)) + little(UInt16(files.count))
            + little(UInt32(directory.count)) + little(UInt32(output.count)) + [0, 0]
        return output + directory + end
    }

    /// CRC-32 as in zip, bit by bit.
    private static func checksum(_ bytes: [UInt8]) -> UInt32 {
        var state = UInt32.max
        for byte in bytes {
            state ^= UInt32(byte)
            for _ in 0..<8 { state = state >> 1 ^ (state & 1 == 1 ? 0xedb8_8320 : 0) }
        }
        return ~state
    }
}
