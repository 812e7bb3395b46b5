import Support

/// The precompiled normalisation map of a Unigram tokenizer (SentencePiece): four bytes of trie length, a double-array trie over UTF-8, and the
/// images it points at, each ended by a NUL.
struct Charsmap {
    let bytes: [UInt8]
    private let unitCount: Int

    /// What tells a map inside a library that holds many: its first bytes, length and digest.
    struct Identity: Sendable {
        /// The first eight bytes as a little-endian number.
        var prefix: UInt64
        var byteCount: Int
        /// SHA-256, in hexadecimal.
        var digest: String

        /// The map of XLM-RoBERTa and the multilingual e5 encoders (rule "nmt_nfkc" of SentencePiece 0.1.8x).
        static let xlmRoberta = Identity(
            prefix: 0x8400_0002_b400, byteCount: 237_539,
            digest: "0942789e0111452f1cc446f70036e26d24458c3c7858c53cc12ca4d87531279b")
    }

    /// A map from its bytes, nil if they cannot be one.
    init?(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count >= 8 else { return nil }
        let trieBytes = Int(UInt32(littleEndian: bytes.loadUnaligned(as: UInt32.self)))
        guard trieBytes % 4 == 0, trieBytes >= 4, trieBytes < bytes.count - 4, bytes.last == 0 else { return nil }
        guard String(validating: UnsafeRawBufferPointer(rebasing: bytes[(4 + trieBytes)...]), as: UTF8.self) != nil
        else { return nil }
        self.bytes = Array(bytes)
        unitCount = trieBytes / 4
    }

    /// The map of that identity wherever it lies in `bytes`.
    init?(in bytes: UnsafeRawBufferPointer, identity: Identity) {
        guard bytes.count >= identity.byteCount, identity.byteCount >= 8 else { return nil }
        for place in 0...bytes.count - identity.byteCount
        where UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self)) == identity.prefix {
            let candidate = UnsafeRawBufferPointer(rebasing: bytes[place..<place + identity.byteCount])
            if SHA256.hexadecimal(candidate) == identity.digest {
                self.init(candidate)
                return
            }
        }
        return nil
    }

    /// What the code point becomes by itself: nil if the map does not name it.
    func image(of scalar: Unicode.Scalar) -> ArraySlice<UInt8>? {
        var position = offset(unit(0))
        var units: UInt32 = 0
        for byte in Unicode.UTF8.encode(scalar).map(Array.init) ?? [] {
            position ^= Int(byte)
            guard position < unitCount else { return nil }
            units = unit(position)
            // A unit's label is its low byte; the top bit marks a value, which has none.
            guard units & 0x8000_00ff == UInt32(byte) else { return nil }
            position ^= offset(units)
        }
        guard units >> 8 & 1 == 1, position < unitCount else { return nil }
        let start = 4 + unitCount * 4 + Int(unit(position) & 0x7fff_ffff)
        guard start < bytes.count, let end = bytes[start...].firstIndex(of: 0) else { return nil }
        return bytes[start..<end]
    }

    /// The first code point whose image differs from the one in `table`, which names every code point that changes.
    func firstDifference(from table: [(scalar: UInt32, image: [UInt32])]) -> Unicode.Scalar? {
        var next = 0
        for value in UInt32(0)..<0x110000 {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let found = image(of: scalar)
            if next < table.count, table[next].scalar == value {
                let expected = table[next].image
                next += 1
                let decoded = found.map { String(decoding: $0, as: UTF8.self).unicodeScalars.map(\.value) }
                if decoded ?? [value] != expected { return scalar }
            } else if let found,
                found.count != UTF8.width(scalar) || !found.elementsEqual(Unicode.UTF8.encode(scalar) ?? .init())
            {
                return scalar
            }
        }
        return nil
    }

    private func unit(_ index: Int) -> UInt32 {
        bytes.withUnsafeBytes { UInt32(littleEndian: $0.loadUnaligned(fromByteOffset: 4 + index * 4, as: UInt32.self)) }
    }

    private func offset(_ unit: UInt32) -> Int { Int((unit >> 10) << ((unit & 1 << 9) >> 6)) }
}

extension Charsmap {
    /// The map for `model` in the file at `path`: the bytes of the map alone, or a library that holds it, or the wheel of one.
    static func find(
        at path: String, for model: E5File, identity: Identity = .xlmRoberta, work: Work
    ) throws(Failure) -> Charsmap {
        let file = try MappedFile(path)
        guard let map = try search(file, identity: identity, work: work) else {
            throw .format(path, "does not hold the normalisation map", hint: howToGet)
        }
        // The model file carries the map's effect on single code points: another map would give other ids without a word.
        if let scalar = map.firstDifference(from: model.normalization) {
            throw .format(
                path,
                "holds another normalisation map than the model was trained with: they differ at U+\(hexadecimal(scalar.value))",
                hint: howToGet)
        }
        return map
    }

    /// How a user comes by the file.
    static let howToGet =
        "fetch it with `pip download --no-deps --only-binary :all: --platform manylinux1_x86_64 --python-version 37 --abi cp37m "
        + "sentencepiece==0.1.83`"

    private static func search(_ file: MappedFile, identity: Identity, work: Work) throws(Failure) -> Charsmap? {
        if ZipArchive.isArchive(file.bytes) {
            let archive = try ZipArchive(file)
            for entry in archive.entries where entry.size >= identity.byteCount {
                let content = try FileBytes(entry, of: archive, work: work)
                if let map = withExtendedLifetime(content, { Charsmap(in: content.bytes, identity: identity) }) {
                    return map
                }
            }
            return nil
        }
        return withExtendedLifetime(file) { Charsmap(in: file.bytes, identity: identity) ?? Charsmap(file.bytes) }
    }

    private static func hexadecimal(_ value: UInt32) -> String {
        let digits = String(value, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, 4 - digits.utf8.count)) + digits
    }
}
