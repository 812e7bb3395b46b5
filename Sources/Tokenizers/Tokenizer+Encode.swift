import Support

extension Tokenizer {
    /// Encodes a text, or a text and its `pair`. What is not UTF-8 is read as U+FFFD.
    public func encode(
        _ text: [UInt8], pair: [UInt8]? = nil, options: EncodingOptions = EncodingOptions()
    ) throws(Failure) -> Encoding {
        try options.padding?.check()
        var result = try withWorkspace(limit: limit(pair != nil, options), places: options.offsets) {
            (workspace) throws(Failure) in try assemble(text, pair, options, &workspace)
        }
        if let padding = options.padding { pad(&result, to: length(padding, longest: result.longest), options) }
        return result
    }

    /// Encodes many texts (with `pairs`, if given, of the same number) on the threads of `work`. Padding to the longest looks at all.
    public func encodeBatch(
        _ texts: [[UInt8]], pairs: [[UInt8]]? = nil, options: EncodingOptions = EncodingOptions(), work: Work = Work()
    ) throws(Failure) -> [Encoding] {
        if let pairs, pairs.count != texts.count {
            throw .argument("pair", expected: "\(texts.count) texts, one per text", got: "\(pairs.count)")
        }
        try options.padding?.check()
        let results = ResultSlots<[Encoding]>(count: (texts.count + blockSize - 1) / blockSize, empty: [])
        try work.forEach(results.count) { (block, _) throws(Failure) in
            let limit = limit(pairs != nil, options)
            let encodings = try withWorkspace(work.cancellation, limit: limit, places: options.offsets) {
                (workspace) throws(Failure) in
                var encodings: [Encoding] = []
                encodings.reserveCapacity(blockSize)
                for index in block * blockSize..<min((block + 1) * blockSize, texts.count) {
                    encodings.append(try assemble(texts[index], pairs?[index], options, &workspace))
                }
                return encodings
            }
            results.set(block, encodings)
        }
        var encodings = results.values.flatMap { $0 }
        if let padding = options.padding {
            let length = length(padding, longest: encodings.reduce(0) { max($0, $1.longest) })
            for index in encodings.indices { pad(&encodings[index], to: length, options) }
        }
        return encodings
    }

    /// The ids of many texts, special tokens included, each text cut at its end to `maximumLength` tokens, on the threads of `work`: all that
    /// an encoder reads, and what `encodeBatch` takes longest to put other things around.
    public func ids(_ texts: [[UInt8]], maximumLength: Int? = nil, work: Work = Work()) throws(Failure) -> [[Int32]] {
        let special = template.specialCount(pair: false)
        let truncation = maximumLength.map { EncodingOptions.Truncation($0) }
        // Where the length cannot be had, this says so.
        _ = try truncation?.windows(first: 0, second: nil, special: special)
        let longest = maximumLength.map { $0 - special } ?? .max
        let results = ResultSlots<[[Int32]]>(count: (texts.count + blockSize - 1) / blockSize, empty: [])
        try work.forEach(results.count) { (block, _) throws(Failure) in
            let ids = try withWorkspace(work.cancellation, limit: longest, places: false) {
                (workspace) throws(Failure) in
                var ids: [[Int32]] = []
                ids.reserveCapacity(blockSize)
                for index in block * blockSize..<min((block + 1) * blockSize, texts.count) {
                    let count = min(try count(texts[index], &workspace), longest)
                    ids.append(template.single.ids(workspace.tokens.ids[..<count], adding: special))
                }
                return ids
            }
            results.set(block, ids)
        }
        return results.values.flatMap { $0 }
    }

    /// How many tokens `text` has, special ones included if asked for.
    public func count(_ text: [UInt8], addSpecialTokens: Bool = true) throws(Failure) -> Int {
        try withWorkspace(places: false) { (workspace) throws(Failure) in
            try count(text, &workspace) + (addSpecialTokens ? template.specialCount(pair: false) : 0)
        }
    }

    /// How many tokens each of `texts` has, counted on the threads of `work`.
    public func countBatch(
        _ texts: [[UInt8]], addSpecialTokens: Bool = true, work: Work = Work()
    ) throws(Failure) -> [Int] {
        let results = ResultSlots<[Int]>(count: (texts.count + blockSize - 1) / blockSize, empty: [])
        let special = addSpecialTokens ? template.specialCount(pair: false) : 0
        try work.forEach(results.count) { (block, _) throws(Failure) in
            let counts = try withWorkspace(work.cancellation, places: false) { (workspace) throws(Failure) in
                var counts: [Int] = []
                for index in block * blockSize..<min((block + 1) * blockSize, texts.count) {
                    counts.append(try count(texts[index], &workspace) + special)
                }
                return counts
            }
            results.set(block, counts)
        }
        return results.values.flatMap { $0 }
    }

