/// The language of the words that a chart or a report adds by itself.
public enum Language: String, Sendable, CaseIterable {
    case english = "en"
    case chinese = "zh"

    /// One of two wordings.
    public func pick(_ english: @autoclosure () -> String, _ chinese: @autoclosure () -> String) -> String {
        self == .english ? english() : chinese()
    }

    /// What a document in this language declares.
    public var tag: String { self == .english ? "en" : "zh-Hans" }
}
