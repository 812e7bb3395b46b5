import Support
import Testing

@testable import Tokenizers

/// The quick way to the ids gives what the plain steps give, which also find the places: on texts that mix everything.
@Suite struct IdReaderTests {
    /// Texts of bits that are strange, and strange beside one another.
    struct Texts {
        private var generator: SeededGenerator
        private let ranges: [ClosedRange<UInt32>] = [
            0x00...0x1f, 0x20...0x7f, 0x80...0xbf, 0xc0...0x24f, 0x300...0x36f, 0x370...0x52f, 0x590...0x6ff,
            0x900...0xdff, 0xe00...0xfff, 0x1100...0x11ff, 0x1680...0x181f, 0x1ab0...0x1aff, 0x1cd0...0x1cff,
            0x1d00...0x1fff, 0x2000...0x206f, 0x2070...0x214f, 0x2200...0x22ff, 0x2580...0x2585, 0x2600...0x27bf,
            0x2e80...0x303f, 0x3040...0x30ff, 0x3130...0x33ff, 0x3400...0x3500, 0x4e00...0x9fff, 0xa000...0xabff,
            0xac00...0xd7ff, 0xe000...0xe00f, 0xf900...0xfaff, 0xfb00...0xfdff, 0xfe00...0xfe6f, 0xfe70...0xffff,
            0x10000...0x10fff, 0x11000...0x11fff, 0x16af0...0x16af4, 0x1d100...0x1d1ff, 0x1d400...0x1d7ff,
            0x1e000...0x1e9ff, 0x1f1e6...0x1f1ff, 0x1f300...0x1faff, 0x20000...0x2fa1f, 0x30000...0x323af,
            0xe0000...0xe01ef, 0xf0000...0x10ffff,
        ]
        private let phrases = [
            "unbelievable", "The ", "running", " shoes", "DON'T", "café", "cafe\u{301}", "Ångström", "İstanbul",
            "ΣΊΣΥΦΟΣ",
            "привет", "Ёлка", "好书", "，", "。", "價格！", "ガギ", "ｶﾞｷﾞ", "한국어", "각", "ก็ไม่", "हिन्दी", "क्‍ष", "עִבְרִית", "العربيّة",
            "👩‍👩‍👧‍👦", "🇩🇪🇫🇷", "👍🏽", "❤️", "ﬁne", "½", "①", "㍿", "\r\n", "\n", "\t", "\u{0}", " ", "  ", "    ", "\u{a0}",
            "\u{3000}", "\u{2028}", "\u{200b}", "\u{200d}", "\u{ad}", "\u{feff}", "\u{fffd}", "\u{2581}",
            "\u{2581}\u{301}",
            "[SEP]", "[MASK]", "<mask>", " <mask>", "</s>", "<s", "[UNK", "≠", "\u{37e}", "\u{1fef}",
            "a\u{315}\u{300}\u{5ae}",
            "\u{1dfa}\u{302}", "e\u{323}\u{1ac1}\u{301}", "user@example.com", "$1,234.56", "#tag", "...", "C:\\x",
            "__a__",
        ]

        init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

        mutating func next() -> [UInt8] {
            var text: [UInt8] = []
            for _ in 0..<generator.below(18) { addPart(&text) }
            return text
        }

        private mutating func addPart(_ text: inout [UInt8]) {
            switch generator.below(10) {
            case 0...3: text += phrases[generator.below(phrases.count)].utf8
            case 4: text.append(0x20)
            case 5:
                let letters = Array("etaoinshrdlucmfEAS019".utf8)
                let count = generator.below(30) == 0 ? 90 + generator.below(30) : 1 + generator.below(17)
                for _ in 0..<count { text.append(letters[generator.below(letters.count)]) }
            case 6:
                let range = ranges[generator.below(ranges.count)]
                for _ in 0..<(generator.below(40) == 0 ? 105 : 1 + generator.below(5)) { add(range, &text) }
            case 7...8: add(ranges[generator.below(ranges.count)], &text)
            default: add(0...0x10ffff, &text)
            }
        }

        private mutating func add(_ range: ClosedRange<UInt32>, _ text: inout [UInt8]) {
            let value = range.lowerBound + UInt32(generator.below(Int(range.upperBound - range.lowerBound) + 1))
            if let scalar = Unicode.Scalar(value) { text += String(Character(scalar)).utf8 }
        }
    }

    private func compare(_ tokenizer: Tokenizer, seed: UInt64, count: Int) throws {
        #expect(tokenizer.idReader != nil)
        var texts = Texts(seed: seed)
        for _ in 0..<count {
            let text = texts.next()
            let plain = try tokenizer.encode(text).ids
            let quick = try tokenizer.encode(text, options: EncodingOptions(offsets: false)).ids
            #expect(quick == plain, "\(text)")
        }
    }

    @Test(arguments: ["wordpiece-tokenizer.json", "unigram-tokenizer.json"])
    func `Ids alone are the ids with places`(name: String) throws {
        try compare(Tokenizer(file: Vectors.path(name)), seed: 41, count: 2500)
    }

    @Test(arguments: 0..<16) func `Ids are the same for whatever BERT normaliser`(bits: Int) throws {
        var json = try #require(try JSON.read(Vectors.path("wordpiece-tokenizer.json")).object)
        let normalizer: JSON = [
            "type": "BertNormalizer", "clean_text": .bool(bits & 1 != 0), "handle_chinese_chars": .bool(bits & 2 != 0),
            "strip_accents": .bool(bits & 4 != 0), "lowercase": .bool(bits & 8 != 0),
        ]
        json["normalizer"] = normalizer
        try compare(Tokenizer(json: .object(json)), seed: UInt64(bits), count: 150)
    }

    @Test(arguments: [0, 1, 2, 3, 9]) func `Ids are the same for any limit of a word's length`(limit: Int) throws {
        var json = try #require(try JSON.read(Vectors.path("wordpiece-tokenizer.json")).object)
        var model = try #require(json["model"]?.object)
        model["max_input_chars_per_word"] = .int(Int64(limit))
        json["model"] = .object(model)
        try compare(Tokenizer(json: .object(json)), seed: UInt64(limit), count: 100)
    }

    @Test func `Ids are the same with and without parts of the Unigram normaliser`() throws {
        let json = try #require(try JSON.read(Vectors.path("unigram-tokenizer.json")).object)
        let steps = try #require(json["normalizer"]?["normalizers"]?.array)
        for normalizer in [.null, steps[0], steps[1]] as [JSON] {
            var json = json
            json["normalizer"] = normalizer
            try compare(Tokenizer(json: .object(json)), seed: 7, count: 300)
        }
    }

    @Test(arguments: ["wordpiece-tokenizer.json", "unigram-tokenizer.json"])
    func `What was read before changes nothing`(name: String) throws {
        let tokenizer = try Tokenizer(file: Vectors.path(name))
        var source = Texts(seed: 3)
        let texts = (0..<400).map { _ in source.next() }
        let options = EncodingOptions(offsets: false)
        let places = try texts.map { try tokenizer.encode($0).ids }
        for threads in [1, 3, 2] {
            let ids = try tokenizer.encodeBatch(texts.reversed(), options: options, work: Work(threads: threads))
            #expect(ids.reversed().map(\.ids) == places)
        }
    }
}
