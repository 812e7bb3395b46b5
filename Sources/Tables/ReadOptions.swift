import Support

/// How a file is to be read where its ending and content do not say.
public struct ReadOptions: Sendable {
    /// The format, when the path's ending does not tell it.
    public var format: TableFormat?
    /// The character between values of a CSV file; found in its first line when not given.
    public var delimiter: String?
    /// Whether the first line of a CSV file names the columns.
    public var header = true
    /// Texts that stand for a missing value in a CSV file, when they are not quoted.
    public var nulls: [String] = [""]
    /// The text encoding, as the system names it ("gb18030", "windows-1252"). UTF-8 and, by their marks, UTF-16 and UTF-32 need no mention.
    public var encoding: String?
    /// Names for the columns, instead of the ones in the file.
    public var names: [String]?
    /// Columns whose text is left as it is, though it looks like numbers or dates.
    public var text: [String] = []

    /// What is right for nearly every file.
    public init() {}

    func format(of path: String) throws(Failure) -> TableFormat {
        if let format { return format }
        return try TableFormat.of(path).format
    }
}