    private func count(_ text: [UInt8], _ workspace: inout TokenizerWorkspace) throws(Failure) -> Int {
        _ = try text.withUnsafeBufferPointer { (buffer) throws(Failure) in try tokenize(buffer, &workspace) }
        return workspace.tokens.ids.count
    }

    /// Hands memory for one text after another to `body`. Without `places` it is of the tokenizer's pool, so that what earlier texts taught
    /// about words serves later ones.
    private func withWorkspace<Result>(
        _ cancellation: Cancellation = Cancellation(), limit: Int = .max, places: Bool,
        _ body: (inout TokenizerWorkspace) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        var workspace = TokenizerWorkspace(
            reading: places || idReader == nil ? nil : readingPool.take(), cancellation: cancellation, limit: limit)
        defer { if let reading = workspace.reading.take() { readingPool.put(reading) } }
        return try body(&workspace)
    }

    // MARK: One text

    // What the result of a cut text shows are its first tokens, if nothing but them is asked for.
    private func limit(_ isPair: Bool, _ options: EncodingOptions) -> Int {
        guard let truncation = options.truncation, !options.overflow, !isPair, truncation.side == .right else {
            return .max
        }
        return max(truncation.maximumLength, 0)
    }

    private func assemble(
        _ text: [UInt8], _ pair: [UInt8]?, _ options: EncodingOptions, _ workspace: inout TokenizerWorkspace
    ) throws(Failure) -> Encoding {
        let first = try source(text, options, &workspace)
        let second = try pair.map { (pair) throws(Failure) in try source(pair, options, &workspace) }
        var firstWindows = TokenWindows(whole: first.ids.count)
        var secondWindows = second.map { TokenWindows(whole: $0.ids.count) }
        if let truncation = options.truncation {
            (firstWindows, secondWindows) = try truncation.windows(
                first: first.ids.count, second: second?.ids.count,
                special: options.addSpecialTokens ? template.specialCount(pair: pair != nil) : 0)
        }
        let parts = pair == nil ? template.single : template.pair
        // The order of overflow: further windows of the first text, each with every window of the second, then the other windows of the
        // second.
        let kept = firstWindows.windows[0]
        let keptSecond = secondWindows?.windows[0]
        var result = build(parts, first, kept, second, keptSecond, options)
        guard options.overflow else { return result }
        for window in firstWindows.windows.dropFirst() {
            for other in secondWindows?.windows.map(Optional.some) ?? [nil] {
                result.overflow.append(build(parts, first, window, second, other, options))
            }
        }
        for other in secondWindows?.windows.dropFirst() ?? [] {
            result.overflow.append(build(parts, first, kept, second, other, options))
        }
        return result
    }

    private struct Source {
        var ids: [Int32]
        var bytes: [Encoding.Span]
        var characters: [Encoding.Span]
    }

    private func source(
        _ text: [UInt8], _ options: EncodingOptions, _ workspace: inout TokenizerWorkspace
    ) throws(Failure) -> Source {
        try text.withUnsafeBufferPointer { (buffer) throws(Failure) in
            let repaired = try tokenize(buffer, &workspace)
            let tokens = workspace.tokens
            guard options.offsets else { return Source(ids: tokens.ids, bytes: [], characters: []) }
            guard let repaired else {
                return Source(ids: tokens.ids, bytes: tokens.spans, characters: Self.characters(tokens.spans, buffer))
            }
            let characters = repaired.bytes.withUnsafeBufferPointer { Self.characters(tokens.spans, $0) }
            let bytes = tokens.spans.map { span in
                Encoding.Span(Int(repaired.places[Int(span.start)]), Int(repaired.places[Int(span.end)]))
            }
            return Source(ids: tokens.ids, bytes: bytes, characters: characters)
        }
    }

    // The same places counted in code points.
    private static func characters(_ spans: [Encoding.Span], _ text: UnsafeBufferPointer<UInt8>) -> [Encoding.Span] {
        if UTF8Text.isASCII(text) { return spans }
        var counts = [Int32](repeating: 0, count: text.count + 1)
        var count: Int32 = 0
        for index in 0..<text.count {
            counts[index] = count
            // A place inside a character, which no token has, would count as its end.
            if text[index] & 0xc0 != 0x80 { count += 1 }
        }
        counts[text.count] = count
        return spans.map { Encoding.Span(Int(counts[Int($0.start)]), Int(counts[Int($0.end)])) }
    }

