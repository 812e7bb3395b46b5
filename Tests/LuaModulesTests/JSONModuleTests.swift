import LuaKit
import Testing

@testable import LuaModules

@Suite struct JSONModuleTests {
    private let state: LuaState

    init() throws { state = try LuaModules.makeState() }

    private func value(_ source: String) -> LuaValue? { state.value(source) }

    private func failure(_ source: String) -> String { state.failure(source) }

    @Test func `Every kind of value is read`() {
        #expect(value("local t = json.decode('[1, 2.5, \"a\", true, null, {\"k\": []}]') return #t")?.int == 6)
        #expect(value("return math.type(json.decode('[1]')[1])")?.text == "integer")
        #expect(value("return math.type(json.decode('[1.0]')[1])")?.text == "float")
        #expect(value("return json.decode('9223372036854775807') == math.maxinteger")?.bool == true)
        #expect(value("return json.decode('{\"a\":{\"b\":[10,20]}}').a.b[2]")?.int == 20)
        #expect(value("return json.decode('\"\\\\u00e9\\\\ud83d\\\\ude00\"')")?.text == "é😀")
        #expect(value("return json.decode('\\xef\\xbb\\xbf7')")?.int == 7)
        #expect(value("return #json.decode('\"\\\\u0000\\xff\"')")?.int == 2)
    }

    @Test func `Null is one value`() {
        #expect(
            value("return json.decode('null') == json.null and json.decode('[null]')[1] == json.null")?.bool == true)
        #expect(value("return json.null ~= nil and json.null ~= false and json.null ~= 'null'")?.bool == true)
        #expect(value("return rawequal(json.decode('[null]')[1], json.null)")?.bool == true)
        #expect(value("return ({[json.null] = 1})[json.decode('null')]")?.int == 1)
        #expect(value("return tostring(json.null)")?.text == "json.null")
        #expect(value("return json.encode({1, json.null, 3})")?.text == "[1,null,3]")
        #expect(value("return json.encode(nil)")?.text == "null")
    }

    @Test func `Text comes out in one form`() {
        #expect(
            value("return json.encode({b = {1, 2.5, 1e20}, a = 'é\\n\"', [\"城市\"] = true})")?.text
                == "{\"a\":\"é\\n\\\"\",\"b\":[1,2.5,1e+20],\"城市\":true}")
        #expect(value("return json.encode({})..json.encode({}, {empty = 'object'})")?.text == "[]{}")
        #expect(value("return json.encode({x = {1}}, {pretty = true})")?.text == "{\n  \"x\": [\n    1\n  ]\n}")
        #expect(
            value("local s = '[{\"a\":[null,1.5,\"\\\\n\"]},[],-3]' return json.encode(json.decode(s)) == s")?.bool
                == true)
    }

    @Test func `What JSON cannot hold is refused`() {
        #expect(
            failure("json.decode('[1,\\n x]')").contains(
                "t.lua:1: bad argument 'str' to json.decode: JSON text expected, got other text at line 2, column 2 "
                    + "(a value expected, got 'x')"))
        #expect(failure("json.decode('')").contains("ends"))
        #expect(
            failure("json.encode(0/0)").contains(
                "json.encode: booleans, numbers, text, json.null and tables of them expected, got nan"))
        #expect(
            failure("json.encode({a = {1, '\\xff'}})").contains("got a string that is not valid UTF-8 at value.a[2]"))
        #expect(failure("json.encode({['\\xff'] = 1})").contains("got a key that is not valid UTF-8"))
        #expect(failure("json.encode(coroutine.create(print))").contains("bad argument 'value' to json.encode"))
        #expect(failure("json.encode({tensor.zeros(1)})").contains("got a tensor at value[1]"))
        #expect(failure("json.encode({1, a = 2})").contains("bad argument 'value' to json.encode"))
        #expect(failure("json.encode({[1] = 1, [3] = 3})").contains("json.null"))
        #expect(failure("json.encode({[true] = 1})").contains("boolean"))
        #expect(failure("json.encode(print)").contains("function"))
        #expect(failure("json.encode({tensor{1}})").contains("totable"))
        #expect(
            failure("local t = {} t[1] = t json.encode(t)").contains(
                "bad argument 'value' to json.encode: tables nested at most 100 deep"))
        #expect(failure("json.decode(('['):rep(100000))").contains("deep"))
    }

    @Test func `Deep text is read or refused, never a crash`() {
        #expect(value("return #json.decode(('['):rep(50) .. (']'):rep(50))")?.int == 1)
        #expect(value("return #json.decode(('['):rep(250) .. (']'):rep(250))")?.int == 1)
        #expect(value("return json.decode('{\"a\":1,\"b\":[],\"a\":{\"c\":null}}').a.c == json.null")?.bool == true)
        #expect(!failure("json.decode(('['):rep(900) .. (']'):rep(900))").isEmpty)
    }
}
