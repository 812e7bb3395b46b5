import Foundation
import LuaKit
import Testing

@testable import LuaModules

@Suite struct TokenizerClassTests {
    private let state: LuaState

    init() throws {
        state = try LuaModules.makeState()
        let vectors = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().appending(
            path: "Vectors")
        try state.setGlobal("file", .string(vectors.appending(path: "wordpiece-tokenizer.json").path))
        try state.setGlobal("folder", .string(vectors.appending(path: "tiny-bert/base").path))
        _ = state.run("tok = text.tokenizer(file)", name: "@t.lua")
    }

    private func value(_ source: String) -> LuaValue? {
        guard case .values(let values) = state.run(source, name: "@t.lua") else {
            Issue.record("\(source): \(state.run(source, name: "@t.lua"))")
            return nil
        }
        return values.first
    }

    /// The JSON text of what the source returns.
    private func json(_ expression: String) -> String? { value("return json.encode(\(expression))")?.text }

    private func failure(_ source: String) -> String {
        guard case .failure(let message, _) = state.run(source, name: "@t.lua") else { return "no failure" }
        return message
    }

    @Test func `A string gives one record, a list one for each text`() {
        #expect(json("tok:encode('Hello, world!').ids") == "[101,7592,1010,2088,999,102]")
        #expect(json("tok:encode('unbelievable').tokens") == "[\"[CLS]\",\"unbelievable\",\"[SEP]\"]")
        #expect(value("local r = tok:encode{'a', '', 'b c'} return #r * 100 + #r[2].ids * 10 + #r[3].ids")?.int == 324)
        #expect(json("tok:encode({})") == "[]")
        #expect(value("return tok.vocabulary_size + tok.max_length + tok.padding_id")?.int == 30650)
        #expect(value("return tostring(tok)")?.text == "text.Tokenizer(vocabulary_size = 30522)")
        #expect(value("return text.tokenizer(folder).vocabulary_size > 0")?.bool == true)
    }

    @Test func `Offsets cut the text`() {
        let source = """
            local s = '  Caf\u{e9} 好的 prices'
            local r, parts = tok:encode(s), {}
            for i = 1, #r.ids do
              local o, c = r.offsets[i], r.char_offsets[i]
              if o then parts[#parts + 1] = s:sub(o[1], o[2]) .. c[1] .. '-' .. c[2] else parts[#parts + 1] = '.' end
            end
            return table.concat(parts, ' ')
            """
        #expect(value(source)?.text == ". Café3-6 好8-8 的9-9 prices11-16 .")
        #expect(value("local r = tok:encode('a') return r.offsets[1] == nil and r.offsets[3] == nil")?.bool == true)
    }

    @Test func `Pairs, truncation and padding`() {
        #expect(json("tok:encode('a', {pair = 'b c'}).type_ids") == "[0,0,0,1,1,1]")
        #expect(json("tok:encode('a', {pair = 'b c'}).sequence_ids") == "[0,1,0,2,2,0]")
        #expect(json("tok:encode({'a', 'b'}, {pair = {'x', 'y'}})[2].ids") == "[101,1038,102,1061,102]")
        #expect(json("tok:encode('a b c d', {max_length = 4}).ids") == "[101,1037,1038,102]")
        #expect(json("tok:encode('a b c d', {max_length = 4, side = 'left'}).ids") == "[101,1039,1040,102]")
        #expect(json("tok:encode('a b c d', {max_length = 4, stride = 1}).overflow[1].ids") == "[101,1038,1039,102]")
        #expect(value("return tok:encode('a b', {max_length = 9}).overflow == nil")?.bool == true)
        #expect(json("tok:encode('a b c', {max_length = 2, truncation = false}).ids") == "[101,1037,1038,1039,102]")
        #expect(
            json("tok:encode('a', {pair = 'b c', max_length = 5, truncation = 'only_second'}).ids")
                == "[101,1037,102,1038,102]")
        #expect(value("return #tok:encode(('a '):rep(500), {truncation = true}).ids")?.int == 128)
        #expect(json("tok:encode({'a', 'b c'}, {padding = true})[1].attention_mask") == "[1,1,1,0]")
        #expect(json("tok:encode('a', {padding = 'max_length', max_length = 5}).ids") == "[101,1037,102,0,0]")
        #expect(
            json("tok:encode({'a', 'b c'}, {padding = 'longest', padding_side = 'left'})[1].ids") == "[0,101,1037,102]")
        #expect(json("tok:encode('a', {special_tokens = false}).ids") == "[1037]")
    }

    @Test func `Ids become text again`() {
        #expect(value("return tok:decode(tok:encode('Hello, world!').ids)")?.text == "hello, world!")
        #expect(value("return tok:decode({101, 7592}, {special_tokens = true})")?.text == "[CLS] hello")
        #expect(json("tok:decode{{7592}, {2088}}") == "[\"hello\",\"world\"]")
        #expect(value("return tok:count('Hello, world!')")?.int == 6)
        #expect(json("tok:count({'a', 'b c'}, {special_tokens = false})") == "[1,2]")
        #expect(value("return tok:id('##ing')")?.int == 2075)
        #expect(value("return tok:token(2075)")?.text == "##ing")
        #expect(value("return tok:id('qqqqq') == nil and tok:token(-1) == nil")?.bool == true)
        #expect(value("return #tok:encode('a\\0b\\xff').ids")?.int == 3)
    }

    @Test func `What cannot be done is said`() {
        #expect(
            failure("tok:encode('a b c', {max_length = 1})").contains(
                "bad argument 'max_length' to text.Tokenizer:encode: integer of at least 2"))
        #expect(failure("tok:encode('a b c d e', {max_length = 4, stride = 2})").contains("'stride'"))
        #expect(failure("tok:encode({'a'}, {pair = {'b', 'c'}})").contains("'pair'"))
        #expect(failure("tok:encode({'a', 3})").contains("'texts'"))
        #expect(failure("tok:encode('a', {pair = {3}})").contains("'pair'"))
        #expect(failure("tok:encode('a', {truncation = 'some'})").contains("'truncation'"))
        #expect(failure("tok:decode({'a'})").contains("'ids'"))
        #expect(
            failure("tok:decode({7592, -1})").contains(
                "'ids' to text.Tokenizer:decode: ids from 0 to 30521 (the vocabulary) expected, got -1 at position 2"))
        #expect(
            failure("tok:decode({{0}, {math.maxinteger}})").contains("got 9223372036854775807 at position 1 of list 2"))
        #expect(failure("tok:decode({30522})").contains("got 30522 at position 1"))
        #expect(
            failure("tok:encode('a', {max_length = math.maxinteger, padding = 'max_length'})").contains(
                "'max_length' to text.Tokenizer:encode: integer from 0 to 16777216 where texts are filled to it"))
        #expect(failure("text.tokenizer('/nowhere/tokenizer.json')").contains("/nowhere/tokenizer.json"))
        #expect(failure("text.tokenizer('no-such-model')").contains("no-such-model"))
    }
}
