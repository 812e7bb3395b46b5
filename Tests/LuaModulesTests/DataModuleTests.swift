import Foundation
import LuaKit
import LuaModules
import Support
import Tables
import Testing

@Suite struct DataTableTests {
    /// Runs a script in a state of its own and gives its results as text, or the message it failed with.
    static func run(_ code: String) throws -> String {
        let state = try LuaModules.makeState()
        switch state.run(code, name: "@t.lua") {
        case .values(let values): return values.map(words).joined(separator: " ")
        case .failure(let message, _): return message
        case .syntaxError(let message, _): return message
        case .interrupted: return "interrupted"
        }
    }

    private static func words(_ value: LuaValue) -> String {
        switch value {
        case .nil: "nil"
        case .boolean(let value): String(value)
        case .integer(let value): String(value)
        case .number(let value): numberText(value)
        case .string: value.text ?? ""
        case .table(let table):
            "{"
                + (table.list.map(words) + table.fields.map { "\(words($0.key))=\(words($0.value))" }).joined(
                    separator: ",") + "}"
        default: value.typeName
        }
    }

    private static let sample = """
        local t = data.table({price = {1.5, 2, 4}, city = {"北京", "上海", "x"}, n = {1, nil, 3}}, {columns = {"city", "price", "n"}})
        """

    @Test(arguments: [
        ("return t.price:sum(), t.price:mean(), t.price:min(), t.price:max()", "7.5 2.5 1.5 4.0"),
        ("return t.price:var(), t.price:std{ddof = 0} > 1, data.table({n = {1, 2}}).n:sum()", "1.75 true 3"),
        ("return t.n:sum{nulls = 'skip'}, t.n:mean{nulls = 'skip'}, t.n:max{nulls = 'skip'}", "4 2.0 3"),
        ("return (t.price + 1):totable(), (1 - t.price):totable()", "{2.5,3.0,5.0} {-0.5,-1.0,-3.0}"),
        ("return (t.price / t.price):sum(), (-t.price):sum(), (t.price ^ 2)[2]", "3.0 -7.5 4.0"),
        ("return t.price:median(), t.price:quantile(0.25), t.n:median{nulls = 'skip'}", "2.0 1.75 2.0"),
        ("return t.city:map({['北京'] = 'north', x = 'other'}, {default = 'south'})[2]", "south"),
        ("return t.n:map({'one', nil, 'three'}):totable()", "{one,3=three,n=3}"),
        ("return data.table({x = {1.0, 2.0}}).x:map({10, 20}):totable()", "{10,20,n=2}"),
        ("return t.price:map(function(x) if x > 1.5 then return x * 10 end end):totable()", "{2=20.0,3=40.0,n=3}"),
        (
            "return t[t.price:gt(1.5)].city:totable(), #t[tensor{1, 1}], t[t.price:gt(9)].columns",
            "{上海,x,n=2} 2 {city,price,n}"
        ),
        ("return t.price[t.city:eq('x')][1], t.n[tensor{-1}][1], #t.city[~t.price:gt(2)]", "4.0 3 2"),
        ("return #t:index(t.price:gt(1.5)), t:index(t.city:eq('x')).price[1]", "2 4.0"),
        ("return t.city:ne('x'):totable(), t.city:eq(t.city):totable()", "{true,true,false} {true,true,true}"),
        ("return t.n:gt(0, {nulls = 'skip'}):totable(), t.n:ne(0, {nulls = 'skip'})[2]", "{true,false,true} false"),
        (
            "return t.price:ge(t.n, {nulls = 'skip'}):totable(), t.price:lt({2, 2, 9}):totable()",
            "{true,false,true} {true,false,true}"
        ),
        ("return (t.price:gt(1) & t.price:lt(3)):totable()", "{true,true,false}"),
        ("t.ok = t.price:gt(1.5) return t.ok.type, t.ok:sum(), (~t.ok):sum(), t.ok:eq(true):sum()", "boolean 2 1 2"),
    ])
    func columnsCompute(code: String, expected: String) throws {
        #expect(try Self.run("\(Self.sample) \(code)") == expected)
    }

