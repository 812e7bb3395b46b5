/// Chinese characters that hold sentences together and so stand beside everything. They tell word from phrase where no dictionary does.
enum FunctionCharacters {
    static let all = points("的了着过吗呢吧啊呀哦嘛么们是在我你您他她它这那哪就都也还又很太挺最更再才只和与及或而但因所被把给从对向为于以之其有没不无可能会要想到去来上下说看用买")
    private static let notFirst = points("的了着吗呢吧啊呀哦嘛么们是我你您他她它这那哪都也还又很太挺更再才和与及或而但被把给从")
    private static let notLast = points("的了着吗呢吧啊呀哦嘛是在我你您他她它这那哪就都也还又很太挺最更再才只和与及或而但因所被把给从对向为于以之其有没不")

    /// Whether a run that occurs like a word may be one: it neither begins nor ends with what belongs to its surroundings.
    static func mayBeWord(_ run: [UInt32]) -> Bool {
        guard let first = run.first, let last = run.last else { return false }
        return !notFirst.contains(first) && !notLast.contains(last)
    }

    private static func points(_ text: String) -> Set<UInt32> { Set(text.unicodeScalars.lazy.map(\.value)) }
}
