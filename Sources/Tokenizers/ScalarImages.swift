import CUnicode
import Support

/// What a precompiled map makes of every scalar that stands alone, found in two steps: the block of 64 scalars, which share all bytes of
/// their UTF-8 but the last, then the scalar.
///
/// The map speaks of grapheme clusters; but two scalars that never share a cluster with one another are replaced each by itself, and nearly
/// all text is made of such. The others are marked, so that clusters are looked for only around them.
struct ScalarImages: Sendable {
    /// Stays as it is.
    static let inert: UInt16 = 0
    /// May share a cluster with its neighbours.
    static let entangled: UInt16 = 1
    /// Has a meaning of its own to who asked for the table.
    static let reserved: UInt16 = 2
    private static let firstImage: UInt16 = 3

    private let blocks: Scratch<UInt16>
    private let records: Scratch<UInt16>
    private let images: Scratch<UInt8>
    private let ends: Scratch<Int32>
    /// Whether the printable ASCII characters stay as they are.
    let keepsASCII: Bool

    /// The images under `map` (nil changes nothing). Scalars equal to `reserved`, or whose image has it, are marked. Nil if the map is too large.
    init?(_ map: CharacterMap?, reserved: [UInt8]) {
        var builder = Builder(map: map, mark: reserved)
        guard builder.build() else { return nil }
        func scratch<Element: BitwiseCopyable>(_ list: [Element], _ empty: Element) -> Scratch<Element> {
            let result = Scratch(count: list.count, repeating: empty)
            list.withUnsafeBufferPointer {
                if let start = $0.baseAddress { result.start.update(from: start, count: list.count) }
            }
            return result
        }
        blocks = scratch(builder.blocks, 0)
        records = scratch(builder.records, 0)
        images = scratch(builder.images, 0)
        ends = scratch(builder.ends, 0)
        let records = self.records, blocks = self.blocks
        keepsASCII = (0x20..<0x7f).allSatisfy { records[Int(blocks[$0 >> 6]) << 6 | $0 & 63] == Self.inert }
    }

    /// What is known of a scalar: one of the three marks, or the number of its image.
    @inline(__always)
    func record(_ scalar: UInt32) -> UInt16 {
        records.start[Int(blocks.start[Int(scalar >> 6)]) &<< 6 | Int(scalar & 63)]
    }

    /// The bytes of an image.
    @inline(__always)
    func image(_ record: UInt16) -> UnsafeBufferPointer<UInt8> {
        let number = Int(record &- Self.firstImage)
        let start = Int(ends.start[number])
        return UnsafeBufferPointer(start: images.start + start, count: Int(ends.start[number &+ 1]) &- start)
    }

    private struct Builder {
        let map: CharacterMap?
        let mark: [UInt8]
        var blocks: [UInt16] = []
        var records: [UInt16] = []
        var images: [UInt8] = []
        var ends: [Int32] = [0]

        /// Which of 64 scalars stand alone, bit by bit; halves of a block of properties have it in common.
        private var alone: [UInt32: UInt64] = [:]
        /// Blocks in which the map changes nothing, by which of their scalars stand alone.
        private var unchanged: [UInt64: UInt16] = [:]

        init(map: CharacterMap?, mark: [UInt8]) {
            self.map = map
            self.mark = mark
        }

        mutating func build() -> Bool {
            let marked = UTF8Text.scalars(mark).first.map { $0 >> 6 }
            var bytes: [UInt8] = []
            for block in 0..<UInt32(0x110000 >> 6) {
                // Surrogates are in no text.
                let first = (0xd800 >> 6..<0xe000 >> 6).contains(block) ? 0 : block << 6
                bytes.removeAll(keepingCapacity: true)
                UTF8Text.append(first, to: &bytes)
                let alone = alone(first)
                if block == marked || map?.mayChange(bytes.dropLast()) == true {
                    guard addBlock(first, alone) else { return false }
                } else if let known = unchanged[alone] {
                    blocks.append(known)
                } else {
                    let number = UInt16(truncatingIfNeeded: records.count >> 6)
                    unchanged[alone] = number
                    blocks.append(number)
                    for bit in UInt64(0)..<64 {
                        records.append(alone >> bit & 1 == 1 ? ScalarImages.inert : ScalarImages.entangled)
                    }
                }
            }
            return records.count >> 6 <= Int(UInt16.max)
        }

        private mutating func alone(_ first: UInt32) -> UInt64 {
            // Without a map nobody looks for clusters.
            guard map != nil else { return .max }
            let key = UInt32(cu_property_block_of(first)) << 1 | first >> 6 & 1
            if let known = alone[key] { return known }
            var result: UInt64 = 0
            for offset in UInt32(0)..<64 where GraphemeClusters.standsAlone(cu_properties_of(first + offset)) {
                result |= 1 << UInt64(offset)
            }
            alone[key] = result
            return result
        }

        private mutating func addBlock(_ first: UInt32, _ alone: UInt64) -> Bool {
            blocks.append(UInt16(truncatingIfNeeded: records.count >> 6))
            for offset in UInt32(0)..<64 {
                guard alone >> UInt64(offset) & 1 == 1 else {
                    records.append(ScalarImages.entangled)
                    continue
                }
                var bytes: [UInt8] = []
                UTF8Text.append(first + offset, to: &bytes)
                let image = bytes.withUnsafeBufferPointer { buffer in
                    buffer.baseAddress.flatMap { map?.replacement($0, count: buffer.count) }
                }
                if bytes == mark || image.map(hasMark) == true {
                    records.append(ScalarImages.reserved)
                } else if let image {
                    guard ends.count < Int(UInt16.max) - Int(ScalarImages.firstImage) else { return false }
                    records.append(ScalarImages.firstImage + UInt16(ends.count - 1))
                    images.append(contentsOf: image)
                    ends.append(Int32(truncatingIfNeeded: images.count))
                } else {
                    records.append(ScalarImages.inert)
                }
            }
            return true
        }

        private func hasMark(_ image: ArraySlice<UInt8>) -> Bool {
            image.indices.contains { image[$0...].starts(with: mark) }
        }
    }
}