    @Test(arguments: [
        (
            "t.price > 0",
            "t.lua:1: '>' gives one boolean in Lua and cannot compare the elements of a data.Column (use c:gt(0))"
        ),
        ("t.price <= 2.5", "(use c:le(2.5))"), ("0 >= t.price", "(use c:le(0))"),
        ("t.price < t.price", "(use c:lt(other))"),
        ("tensor{1} > 0", "elements of a tensor (use t:gt(0))"), ("t.city > 'a'", "(use c:gt('a'))"),
        (
            "t.city:mean()",
            "to data.Column:mean: a column of numbers or booleans expected, got one of type varchar (turn it into"
        ),
        ("t.city + 1", "a column of numbers or booleans expected, got one of type varchar"),
        ("t.n:mean()", "got NULL in row 2 ({nulls = \"skip\"} leaves such rows out)"),
        ("t.n:gt(0)", "got NULL in row 2 ({nulls = \"skip\"} says false of such rows)"),
        ("t.n + 1", "got NULL in row 2"),
        ("t.city:eq(5)", "string or column of text, as the column is of type varchar expected, got 5"),
        ("t.price:eq('x')", "got 'x'"), ("t.price:gt(t.city)", "got a column of type varchar"),
        ("t.price:cumsum()", "a data.Column has no member 'cumsum' (a tensor has one: c:tensor():cumsum(...))"),
        ("t.price:gt({1, 2})", "shape"),
        ("t.city:map({x = 1})", "an entry for every value expected, got none for 北京 in row 1 ({default = ...}"),
        (
            "t.city:map(print, {default = 1})",
            "bad argument 'default' to data.Column:map: nothing beside a function expected"
        ),
        ("data.table({c = {{1, 2}}}).c:map({[print] = 'wrong'})", "got none for [1, 2] in row 1"),
        ("t[{1, 3}]", "no member table with 2 elements (t:index{...} takes a list of rows)"),
        ("t.city:map(5)", "bad argument 'mapping' to data.Column:map: table or function expected, got 5"),
        ("t.city:map(function() return print end)", "plain values expected, got function"),
        ("t.city:map(function() error('no') end)", "no"),
        ("t.city:median()", "a column of numbers or booleans expected"),
        ("data.table({a = {}}).a:median()", "bad argument 'column' to data.Column:median"),
        ("t.price:quantile(2)", "number from 0 to 1 expected, got 2"),
        ("t[t.city == 'x']", "a table has columns and rows, no member false (== compares whole columns; c:eq(value)"),
        ("t:index(t.city == 'x')", "got false (== compares whole columns"),
        ("t.city[true]", "(== compares whole columns"), ("t[tensor{4}]", "row numbers from 1 to 3 expected, got 4"),
        (
            "t:groupby('city')",
            "the table has no column 'groupby' (t:sql(\"select a, avg(b) from this group by a\"); its columns: 'city', 'price', 'n')"
        ),
        ("t.price:value_counts()", "has no member 'value_counts' (t:sql("),
        ("t.Price:sort()", "did you mean 'price'?"),
    ])
    func columnsRefuse(code: String, expected: String) throws {
        let message = try Self.run("\(Self.sample) return \(code)")
        #expect(message.contains(expected), "\(message)")
    }

