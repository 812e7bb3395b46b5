import Encoders
import LuaKit
import Support
import Tables
import Tensors

/// Texts to encode, byte for byte as they were given.
///
/// Those of a column are made when they are asked for, so that it is not held twice.
struct EncodableTexts: RandomAccessCollection {
    private enum Source {
        case list([[UInt8]])
        case column(Column)
    }

    private let source: Source
    /// Whether a single string was given, not a list or column.
    let isSingle: Bool

    init(_ texts: [[UInt8]], isSingle: Bool) {
        source = .list(texts)
        self.isSingle = isSingle
    }

    /// The rows of a text column.
    init(_ column: Column, _ parameter: String) throws(Failure) {
        guard column.type == .text || (column.count > 0 && column.nullCount == column.count) else {
            throw .argument(parameter, expected: "text column", got: "a column of \(column.type.name)")
        }
        if column.nullCount > 0, let row = (0..<column.count).first(where: column.isNull) {
            throw .argument(
                parameter, expected: "a text in every row",
                got: "\(column.nullCount) nulls, the first in row \(row + 1)",
                hint: "say what they stand for, as in t:sql(\"select coalesce(text, '') as text from this\")")
        }
        source = .column(column)
        isSingle = false
    }

    var startIndex: Int { 0 }

    var endIndex: Int {
        switch source {
        case .list(let texts): texts.count
        case .column(let column): column.count
        }
    }

    subscript(index: Int) -> [UInt8] {
        switch source {
        case .list(let texts): texts[index]
        case .column: withBytes(index) { Array($0) }
        }
    }

    /// Calls `body` with a text in place.
    func withBytes<Result>(_ index: Int, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        switch source {
        case .list(let texts): texts[index].withUnsafeBytes(body)
        case .column(let column): column.withBytes(index, body)
        }
    }
}

/// Texts, or vectors made of texts before.
enum ComparableTexts {
    case texts(EncodableTexts)
    case vectors(Tensor)

    /// Whether it is one text or one vector.
    var isSingle: Bool {
        switch self {
        case .texts(let texts): texts.isSingle
        case .vectors(let tensor): tensor.rank == 1
        }
    }

    /// One vector a row, or one vector.
    func vectors(_ parameter: String, _ encoder: TextEncoder, _ work: Work) throws(Failure) -> Tensor {
        switch self {
        case .texts(let texts): return try encoder.encode(texts, work: work)
        case .vectors(let tensor):
            guard (1...2).contains(tensor.rank), tensor.shape.last == encoder.dimension else {
                throw .argument(
                    parameter, expected: "tensor [n, \(encoder.dimension)], as this encoder makes them",
                    got: "shape \(tensor.shape)")
            }
            return tensor
        }
    }
}

extension ParameterType {
    /// A string, a list of strings or a text column. Nulls are refused: whoever wants a vector for "nothing said" has to say so.
    static let encodable = ParameterType.custom("texts", expected: "string, list of strings or text column") {
        (argument) throws(Failure) -> EncodableTexts? in try argument.encodableTexts()
    }

    /// What `encodable` takes, as the second texts of pairs.
    static let pairTexts = ParameterType.custom("texts", expected: "string, list of strings or text column") {
        (argument) throws(Failure) -> EncodableTexts? in try argument.encodableTexts("pair")
    }

    /// What `encodable` takes, or a tensor of vectors.
    static let comparable = ParameterType.custom(
        "texts or vectors", expected: "string, list of strings, text column or tensor"
    ) {
        (argument) throws(Failure) -> ComparableTexts? in
        if let tensor = argument.object(Tensor.self) { return .vectors(tensor) }
        return try argument.encodableTexts().map { .texts($0) }
    }
}

extension Argument {
    /// The texts that this argument is, nil if it is something else.
    func encodableTexts(_ parameter: String = "texts") throws(Failure) -> EncodableTexts? {
        if let bytes { return EncodableTexts([bytes], isSingle: true) }
        if let column = object(Column.self) { return try EncodableTexts(column, parameter) }
        guard kind == .table else { return nil }
        var texts: [[UInt8]] = []
        texts.reserveCapacity(count)
        try forEach { (position, element) throws(Failure) in
            guard let bytes = element.bytes else {
                throw .argument(parameter, expected: "strings", got: "\(element.words) at position \(position)")
            }
            texts.append(bytes)
        }
        return EncodableTexts(texts, isSingle: false)
    }
}

extension Argument {
    /// Whether a column is one of texts; nil for anything else.
    var isTextColumn: Bool? { object(Column.self).map { $0.type == .text } }
}
