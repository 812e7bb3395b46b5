import LuaKit
import Testing

struct CallTests {
    @Test(arguments: [
        ("return toys.group({1,2}, {k=2}).metric", "euclidean"),
        ("return toys.group({1,2}, {k=2.0, seed=7}).seed", "7"),
        ("return toys.group({1,2}, {k=1, tolerance=1}).tolerance", "1.0"),
        ("return toys.sum(1, 2, 3)", "6.0"),
        ("return toys.sum(1, 2, {scale=10})", "30.0"),
        ("return toys.sum()", "0.0"),
        ("return toys.along({}, 2, {keepdim=true})", "2 true"),
        ("return toys.along({}, {keepdim=true})", "nil true"),
        ("return toys.along({})", "nil false"),
        ("return toys.begin{keep=true}", "-1 true"),
        ("return toys.begin{keep=true, seed=3}", "-1 true"),
        ("return toys.begin{1, keep=true}", "1 false"),
        ("return toys.begin{1, 2}", "2 false"),
        ("return toys.begin{}", "0 false"),
        ("return toys.begin({1, 2}, {keep=true})", "2 true"),
        ("return toys.begin(nil, {keep=true})", "-1 true"),
        ("return toys(5)", "called with 5"),
        ("toys.idle() return toys.idle(), (select('#', toys.idle(1, 2)))", "nil 0"),
        // Calls without results end when the next begins: at the same depth, deeper, in a coroutine, after an error.
        (
            """
            local function nest(n)
                toys.idle(n)
                if n == 0 then toys.idle() return 0 end
                local inner = toys.apply(function(m) toys.idle(m) return nest(m) end, n - 1)
                toys.idle()
                pcall(toys.fail) pcall(toys.apply, function() toys.idle() error('x') end)
                local wrapped = coroutine.wrap(function() toys.idle() coroutine.yield(toys.sum(1)) toys.idle() end)
                wrapped() toys.idle() wrapped()
                return inner + toys.sum(n)
            end
            return nest(20)
            """, "210.0"
        ),
        ("return toys.answer", "42"),
        ("return toys.counted(4):plus(toys.counted(5)):get()", "9"),
        ("return toys.counted(4).number", "4"),
        ("return (1 + toys.counted(4) + 2).number", "7"),
        ("return tostring(toys.counted(4))", "counted(4)"),
        ("return toys.apply(function(x) return x * 2 end, 21)", "42"),
        ("return toys.apply(string.upper, 'a')", "A"),
    ])
    func returns(code: String, expected: String) throws { #expect(try result(code) == expected) }

    @Test(arguments: [
        (
            "toys.group({1,2}, {k=500})",
            "test.lua:1: bad argument 'k' to toys.group: integer from 1 to 200 expected, got 500"
        ),
        (
            "\n\ntoys.group({1,2}, {k=3})",
            "test.lua:3: bad argument 'k' to toys.group: integer from 1 to 2 (the number of rows) expected, got 3 (fewer)"
        ),
        (
            "toys.group({1,2})",
            "test.lua:1: bad argument 'k' to toys.group: integer from 1 to 200 expected, got nothing"
        ),
        ("toys.group({1,2}, {ks=2})", "test.lua:1: unknown option 'ks' for toys.group (did you mean 'k'?)"),
        (
            "toys.group({1,2}, {2})",
            "test.lua:1: unknown option '[1]' for toys.group (options: k, metric, tolerance, verbose, seed)"
        ),
        (
            "toys.group({1,'a'}, {k=2})",
            "test.lua:1: bad argument 'x' to toys.group: list of numbers expected, got 'a' at position 2"
        ),
        (
            "toys.group({first=1}, {k=2})",
            "test.lua:1: bad argument 'x' to toys.group: list of numbers expected, got table with names and without a list"
        ),
        (
            "toys.group({1}, {k='2'})",
            "test.lua:1: bad argument 'k' to toys.group: integer from 1 to 200 expected, got '2' "
                + "(a string; tonumber(…) makes a number of it)"
        ),
        (
            "toys.group({1}, {k=3.5})",
            "test.lua:1: bad argument 'k' to toys.group: integer from 1 to 200 expected, got 3.5"
        ),
        (
            "toys.group({1}, {k=0/0})",
            "test.lua:1: bad argument 'k' to toys.group: integer from 1 to 200 expected, got nan"
        ),
        (
            "toys.group({1}, {k=math.huge})",
            "test.lua:1: bad argument 'k' to toys.group: integer from 1 to 200 expected, got inf"
        ),
        (
            "toys.group({1}, {k=1, tolerance=-1})",
            "test.lua:1: bad argument 'tolerance' to toys.group: number from 0 to 1 expected, got -1"
        ),
        (
            "toys.group({1}, {k=1, metric='cosin'})",
            "test.lua:1: bad argument 'metric' to toys.group: one of 'euclidean', 'cosine' expected, got 'cosin' "
                + "(did you mean 'cosine'?)"
        ),
        (
            "toys.group({1}, 2)",
            "test.lua:1: bad argument 'options' to toys.group: table of options expected, got 2 "
                + "(usage: toys.group(x, {k, metric, tolerance, verbose, seed}))"
        ),
        (
            "toys.group({1}, {k=1}, {k=1})",
            "test.lua:1: toys.group takes 1 argument and options, got 3 (usage: toys.group(x, {k, metric, tolerance, verbose, seed}))"
        ),
        (
            "toys.group({1}, {k=0}, nil)",
            "test.lua:1: bad argument 'k' to toys.group: integer from 1 to 200 expected, got 0"
        ),
        (
            "toys.counted(1, 2)",
            "test.lua:1: toys.counted takes 1 argument, got 2 (usage: toys.counted(number))"
        ),
        (
            "toys.counted(1):plus(3)",
            "test.lua:1: bad argument 'other' to counted:plus: counted expected, got 3"
        ),
        (
            "toys.counted(1).plus(3)",
            "test.lua:1: counted:plus is called with a colon, as in x:plus(...); got 3"
        ),
        ("return toys.counted(1).pluss", "test.lua:1: a counted has no member 'pluss' (did you mean 'plus'?)"),
        ("toys.counted(1).x = 2", "test.lua:1: a counted has no field to assign: 'x'"),
        (
            "local c = toys.counted(1) c:close() return c:get()",
            "test.lua:1: this counted was closed and can no longer be used"
        ),
        (
            "local c = toys.counted(1) c:close() return c.number",
            "test.lua:1: this counted was closed and can no longer be used"
        ),
        ("local f = toys.fail\nreturn select(2, pcall(f, 'no'))", "test.lua:2: no"),
    ])
    func refuses(code: String, expected: String) throws { #expect(try result(code) == expected) }

    @Test func passesLuaErrorsThroughSwift() throws {
        let code = "local e = {} local ok, caught = pcall(toys.apply, function() error(e) end) return ok, caught == e"
        #expect(try result(code) == "false true")
        #expect(try result("toys.apply(function() error('boom') end)") == "test.lua:1: boom")
    }

    @Test func copiesNestedTables() throws {
        #expect(try result("return toys.echo({1, {2, b={3}}, a='x'})") == "{1, {2, b={3}}, a=x}")
        #expect(try result("return toys.echo({[1]=1, [2]=2, [4]=4, z=1, y=2, [-1]=0, [1.5]=1})").contains("y=2, z=1}"))
        #expect(try result("local t = {} t.t = t return toys.echo(t)").contains("contains itself"))
        #expect(try result("return #toys.echo('a\\0b\\xff')") == "4")
        #expect(try result("return toys.echo('a\\0b\\xff') == 'a\\0b\\xff'") == "true")
    }
}