    @Test(arguments: [
        ("return #t, t.columns", "3 {city,price,n}"),
        ("return t.city[1], t['city'][-1], t:column('price')[2]", "北京 x 2.0"),
        ("return t.n[2], t.n[4], t.n[0], #t.n, t.n.type, t.city.type, t.n.nulls", "nil nil nil 3 int64 varchar 1"),
        ("return t[1], t[2], t[-1].city, t[4]", "{city=北京,n=1,price=1.5} {city=上海,price=2.0} x nil"),
        ("local s = 0 for i, row in ipairs(t) do s = s + row.price end return s", "7.5"),
        ("local s = 0 for row in t:rows() do s = s + row.price end return s", "7.5"),
        ("return t.n:totable()", "{1,3=3,n=3}"),
        ("return t.price:totable(), t.n:totable(0)", "{1.5,2.0,4.0,n=3} {1,0,3,n=3}"),
        ("return #t:head(2), #t:head(), #t:head(0)", "2 3 0"),
        ("return t.price:tensor():sum(), t.price:tensor().dtype", "7.5 float64"),
        ("return t:tensor{'price', 'price'}.shape", "{3,2}"),
        ("return t:index({3, 1}).city[1], #t:index(t.price:tensor():gt(1.5))", "x 2"),
        ("return t:index({true, false, true}).city:totable()", "{北京,x,n=2}"),
        (
            "local d = data.table({x = {0/0, 1, -(0/0), 1, -0.0}}):describe() return d.distinct[1], d.count[1], d.max[1]",
            "3 5 1.0"
        ),
        ("t.segment = {3, 1, 2} t.price = nil return t.columns, t.segment[1]", "{city,n,segment} 3"),
        ("t.segment = tensor({1, 0, 1}) return t.segment.type, t.segment[2]", "float 0.0"),
        ("t.city = 'one' return t.city:totable()", "{one,one,one,n=3}"),
        ("t.copy = t.city return t.copy[2]", "上海"),
        (
            "local d = t:describe() return d.columns[1], d[2].mean, d[3].nulls, d[1].distinct, d[2].max",
            "column 2.5 1 3 4.0"
        ),
        (
            "local rows = data.table({{a = 1, b = 'x'}, {b = 'y'}}) return rows.columns, rows.a[2], rows.b[2]",
            "{a,b} nil y"
        ),
        ("return #data.table({}), data.table({a = {}}).columns", "0 {a}"),
        ("return data.table({l = {{1, 2}, {3}}}).l[1], data.table({l = {{1}}}).l.type", "{1,2} int64[]"),
        (
            "return tostring(t.columns and data.table({a = {1}}))",
            "┌───────┐\n│   a   │\n│ int64 │\n├───────┤\n│     1 │\n└───────┘\n1 row, 1 column"
        ),
    ])
    func answers(_ code: String, _ expected: String) throws {
        let result = try DataTableTests.run("\(DataTableTests.sample) \(code)")
        #expect(result == expected)
    }

    @Test(arguments: [
        ("return t.prize", "t.lua:1: the table has no column 'prize' (did you mean 'price'?)"),
        ("return t.xyzzy", "t.lua:1: the table has no column 'xyzzy' (its columns: 'city', 'price', 'n')"),
        (
            "return t:column('citi')",
            "t.lua:1: bad argument 'name' to data.Table:column: a column of this table expected, got 'citi' (did you mean 'city'?)"
        ),
        (
            "t.x = {1, 2, 3, 4}",
            "t.lua:1: bad argument 'x' to data.Table assignment: 3 values (the number of rows) expected, got 4"
        ),
        ("t.x = {1, 'a', 3}", "bad argument 'x'"),
        ("t.x = print", "bad argument 'x'"),
        ("data.read '~/no such.csv'", "\(Folders.home)/no such.csv"),
        (
            "t.x = ({'a', 'b'})[t.n]",
            "column 'x' is set to nil (which removes a column, and there is none of that name)"
        ),
        (
            "return data.table({a = {1}, b = {1, 2}})",
            "bad argument 'b' to data.table: 1 value (as many as 'a' has) expected, got 2"
        ),
        (
            "return data.table({a = {1}}, {columns = {'b'}})",
            "bad argument 'columns' to data.table: all columns in order expected"
        ),
        (
            "return t.n:tensor()",
            "bad argument 'column' to data.Column:tensor: a column without nulls expected, got NULL in row 2"
        ),
        (
            "return t:tensor{'city'}",
            "bad argument 'city' to data.Table:tensor: a column of numbers or booleans expected, got one of type varchar"
        ),
        ("return data.table({a = {'\\xff'}})", "text in UTF-8 expected, got other bytes in row 1"),
        ("return t:index({4})", "bad argument 'rows' to data.Table:index: row numbers from 1 to 3 expected, got 4"),
        ("return t:index({math.mininteger})", "row numbers from 1 to 3 expected, got -9223372036854775808"),
        ("return t:index({true, false})", "a mask of 3 booleans (the number of rows) expected, got 2"),
        ("return t:index({true, 1, 2})", "list or tensor of row numbers, or of a boolean for each row expected"),
    ])
    func refuses(_ code: String, _ expected: String) throws {
        let message = try DataTableTests.run("\(DataTableTests.sample) \(code)")
        #expect(message.contains(expected), "\(message)")
    }

