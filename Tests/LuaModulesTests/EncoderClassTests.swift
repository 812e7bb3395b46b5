import Foundation
import LuaKit
import Testing

@testable import LuaModules

@Suite struct EncoderClassTests {
    private let state: LuaState

    init() throws {
        state = try LuaModules.makeState()
        let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Vectors/tiny-bert/base").path
        try state.setGlobal("folder", .string(folder))
    }

    private func value(_ source: String) -> LuaValue? { state.value(source) }

    private func failure(_ source: String) -> String { state.failure(source) }

    @Test func `A string gives one row, a list one for each text`() {
        #expect(
            value("local e = text.encoder(folder) local v = e:encode('a book') return v.shape[1] * 100 + v.shape[2]")?
                .int == 130)
        #expect(
            value(
                "local v = text.encoder(folder):encode{'a book', '', 'the hotel'} return v.shape[1] * 100 + v.shape[2]")?
                .int == 330)
        #expect(value("return #text.encoder(folder):encode({})")?.int == 0)
        #expect(value("local e = text.encoder(folder) return e.dimension + e.max_length")?.int == 54)
        #expect(
            value("return tostring(text.encoder(folder))")?.text
                == "text.Encoder(\"base\", dimension = 30, max_length = 24)")
    }

    @Test func `Texts in a language that the model does not know are noted once`() {
        #expect(value("return #text.encoder(folder):encode{'a book', 'the hotel'}")?.int == 2)
        #expect(state.takeNotes() == [])
        #expect(value("e = text.encoder(folder) return #e:encode{'这件商品质量很好', '物流也快'} + #e:encode '客服'")?.int == 3)
        let notes = state.takeNotes()
        #expect(notes.count == 1 && notes.first?.contains("multilingual-e5-small") == true)
        #expect(state.takeNotes() == [])
    }

    @Test func `Bytes of every kind can be encoded`() {
        #expect(
            value("return #text.encoder(folder):encode{'a\\0b', '\\xff\\xfe', '😀', ('word '):rep(20000)}")?.int == 4)
    }

    @Test func `Vectors have unit length unless told otherwise`() {
        let norm = "local v = text.encoder(folder):encode('a book', %@) return (v * v):sum()"
        #expect(abs((value(String(format: norm, "{}"))?.double ?? 0) - 1) < 1e-5)
        #expect(abs((value(String(format: norm, "{normalize = false}"))?.double ?? 1) - 1) > 0.1)
    }

    @Test func `Options change what they say`() {
        func same(_ a: String, _ b: String) -> Bool? { value("return (\(a)):eq(\(b)):sum() == 30")?.bool }
        let plain = "text.encoder(folder):encode('a book')"
        #expect(same(plain, "text.encoder(folder):encode('a book', {batch = 1, progress = false})") == true)
        #expect(
            same(
                "text.encoder(folder, {prompt = 'query'}):encode('a book')",
                "text.encoder(folder):encode('the book a book')") == true)
        #expect(
            same(
                "text.encoder(folder):encode('a book', {prompt = 'the book '})",
                "text.encoder(folder):encode('the book a book')") == true)
        #expect(same(plain, "text.encoder(folder, {pooling = 'max'}):encode('a book')") == false)
        #expect(
            same("text.encoder(folder, {max_length = 4}):encode('a book')", "text.encoder(folder):encode('a book')")
                == true)
        #expect(
            same("text.encoder(folder, {max_length = 3}):encode('a book')", "text.encoder(folder):encode('a')") == true)
    }

    @Test func `Similarity compares texts and vectors`() {
        #expect(abs((value("return text.encoder(folder):similarity('a book', 'a book')")?.double ?? 0) - 1) < 1e-6)
        #expect((value("return text.encoder(folder):similarity('a book', 'hotel phone')")?.double ?? 1) < 0.99)
        #expect(
            value(
                "local s = text.encoder(folder):similarity({'a', 'the'}, {'book', 'hotel', 'phone'}).shape return s[1] * 10 + s[2]"
            )?.int == 23)
        #expect(
            value(
                "local e = text.encoder(folder) return math.abs(e:similarity(e:encode('a'), 'the'):item() - e:similarity('a', 'the')) < 1e-6"
            )?
            .bool == true)
    }

    @Test func `What cannot be encoded is said`() {
        #expect(
            failure("text.encoder('no such model')").hasPrefix(
                "t.lua:1: bad argument 'model' to text.encoder: the name of an installed model or the path of a model folder expected, got 'no such model'"
            ))
        #expect(failure("text.encoder(folder, {precision = 'int4'})").contains("float32"))
        #expect(
            failure("text.encoder(folder, {max_length = 33})").contains(
                "'max_length' to text.encoder: integer from 1 to 32"))
        #expect(
            failure("text.encoder(folder):encode(5)").contains("string, list of strings or text column expected, got"))
        #expect(failure("text.encoder(folder):encode{'a', 5}").contains("at position 2"))
        #expect(
            failure("local e = text.encoder(folder) e:similarity('a', tensor{1, 2})").contains(
                "'b' to text.Encoder:similarity: tensor [n, 30]"))
    }
}
