import Charts
import LuaKit
import Support
import Tables
import Tensors

/// Numbers with holes, as charts take them: nil, null and what is no number leave a gap.
struct PlotNumbers {
    /// The numbers, NaN where there is none.
    let filled: [Double]

    /// The numbers of a list, column or tensor called `name`.
    init(_ value: LuaValue, name: String) throws(Failure) {
        if case .object(let object) = value, let tensor = object.get(Tensor.self) {
            self = try PlotNumbers(tensor, name: name)
        } else {
            self = try PlotNumbers(Column.from(value, name: name).numbers(named: name))
        }
    }

    private init(_ filled: [Double]) { self.filled = filled }

    init(_ tensor: Tensor, name: String) throws(Failure) {
        guard tensor.rank == 1 else {
            throw .argument(name, expected: "tensor of 1 dimension [n]", got: "shape \(tensor.shape)")
        }
        filled = try tensor.values(as: Double.self)
    }

    /// The numbers, nil where there is none.
    var values: [Double?] { filled.map { $0.isNaN ? nil : $0 } }
}

/// Names as charts take them: texts, or numbers as they are written.
struct PlotLabels {
    let texts: [String]

    init(_ value: LuaValue, name: String) throws(Failure) {
        let column = try Column.from(value, name: name)
        texts = (0..<column.count).map { column.isNull($0) ? "" : column.text($0) }
    }
}

extension ParameterType {
    /// A list, column or tensor of numbers, in which nil leaves a gap.
    static let plotNumbers = ParameterType.custom("numbers", expected: "list, column or tensor of numbers") {
        (argument) throws(Failure) -> PlotNumbers? in
        if let tensor = argument.object(Tensor.self) { return try PlotNumbers(tensor, name: "x") }
        guard argument.kind == .table || argument.object != nil else { return nil }
        return try PlotNumbers(try argument.value(), name: "x")
    }

    /// A list or column of names.
    static let plotLabels = ParameterType.custom("labels", expected: "list or column of names") {
        (argument) throws(Failure) -> PlotLabels? in
        guard argument.kind == .table || argument.object != nil else { return nil }
        return try PlotLabels(try argument.value(), name: "labels")
    }

    /// Records, or a table whose columns are named like their fields.
    static let records = ParameterType.custom("records", expected: "list of records or data.Table") {
        (argument) throws(Failure) -> RecordList? in try RecordList(try argument.value())
    }

    /// How numbers are written.
    static let numberFormat = ParameterType.choice(["number", "percent", "signed", "signed_percent"])
}

/// Records of a script: a list of tables with names, or the rows of a table.
struct RecordList {
    let records: [Record]

    init?(_ value: LuaValue) throws(Failure) {
        if case .object(let object) = value, let data = object.get(DataTable.self) {
            let table = data.table
            records = (0..<table.rowCount).map { row in
                Record(
                    place: "row \(row + 1)",
                    fields: zip(table.names, table.columns).map { ($0, LuaValue($1[row])) })
            }
            return
        }
        guard case .table(let table) = value, table.fields.isEmpty else { return nil }
        var records: [Record] = []
        for (index, element) in table.list.enumerated() {
            guard case .table(let fields) = element, fields.list.isEmpty else { return nil }
            records.append(Record(place: "record \(index + 1)", fields: fields.named))
        }
        self.records = records
    }
}

extension Call {
    /// The records given as the parameter `name`, none where it is missing.
    func records(_ name: String) throws(Failure) -> [Record] {
        (try converted(ifGiven: name, RecordList.self)?.records ?? []).map { record in
            var record = record
            record.parameter = name
            return record
        }
    }
}

/// One record, whose fields are checked as they are read.
struct Record {
    /// Where it stands, for messages.
    let place: String
    let fields: [(name: String, value: LuaValue)]
    /// The parameter it came by.
    var parameter = "rows"

    subscript(name: String) -> LuaValue? {
        guard let value = fields.first(where: { $0.name == name })?.value, !value.isNil else { return nil }
        if case .object(let object) = value, object.luaClass.name == "json.null" { return nil }
        return value
    }

    /// Refuses fields that nothing would read.
    func check(_ names: [String]) throws(Failure) {
        for (name, _) in fields where !names.contains(name) {
            let hint = nearest(to: name, in: names).map { "did you mean '\($0)'?" }
            throw .argument(
                parameter, expected: "fields \(names.joined(separator: ", "))", got: "'\(name)' in \(place)", hint: hint
            )
        }
    }

    func number(_ name: String) throws(Failure) -> Double? {
        guard let value = self[name] else { return nil }
        guard let number = value.double else { throw wrong(name, "a number", value) }
        return number
    }

    func string(_ name: String) throws(Failure) -> String? {
        guard let value = self[name] else { return nil }
        if let text = value.text { return text }
        if let number = value.double { return numberText(number) }
        throw wrong(name, "a string", value)
    }

    func boolean(_ name: String) throws(Failure) -> Bool {
        guard let value = self[name] else { return false }
        guard let flag = value.bool else { throw wrong(name, "true or false", value) }
        return flag
    }

    func tone(_ name: String = "tone") throws(Failure) -> Tone {
        guard let word = try string(name) else { return .neutral }
        guard let tone = Tone(rawValue: word) else {
            throw .argument(parameter, expected: "a tone (neutral, good, bad, caution)", got: "'\(word)' in \(place)")
        }
        return tone
    }

    /// Says that a field is missing which must be there.
    func lacks(_ name: String, _ expected: String) -> Failure {
        .argument(parameter, expected: "\(expected) for '\(name)'", got: "nothing in \(place)")
    }

    private func wrong(_ name: String, _ expected: String, _ value: LuaValue) -> Failure {
        .argument(parameter, expected: "\(expected) for '\(name)'", got: "\(value.typeName) in \(place)")
    }
}

extension NumberStyle {
    /// The style that a format's name stands for.
    init(format: String) {
        self.init(format.hasSuffix("percent") ? .percent : .plain, isSigned: format.hasPrefix("signed"))
    }
}