    @Test func hintsAtNamesThatAreNoLuaNames() throws {
        let message = try DataTableTests.run("return data.table({['城市'] = {1}}).city")
        #expect(message.hasSuffix("the table has no column 'city' (its columns: '城市'; write t[\"城市\"])"), "\(message)")
    }
}

@Suite(.enabled(if: DuckDB.isInstalled)) struct DataModuleTests {
    private func run(_ code: String) throws -> String { try DataTableTests.run(code) }

    @Test func runsEveryExample() throws {
        for signature in LuaModule.dataSignatures {
            guard let example = signature.example else { continue }
            #expect(try run(example.code) == example.output, "\(signature.name)")
        }
    }

    /// Texts are read as the moments that they write, however many decimals and whatever zone they have.
    @Test(arguments: [
        ("d", "gt", "2024-02-01", "{false,true}"), ("d", "eq", "2024-11-05", "{false,true}"),
        ("t", "eq", "2024-11-05 10:00:00.5", "{false,true}"), ("t", "ge", "2024-11-05 10:00", "{false,true}"),
        ("t", "lt", "2024-11-05T10:00:00.500001", "{true,true}"), ("t", "gt", "2024-11-05", "{false,true}"),
        ("z", "ge", "2024-11-05 18:00:00.25+08:00", "{false,true}"), ("z", "le", "2024-01-01", "{true,false}"),
        ("z", "eq", "2024-11-05T10:00:00.25Z", "{false,true}"),
        (
            "d", "gt", "2024-2-1",
            "bad argument 'other' to data.Column:gt: date as in '2024-01-31' expected, got '2024-2-1'"
        ),
        ("d", "lt", "soon", "date as in '2024-01-31' expected, got 'soon'"),
        ("t", "gt", "2024-11-05 10:00Z", "moment without a time zone expected"),
        ("t", "ne", "10:00", "moment as in '2024-01-31' or '2024-01-31 09:30:00' expected, got '10:00'"),
    ])
    func datesAreComparedAsMoments(_ column: String, _ comparison: String, _ text: String, _ expected: String) throws {
        let code = """
            local t = data.sql([[select * from (values
                (date '2024-02-01', timestamp '1500-01-01', timestamptz '2023-01-01 00:00:00+00'),
                (date '2024-11-05', timestamp '2024-11-05 10:00:00.5', timestamptz '2024-11-05 10:00:00.25+00')) as v(d, t, z) order by d]])
            return t.\(column):\(comparison)('\(text)'):totable()
            """
        let result = try run(code)
        #expect(result.contains(expected), "\(result)")
    }

    /// Columns of dates, of timestamps and of texts are compared as moments too.
    @Test(arguments: [
        ("d:eq(t.s)", "{true,false}"), ("s:eq(t.d)", "{true,false}"), ("d:lt(t.s)", "{false,true}"),
        ("s:lt(t.d)", "{false,false}"), ("d:eq(t.t)", "{true,false}"), ("t:gt(t.d)", "{false,true}"),
        ("s:ge(t.t)", "{true,true}"), ("z:le(t.s)", "{true,true}"),
        ("d:lt(t.z)", "a column without a time zone expected"),
        ("z:gt(t.w)", "{false,true}"), ("d:gt(t.w)", "moment without a time zone"),
        (
            "word:gt(t.d)",
            "bad argument 'column' to data.Column:gt: date as in '2024-01-31' expected, got 'soon' in row 1"
        ),
        ("d:gt(t.word)", "date as in '2024-01-31' expected, got 'soon' in row 1"),
        ("d:gt(t.holed, {nulls = 'skip'})", "{false,false}"),
    ])
    func columnsOfDatesAreComparedAsMoments(_ comparison: String, _ expected: String) throws {
        let code = """
            local t = data.sql([[select * from (values
                (date '2024-02-01', timestamp '2024-02-01', timestamptz '2023-01-01 00:00:00+00', '2024-02-01', '2023-01-01 08:00+08:00',
                    'soon', null),
                (date '2024-11-05', timestamp '2024-11-05 10:00:00.5', timestamptz '2024-11-05 10:00:00.25+00', '2024-11-06',
                    '2024-11-05 10:00Z', 'late', '2024-11-05')
                ) as v(d, t, z, s, w, word, holed) order by d]])
            return t.\(comparison):totable()
            """
        let result = try run(code)
        #expect(result.contains(expected), "\(result)")
    }

    /// What a column shows is a moment that it is compared with.
    @Test(arguments: [
        "date '2024-02-29'", "'infinity'::date", "'-infinity'::date", "timestamp '2024-01-01 10:00:00.25'",
        "timestamp_s '2024-01-01 10:00:01'",
        "timestamp_ms '2024-01-01 10:00:00.125'", "'2024-01-01 10:00:00.123456789'::timestamp_ns",
        "timestamptz '2024-01-01 10:00:00.5+00'", "'2024-01-01 10:00:00.1234567'::timestamp_ns",
    ])
    func momentsEqualTheirOwnText(_ value: String) throws {
        let code = "local c = data.sql([[select \(value) as c]]).c"
        let result = try run("\(code) return c:eq(c[1]):totable(), c:ge(c[1]):totable(), c:lt(c[1]):totable()")
        #expect(result == "{true} {true} {false}")
    }

    /// NaN stays a number in CSV, whatever its sign, and is null in JSON, which has none.
    @Test func valuesThatAreNotFiniteAreReadAgain() throws {
        let table = "local t = data.table{a = {0/0, -(0/0), 1.5, 1/0}, ['b \"c'] = {1, 2, 3, 4}}"
        func written(_ ending: String, _ then: String) throws -> String {
            try run("\(table) local path = os.tmpname() .. '\(ending)' data.write(t, path) \(then)")
        }
        #expect(
            try written(
                ".csv",
                "local r = data.read(path) os.remove(path) return r.a.type, r.a[2] ~= r.a[2], r.a[4], #r.columns")
                == "double true inf 2")
        #expect(
            try written(
                ".json",
                "local r = json.decode(io.open(path):read('a')) os.remove(path) return #r, r[1].a == json.null, r[3].a, r[4]['b \"c']"
            )
                == "4 true 1.5 4")
        #expect(
            try written(".jsonl", "local r = data.read(path) os.remove(path) return r.a[1], r.a[3], r.a[4]")
                == "nil 1.5 nil")
        #expect(
            try run(
                """
                local path = os.tmpname() .. '.csv'
                io.open(path, 'w'):write('a\\n-nan\\n1.5\\n'):close()
                local r = data.read(path) os.remove(path) return r.a.type
                """) == "double")
    }

    @Test func asksTablesWithSQL() throws {
        let tables =
            "local u = data.table({id = {1, 2}, name = {'a', 'b'}}) local o = data.table({id = {2, 2}, v = {10, 20}})"
        #expect(
            try run(
                "\(tables) local r = data.sql('select name, sum(v) as v from u join o using (id) group by name', nil, {tables = {u = u, o = o}}) return r.name[1], r.v[1], #r"
            )
                == "b 30 1")
        #expect(try run("\(tables) return data.sql('select count(*) as n from u', {u = u}).n[1]") == "2")
        #expect(
            try run("\(tables) return u:sql('select count(*) as n from this join o using (id)', {o = o}).n[1]") != "0")
        let unknown = try run("\(tables) return data.sql('select * from u')")
        #expect(unknown.contains("write data.sql(query, {tables = {u = u}})"), "\(unknown)")
        #expect(try run("g = data.table{a = {1}} return data.sql('select * from g')").contains("{tables = {g = g}}"))
        #expect(
            try run("\(tables) return (function() return u and data.sql('select * from u') end)()").contains("{u = u}"))
        #expect(try run("\(tables) return u:sql('select * from u')").contains("this table is called `this` here"))
        #expect(try run("\(tables) return u:sql('select * from o')").contains("write t:sql(query, {tables = {o = o}})"))
        #expect(try !run("return data.sql('select * from math')").contains("tables = {"))
        #expect(try run("\(tables) return data.sql('select count(*) as n from u', {tables = {u = u}}).n[1]") == "2")
        #expect(try run("\(tables) return data.sql('select count(*) as n from tables', {tables = u}).n[1]") == "2")
        #expect(try run("\(tables) return o:sql('select count(*) as n from tables', {tables = u}).n[1]") == "2")
        #expect(
            try run("\(tables) return u:sql('select * from this where name = ?', {\"b' or 1=1\"}).columns")
                == "{id,name}")
        #expect(try run("return data.sql('select ? as a, ? as b', {1, nil, n = 2}).a[1]") == "1")
        #expect(
            try run("return data.sql('select ? as a')").contains(
                "bad argument 'params' to data.sql: 1 value (the number of the query's parameters) expected, got 0"))
        #expect(try run("return data.sql('  ')").contains("bad argument 'query' to data.sql: SQL expected"))
        #expect(
            try run(
                "return data.sql(\"select 12.50::decimal(10,2) as d, 3::decimal(5,1) as e, 170141183460469231731687303715884105727::hugeint as h\")[1]"
            ) == "{d=12.5,e=3,h=1.7014118346047e+38}")
        #expect(
            try run(
                "return data.sql(\"select date '2024-02-29' as d, timestamptz '2024-01-01 10:00:00+08' as t, [1, null, 2] as l\")[1].t"
            ) == "2024-01-01T02:00:00Z")
        // Repaired, it would ask for something else.
        for code in [#"data.sql("select '\xff'")"#, #"data.table({a = {1}}):sql("select '\xff'")"#] {
            let refusal = try run("return " + code)
            #expect(refusal.contains("bad argument 'query'") && refusal.contains("SQL in UTF-8 expected"))
        }
        #expect(try run("return data.sql('select 1', {1})").contains("bad argument 'params' to data.sql: no values"))
        let message = try run("return data.sql('selec 1')")
        #expect(message.hasPrefix("t.lua:1: ") && message.contains("syntax error at or near \"selec\""), "\(message)")
    }

    @Test func readsAndWrites() throws {
        let path = NSTemporaryDirectory() + "cohort-data-\(UUID().uuidString).csv"
        defer { try? FileManager.default.removeItem(atPath: path) }
        #expect(
            try run(
                "data.write(data.table({a = {1, 2}, b = {'x', nil, n = 2}}), '\(path)') local t = data.read('\(path)') return #t, t.columns, t.b[1], t.b[2]"
            )
                == "2 {a,b} x nil")
        #expect(try run("return data.read('\(path)', {names = {'x', 'y'}}).columns") == "{x,y}")
        #expect(try run("return data.read('\(path)', {format = 'xls'})").contains("bad argument 'format' to data.read"))
        #expect(
            try run("return data.read('nowhere.csv')").contains(
                "nowhere.csv: cannot be opened: No such file or directory"))
    }

    @Test func connectsToADatabase() throws {
        let path = NSTemporaryDirectory() + "cohort-data-\(UUID().uuidString).db"
        defer { try? FileManager.default.removeItem(atPath: path) }
        #expect(
            try run(
                """
                local db <close> = data.connect{driver = "duckdb", uri = "\(path)"}
                db:write(data.table({a = {1, 2}}), "t")
                db:write(data.table({a = {1, 2, 3}}), "t", {replace = true})
                return db:tables(), db:sql("select sum(a) as s from t where a > ?", {1}).s[1]
                """) == "{t} 5")
        #expect(try run("local db = data.connect{driver = 'duckdb'} db:close() return db:tables()").contains("closed"))
        #expect(try run("return data.connect{driver = 'nosuch'}").contains("bad argument 'driver'"))
    }
}

extension LuaModule {
    /// What the module `data` declares.
    fileprivate static var dataSignatures: [Signature] {
        LuaModules.modules.first { $0.name == "data" }?.signatures ?? []
    }
}
