import Support

/// Memory that the encoding of one text after another shares, used by one thread at a time.
struct TokenizerWorkspace {
    var tokens = RawTokens()
    /// What a model found in the present piece.
    var piece = PieceTokens()
    var steps: [UnigramModel.Step] = []
    /// What the reader of ids alone needs; nil where places are asked for, or where the tokenizer has no such reader.
    var reading: ReadingMemory?
    /// Polled while a text is read.
    let cancellation: Cancellation
    /// The reading of a text may stop once it has more tokens than this.
    let limit: Int

    /// Memory for texts whose tokens' places are asked for, or, with `reading`, for ids alone.
    init(reading: ReadingMemory? = nil, cancellation: Cancellation = Cancellation(), limit: Int = .max) {
        self.reading = reading
        self.cancellation = cancellation
        self.limit = limit
    }
}

/// What readers of ids alone keep from one text to the next.
struct ReadingMemory {
    let cache = WordCache()
    /// A word after normalisation.
    var word: [UInt8] = []
    /// The scalars that one scalar becomes.
    var image: [UInt32] = []
    /// A stretch of text after normalisation.
    var normalized = Scratch<UInt8>(count: 1 << 12, repeating: 0)
    var steps: [UnigramModel.Step] = []

    /// Lets go of what one huge text took.
    mutating func trim() {
        if normalized.count > 1 << 18 { normalized = Scratch(count: 1 << 12, repeating: 0) }
        if steps.count > 1 << 16 { steps = [] }
        if word.capacity > 1 << 16 { word = [] }
    }
}

/// Reading memory that waits for the next text: as many as threads ever read at the same time. Whoever takes one out has it alone.
final class ReadingPool: Sendable {
    private let waiting = Locked<[ReadingMemory]>([])

    /// Takes one out, or makes one.
    func take() -> ReadingMemory { waiting.withLock { $0.popLast() } ?? ReadingMemory() }

    /// Puts one back.
    func put(_ memory: consuming ReadingMemory) {
        memory.trim()
        let memory = memory
        waiting.withLock { $0.append(memory) }
    }
}
