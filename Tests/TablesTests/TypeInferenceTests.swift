import Support
import Testing

@testable import Tables

@Suite struct TypeInferenceTests {
    private func typed(_ texts: [String?]) throws -> Column {
        try TypeInference.typed(try Column(texts.map { $0.map(Value.text) ?? .null }, name: "c"))
    }

    @Test(
        arguments: [
            (["1", "-2", nil], "int64"), (["9223372036854775807", "-9223372036854775808"], "int64"),
            (["9223372036854775808"], "varchar"), (["007"], "varchar"), (["+1"], "varchar"), (["-0"], "varchar"),
            (["1,5"], "varchar"),
            (["0", "0.5"], "double"), (["1e3", ".5", "-1.5E-3"], "double"), (["1."], "varchar"), (["00.5"], "varchar"),
            (["1e"], "varchar"),
            (["1", "nan"], "double"), (["nan"], "varchar"), (["0.5", "-inf", "inf"], "double"),
            (["9007199254740993", "0.5"], "varchar"),
            (["true", "FALSE", nil], "boolean"), (["t", "f"], "varchar"), (["true", "1"], "varchar"),
            (["2024-02-29"], "date"), (["2023-02-29"], "varchar"), (["2024-2-9"], "varchar"),
            (["01/02/2024"], "varchar"), (["20240101"], "int64"),
            (["2024-01-01 10:00"], "timestamp"), (["2024-01-01T10:00:00.123456"], "timestamp"),
            (["2024-01-01T10:00:00.1234567"], "varchar"),
            (["2024-01-01T10:00:00Z", "2024-01-01 10:00:00+08"], "timestamptz"),
            (["2024-01-01T10:00:00Z", "2024-01-01 10:00:00"], "varchar"),
            (["2024-01-01", "2024-01-01 10:00"], "varchar"), (["25:00"], "varchar"), ([nil, nil], "varchar"),
            ([""], "varchar"), ([" 1"], "varchar"),
        ] as [([String?], String)])
    func findsTypes(_ texts: [String?], _ type: String) throws {
        let column = try typed(texts.allSatisfy { $0 == nil } ? texts + [""] : texts)
        #expect(column.type.name == type)
    }

    @Test func losesNothing() throws {
        var generator = SeededGenerator(seed: 3)
        let integers = (0..<500).map { _ in Int64(truncatingIfNeeded: generator.next()) >> Int64(generator.below(64)) }
        #expect(try typed(integers.map(String.init)).layoutValues == integers.map(Value.integer))
        let numbers = (0..<500).map { _ in generator.normal() }
        #expect(try typed(numbers.map { "\($0)" }).layoutValues == numbers.map(Value.number))
        let days = (0..<500).map { _ in Int32(generator.below(200_000)) - 60_000 }.map(CivilTime.dateText)
        #expect(try typed(days).type == .date)
        #expect(try typed(days).layoutValues == days.map(Value.text))
        let moments = (0..<500).map { _ in Int64(generator.below(1 << 52)) - (1 << 51) }
        let texts = moments.map { CivilTime.timestampText($0, .microsecond, zone: nil) }
        #expect(try typed(texts).layoutValues == texts.map(Value.text))
    }
}

extension Column {
    fileprivate var layoutValues: [Value] { (0..<count).map { self[$0] } }
}
