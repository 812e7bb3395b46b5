import CLua
import Foundation
import LuaKit
import Testing

/// Our forms of standard functions against those of the system's library.
struct StandardFunctionsTests {
    /// A script, whose first line names what it makes.
    private static func script(_ name: String) throws -> String {
        try String(
            contentsOf: URL(fileURLWithPath: #filePath).deletingLastPathComponent()
                .appendingPathComponent("../Vectors/\(name).lua"), encoding: .utf8)
    }

    /// What the script returns in a state that has nothing of ours.
    private func original(_ script: String, seed: Int, rounds: Int) throws -> [String] {
        let lua = try #require(luaL_newstate())
        defer { lua_close(lua) }
        luaL_openlibs(lua)
        try #require(luaL_loadbufferx(lua, script, script.utf8.count, "=input", "t") == LUA_OK)
        lua_pushinteger(lua, lua_Integer(seed))
        lua_pushinteger(lua, lua_Integer(rounds))
        try #require(lua_pcallk(lua, 2, 1, 0, 0, nil) == LUA_OK)
        var lines: [String] = []
        for index in 1...max(1, luaL_len(lua, -1)) {
            lua_geti(lua, -1, index)
            var count = 0
            let bytes = try #require(lua_tolstring(lua, -1, &count))
            lines.append(String(decoding: UnsafeRawBufferPointer(start: bytes, count: count), as: UTF8.self))
            lua_settop(lua, -2)
        }
        return lines
    }

    @Test(arguments: 1...4) func resultsAndMessagesAreTheSame(seed: Int) throws {
        try compare(Self.script("standard_functions"), seed: seed, rounds: 1500)
    }

    @Test func filesAreReadAndWrittenTheSame() throws {
        try compare(Self.script("standard_files"), seed: 0, rounds: 0)
    }

    private func compare(_ script: String, seed: Int, rounds: Int) throws {
        let expected = try original(script, seed: seed, rounds: rounds)
        let state = try LuaState()
        guard case .values(let values) = state.run(script, arguments: [.integer(seed), .integer(rounds)]),
            let lines = values.first?.table?.list
        else {
            Issue.record("the script failed")
            return
        }
        try #require(lines.count == expected.count && lines.count > 1000)
        for (line, expected) in zip(lines, expected) where line.text != expected {
            Issue.record("\(line.text ?? "nothing") instead of \(expected)")
        }
    }

    @Test func compiledCodeIsRefusedEverywhere() throws {
        #expect(
            try result("return load(string.dump(function() end))").hasSuffix(
                "attempt to load a binary chunk (only source text is loaded)"))
        #expect(try result("return load(string.dump(function() end), 'x', 'b')").contains("binary chunk"))
        let code = """
            local path = os.tmpname()
            local file = io.open(path, 'wb')
            file:write(string.dump(function() return 1 end)):close()
            local a, b = loadfile(path, 'b')
            local c, d = pcall(dofile, path)
            package.path = path
            local e, f = pcall(require, 'anything')
            os.remove(path)
            return a, b:match('binary chunk'), c, d:match('binary chunk'), e, f:match('binary chunk')
            """
        #expect(try result(code) == "nil binary chunk false binary chunk false binary chunk")
    }

    @Test func filesAreLoadedAsEver() throws {
        let code = """
            local path = os.tmpname()
            local function put(text) local f = io.open(path, 'wb') f:write(text) f:close() end
            put('\\xEF\\xBB\\xBF#!/usr/bin/lua\\nreturn 1, ...')
            local a = {loadfile(path)(7)}
            local b = {dofile(path)}
            put('#only a comment') local c = select('#', dofile(path))
            put('\\n\\nx =') local d = select(2, loadfile(path)):gsub('^.*:', '')
            put('return x') local e = loadfile(path, 't', {x = 'env'})()
            package.path = path:gsub('[^/]*$', '?') local f = require(path:match('[^/]*$'):gsub('%.', '/'))
            os.remove(path)
            local g = select(2, loadfile(path)):match('cannot open .*: No such file')
            return a[1], a[2], b[1], c, d, e, f, g ~= nil
            """
        #expect(try result(code) == "1 7 1 0  unexpected symbol near <eof> env true true")
    }
}

extension StandardFunctionsTests {
    @Test func programsAreRunAsEver() throws {
        #expect(try result("return os.execute()") == "true")
        #expect(try result("return os.execute('exit 0')") == "true exit 0")
        #expect(try result("return os.execute('exit 3')") == "nil exit 3")
        #expect(try result("return os.execute('kill -9 $$')") == "nil signal 9")
    }
}
