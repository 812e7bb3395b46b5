import Display
import LuaKit
import Support
import Tables
import Tensors

extension Column: LuaVisible {
    /// A column as scripts see it.
    public static let luaClass: LuaClass = LuaClass(
        "data.Column", for: Column.self,
        """
        A column of a table: values of one type. c[i] is row i (nil for a null), c[mask] the column of the rows where a mask is true or \
        whose numbers a tensor holds, #c the number of rows. It never changes. Operators make a tensor of it, as tensor() does: c + 1, c / d.
        """,
        methods: [totable, tensor] + ColumnMethods.all,
        fields: [
            Field(
                "type", "string",
                "The type's name, which SQL understands too: \"int64\", \"double\", \"varchar\", \"date\" ..."
            ) {
                (column: Column) in .string(column.type.name)
            },
            Field("nulls", "integer", "How many rows are null.") { (column: Column) in .integer(column.nullCount) },
        ],
        index: { call throws(Failure) in
            let column = try call.receiver(Column.self)
            let key = call.argument(2)
            guard let position = key.integer else {
                guard let choice = try RowChoice(objectAt: key) else { throw noMember(key) }
                return .object(try column.selecting(try choice.rows(of: column.count)))
            }
            let row = position > 0 ? position - 1 : column.count + position
            // nil past the end, so that ipairs ends there.
            return position != 0 && row >= 0 && row < column.count ? LuaValue(column[row]) : .nil
        },
        length: { call throws(Failure) in .integer(try call.receiver(Column.self).count) },
        operators: TensorOperators.all,
        display: { $0.text(width: ScreenWidth.current) })

    /// What only a tensor can do is a word away.
    private static func noMember(_ key: Argument) -> Failure {
        let failure = luaClass.noMember(key)
        guard let name = key.text else { return .operation(failure.problem, hint: RowChoice.hint(for: key)) }
        if let other = ForeignHabit.substitute(forColumnMember: name) {
            return .operation(failure.problem, hint: other)
        }
        guard Tensor.luaClass.memberNames.contains(name) else { return failure }
        return .operation(failure.problem, hint: "a tensor has one: c:tensor():\(name)(...)")
    }

    private static let totable = Signature(
        "data.Column:totable",
        "The values as a Lua list whose field `n` is the number of rows. A null is a hole, or the value given for it.",
        parameters: [.optional("fill", .any, "what stands for a null, for example json.null")],
        returns: [.init("list", "the values")],
        example: .init("return data.table({n = {1, 2}}).n:totable()[2]", output: "2")
    ) { call throws(Failure) in
        let column = try call.receiver(Column.self)
        let fill: LuaValue = call.argument(2).isNil ? .nil : .argument(2)
        var entries: [(key: LuaValue, value: LuaValue)] = []
        entries.append((.string("n"), .integer(column.count)))
        return .table(LuaTable(list: (0..<column.count).map { LuaValue(column[$0], fill: fill) }, fields: entries))
    }

    private static let tensor = Signature(
        "data.Column:tensor",
        """
        The numbers as a tensor of shape [n], or [n, d] for lists of d numbers. Where the types agree and there are no nulls it shares \
        the column's memory.
        """,
        options: [
            .optional(
                "dtype", .choice(DType.allCases.map(\.rawValue)), standing: "the column's own", "type of the elements"),
            .optional("nulls", .choice(["error", "nan"]), default: "error", "what a null becomes"),
        ],
        returns: [.init("tensor", "the numbers")],
        example: .init("return data.table({n = {1, 2, 3}}).n:tensor():sum()", output: "6")
    ) { call throws(Failure) in
        let column = try call.receiver(Column.self)
        let dtype = try call.string(ifGiven: "dtype").flatMap(DType.init(rawValue:))
        let nulls: NullRule = try call.string("nulls") == "nan" ? .nan : .refuse
        return .object(try column.tensor(named: "column", dtype: dtype, nulls: nulls))
    }
}

extension Column: TensorConvertible {
    func tensor() throws(Failure) -> Tensor { try tensor(named: "column") }
}