    private func build(
        _ parts: [Template.Part], _ first: Source, _ firstRange: Range<Int>, _ second: Source?,
        _ secondRange: Range<Int>?,
        _ options: EncodingOptions
    ) -> Encoding {
        var result = Encoding()
        let capacity = firstRange.count + (secondRange?.count ?? 0) + template.specialCount(pair: second != nil)
        result.ids.reserveCapacity(capacity)
        result.typeIds.reserveCapacity(capacity)
        result.specialMask.reserveCapacity(capacity)
        result.sequences.reserveCapacity(capacity)
        for part in parts {
            switch part {
            case .special(let ids, let typeId):
                guard options.addSpecialTokens else { continue }
                result.ids += ids
                result.typeIds += repeatElement(typeId, count: ids.count)
                result.specialMask += repeatElement(1, count: ids.count)
                result.sequences += repeatElement(-1, count: ids.count)
                if options.offsets {
                    result.byteOffsets += repeatElement(.none, count: ids.count)
                    result.characterOffsets += repeatElement(.none, count: ids.count)
                }
            case .sequence(let number, let typeId):
                guard let source = number == 0 ? first : second, let range = number == 0 ? firstRange : secondRange
                else { continue }
                result.ids += source.ids[range]
                result.typeIds += repeatElement(typeId, count: range.count)
                result.specialMask += repeatElement(0, count: range.count)
                result.sequences += repeatElement(Int8(number), count: range.count)
                if options.offsets {
                    result.byteOffsets += source.bytes[range]
                    result.characterOffsets += source.characters[range]
                }
            }
        }
        result.attentionMask = [Int32](repeating: 1, count: result.count)
        return result
    }

    // MARK: Padding

    private func length(_ padding: EncodingOptions.Padding, longest: Int) -> Int {
        let length =
            switch padding.length {
            case .longest: longest
            case .fixed(let count): count
            }
        guard let multiple = padding.multiple else { return length }
        return (length + multiple - 1) / multiple * multiple
    }

    private func pad(_ encoding: inout Encoding, to length: Int, _ options: EncodingOptions) {
        for index in encoding.overflow.indices { pad(&encoding.overflow[index], to: length, options) }
        let missing = length - encoding.count
        guard missing > 0 else { return }
        let place = options.padding?.side == .left ? 0 : encoding.count
        encoding.ids.insert(contentsOf: repeatElement(paddingId, count: missing), at: place)
        encoding.typeIds.insert(contentsOf: repeatElement(paddingTypeId, count: missing), at: place)
        encoding.attentionMask.insert(contentsOf: repeatElement(0, count: missing), at: place)
        encoding.specialMask.insert(contentsOf: repeatElement(1, count: missing), at: place)
        encoding.sequences.insert(contentsOf: repeatElement(-1, count: missing), at: place)
        if options.offsets {
            encoding.byteOffsets.insert(contentsOf: repeatElement(.none, count: missing), at: place)
            encoding.characterOffsets.insert(contentsOf: repeatElement(.none, count: missing), at: place)
        }
    }
}

// Texts per turn of a thread.
private let blockSize = 32

extension [Template.Part] {
    /// The parts of a single text's template, of which `special` tokens are its own, filled with the text's ids.
    fileprivate func ids(_ text: ArraySlice<Int32>, adding special: Int) -> [Int32] {
        var result: [Int32] = []
        result.reserveCapacity(text.count + special)
        for part in self {
            switch part {
            case .special(let ids, _): result.append(contentsOf: ids)
            case .sequence(0, _): result.append(contentsOf: text)
            case .sequence: break
            }
        }
        return result
    }
}

extension Encoding {
    /// Tokens of the longest window.
    fileprivate var longest: Int { overflow.reduce(count) { max($0, $1.count) } }
}

extension EncodingOptions.Padding {
    /// Refuses lengths that nothing can be filled to, before anything is encoded.
    fileprivate func check() throws(Failure) {
        if case .fixed(let length) = length, !(0...(1 << 24)).contains(length) {
            throw .argument(
                "max_length", expected: "integer from 0 to 16777216 where texts are filled to it", got: "\(length)")
        }
        if let multiple, !(1...(1 << 24)).contains(multiple) {
            throw .argument("pad_to_multiple_of", expected: "integer from 1 to 16777216", got: "\(multiple)")
        }
    }
}
