/// How a JSON value is laid out as text.
public struct JSONLayout: Equatable, Sendable {
    /// Blanks per level; nil writes everything on one line.
    public var indent: Int?

    /// A layout with `indent` blanks per level.
    public init(indent: Int?) { self.indent = indent }

    /// No blank at all.
    public static let compact = JSONLayout(indent: nil)
    /// One member or item a line, two blanks per level.
    public static let pretty = JSONLayout(indent: 2)
}

extension JSON {
    /// The value as JSON text. The same value always gives the same bytes: members in their order, doubles in the shortest form that reads
    /// back as the same double, strings with the escapes JSON demands and no others.
    ///
    /// - Throws: a failure for infinities and NaN, which JSON has no form for, and for nesting that `parse` would refuse.
    public func encoded(_ layout: JSONLayout = .compact, cancellation: Cancellation? = nil) throws(Failure) -> [UInt8] {
        var writer = JSONWriter(layout: layout, cancellation: cancellation)
        try writer.write(self, level: 0)
        return writer.output
    }
}

private struct JSONWriter {
    let layout: JSONLayout
    let cancellation: Cancellation?
    var output: [UInt8] = []
    private var count = 0

    init(layout: JSONLayout, cancellation: Cancellation?) {
        self.layout = layout
        self.cancellation = cancellation
    }

    mutating func write(_ value: JSON, level: Int) throws(Failure) {
        count += 1
        if count & 0xfff == 0 { try cancellation?.check() }
        switch value {
        case .null: append("null")
        case .bool(let flag): append(flag ? "true" : "false")
        case .int(let number): append(String(number))
        case .double(let number):
            guard number.isFinite else {
                throw .operation("JSON has no form for \(number.isNaN ? "NaN" : "infinity")", hint: "use null instead")
            }
            append(String(describing: number))
        case .string(let string): try write(string)
        case .array(let items):
            guard !items.isEmpty else { return append("[]") }
            try check(level)
            output.append(UInt8(ascii: "["))
            for (index, item) in items.enumerated() {
                separate(index, level + 1)
                try write(item, level: level + 1)
            }
            breakLine(level)
            output.append(UInt8(ascii: "]"))
        case .object(let object):
            guard object.count > 0 else { return append("{}") }
            try check(level)
            output.append(UInt8(ascii: "{"))
            for (index, member) in object.members.enumerated() {
                separate(index, level + 1)
                try write(member.key)
                append(layout.indent == nil ? ":" : ": ")
                try write(member.value, level: level + 1)
            }
            breakLine(level)
            output.append(UInt8(ascii: "}"))
        }
    }

    private func check(_ level: Int) throws(Failure) {
        if level >= JSON.depthLimit {
            throw .operation("a value nested more than \(JSON.depthLimit) levels deep cannot be written")
        }
    }

    private mutating func separate(_ index: Int, _ level: Int) {
        if index > 0 { output.append(UInt8(ascii: ",")) }
        breakLine(level)
    }

    private mutating func breakLine(_ level: Int) {
        guard let indent = layout.indent else { return }
        output.append(0x0a)
        output.append(contentsOf: repeatElement(0x20, count: indent * level))
    }

    private mutating func write(_ string: ByteString) throws(Failure) {
        output.append(UInt8(ascii: "\""))
        for (index, byte) in string.bytes.enumerated() {
            if index & 0xf_ffff == 0xf_ffff { try cancellation?.check() }
            switch byte {
            case UInt8(ascii: "\""): append("\\\"")
            case UInt8(ascii: "\\"): append("\\\\")
            case 0x08: append("\\b")
            case 0x09: append("\\t")
            case 0x0a: append("\\n")
            case 0x0c: append("\\f")
            case 0x0d: append("\\r")
            case ..<0x20, 0x7f:
                append("\\u00")
                output.append(hexadecimalDigit(byte >> 4))
                output.append(hexadecimalDigit(byte & 15))
            default: output.append(byte)
            }
        }
        output.append(UInt8(ascii: "\""))
    }

    private func hexadecimalDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }

    private mutating func append(_ text: String) { output.append(contentsOf: text.utf8) }
}
