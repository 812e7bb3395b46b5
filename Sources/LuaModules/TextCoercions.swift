import LuaKit
import Support
import Tables

extension ParameterType {
    /// Texts: a list of strings or a text column, whose nulls are empty texts.
    static let texts = ParameterType.custom("texts", expected: "list of strings or text column") {
        (argument) throws(Failure) -> [String]? in try argument.texts()
    }

    /// Groups of texts: a list of lists or columns; or texts in one list or column, when labels say the groups.
    static let textGroups = ParameterType.custom(
        "text groups", expected: "list of lists of strings, or list of strings or text column with the option 'labels'"
    ) { (argument) throws(Failure) -> TextGroups? in
        guard argument.kind == .table else { return try argument.texts().map { .flat($0) } }
        var isNested = false
        try argument.forEach { (position, element) throws(Failure) in
            if position == 1 { isNested = element.kind == .table || element.object(Column.self) != nil }
        }
        guard isNested else { return try argument.texts().map { .flat($0) } }
        var groups: [[String]] = []
        try argument.forEach { (position, element) throws(Failure) in
            guard let texts = try element.texts() else {
                throw .argument(
                    "groups", expected: "a list of strings or text column as each group",
                    got: "\(element.words) at position \(position)")
            }
            groups.append(texts)
        }
        return .nested(groups)
    }
}

/// Texts in groups, or texts whose groups labels say.
enum TextGroups {
    case nested([[String]])
    case flat([String])
}

extension Argument {
    /// The texts that this argument is; nil if it is neither a list nor a column.
    func texts() throws(Failure) -> [String]? {
        if let column = object(Column.self) {
            guard column.type == .text || column.nullCount == column.count else {
                throw .argument("texts", expected: "text column", got: "a column of \(column.type.name)")
            }
            return (0..<column.count).map { column.isNull($0) ? "" : column.text($0) }
        }
        guard kind == .table else { return nil }
        var texts: [String] = []
        texts.reserveCapacity(count)
        try forEach { (position, element) throws(Failure) in
            guard let text = element.text else {
                throw .argument("texts", expected: "strings", got: "\(element.words) at position \(position)")
            }
            texts.append(text)
        }
        return texts
    }
}
