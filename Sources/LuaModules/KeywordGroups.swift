import LuaKit
import Support
import Text

/// The texts of `text.keywords` with their groups from 0, and the shape of its result.
struct KeywordGroups {
    private(set) var texts: [String] = []
    private(set) var labels: [Int] = []
    private(set) var count = 0
    /// Names of the groups where labels are strings, in the order of their bytes.
    private var names: [[UInt8]] = []

    init(_ groups: TextGroups, labels: LabelList?) throws(Failure) {
        switch (groups, labels) {
        case (.nested(let groups), nil):
            count = groups.count
            for (index, group) in groups.enumerated() {
                texts += group
                self.labels += repeatElement(index, count: group.count)
            }
        case (.flat(let texts), let labels?):
            self.texts = texts
            try number(labels.labels)
        case (.flat(let texts), nil):
            guard texts.isEmpty else {
                throw .argument(
                    "groups", expected: "a list of lists of strings", got: "a list of strings",
                    hint: "give the group of each text in the option labels")
            }
        case (.nested, .some):
            throw .argument(
                "groups", expected: "texts in one list or column, as the option labels says their groups",
                got: "a list of lists")
        }
    }

    private mutating func number(_ given: [LabelList.Label]) throws(Failure) {
        var texts: [[UInt8]] = []
        for (position, label) in given.enumerated() {
            switch label {
            case .text(let name): texts.append(name)
            case .integer(let group):
                // Groups in between may be empty, but a stray number must not ask for thousands of millions of them.
                guard group >= 1, group <= 1_000_000 else {
                    throw .argument(
                        "labels", expected: "integers from 1 to 1000000, or strings",
                        got: "\(group) at position \(position + 1)")
                }
                labels.append(group - 1)
                count = max(count, group)
            }
        }
        guard !texts.isEmpty else { return }
        guard labels.isEmpty else { throw .argument("labels", expected: "integers or strings", got: "both") }
        names = Set(texts).sorted { $0.lexicographicallyPrecedes($1) }
        let numbers = Dictionary(uniqueKeysWithValues: zip(names, 0...))
        labels = texts.map { numbers[$0] ?? 0 }
        count = names.count
    }

    /// The words as Lua gets them.
    func result(_ found: [[Keyword]], scores: Bool) -> LuaValue {
        let lists = found.map { words -> LuaValue in
            guard scores else { return .strings(words.map(\.word)) }
            return .list(
                words.map {
                    .record([("word", .string($0.word)), ("score", .number($0.score)), ("count", .integer($0.count))])
                })
        }
        guard !names.isEmpty else { return .list(lists) }
        return .record(zip(names, lists).map { (String(decoding: $0, as: UTF8.self), $1) })
    }
}
