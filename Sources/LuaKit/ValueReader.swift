import CLua
import Support

/// Reads a value on Lua's stack into a tree of text, within bounds: large, deep and cyclic tables are cut short.
///
/// Looks only: no metamethod runs, nothing is allocated in Lua, nothing raises. The order never depends on Lua's hashing.
struct ValueReader {
    /// How deep tables within tables are followed.
    var depthLimit = 4
    /// Entries of one table that are shown.
    var entryLimit = 100
    /// Entries of tables that are shown in all.
    var totalLimit = 10_000
    /// Bytes of a string that are shown: on its own, and within a table.
    var stringLimits = (alone: 10_000, inside: 200)
    /// One of our objects in a few words.
    let objectText: (LuaObject) -> String
    /// Looked at once in a while, if there is no other end.
    private var cancellation: Cancellation?

    private let lua: OpaquePointer
    /// The tables that the one being read stands in.
    private var path: [UnsafeRawPointer] = []
    private var total = 0

    init(_ lua: OpaquePointer, objectText: @escaping (LuaObject) -> String) {
        self.lua = lua
        self.objectText = objectText
    }

    /// Lifts the bounds. What is read once `cancellation` is set is not complete.
    mutating func readAll(until cancellation: Cancellation) {
        self.cancellation = cancellation
        // Deeper tables than anybody makes by hand, and not so deep that the stack of the thread is used up.
        depthLimit = 100
        entryLimit = Int(Int32.max)
        totalLimit = Int(Int32.max)
        stringLimits = (.max, .max)
    }

    /// The tree of the value at `index`.
    mutating func read(_ index: Int32) -> ValueTree {
        switch lua_type(lua, index) {
        case LUA_TSTRING:
            let limit = path.isEmpty ? stringLimits.alone : stringLimits.inside
            return .string(withString(index) { LuaLiteral.string($0, limit: limit) })
        case LUA_TNUMBER: return .number(number(index))
        case LUA_TTABLE: return readTable(lua_absindex(lua, index))
        default: return .leaf(scalar(index))
        }
    }

    private mutating func readTable(_ index: Int32) -> ValueTree {
        guard let identity = lua_topointer(lua, index) else { return .leaf("{}") }
        if let place = path.lastIndex(of: identity) {
            let levels = path.count - place
            return .leaf(levels == 1 ? "<the table around it>" : "<the table \(levels) levels up>")
        }
        guard path.count < depthLimit, lua_checkstack(lua, 4) != 0 else { return .leaf("{...}") }
        path.append(identity)
        let top = lua_gettop(lua)
        defer {
            lua_settop(lua, top)
            path.removeLast()
        }
        let listCount = lua_rawlen(lua, index)
        var entries: [(key: String?, value: ValueTree)] = []
        readList(index, count: listCount, into: &entries)
        readFields(index, listCount: listCount, into: &entries)
        return .table(entries: entries)
    }

    /// The list part: all of it, or its beginning and its end.
    private mutating func readList(
        _ index: Int32, count: lua_Unsigned, into entries: inout [(key: String?, value: ValueTree)]
    ) {
        let head = count <= entryLimit ? count : lua_Unsigned(entryLimit - entryLimit / 5)
        let tail = count <= entryLimit ? 0 : lua_Unsigned(entryLimit / 5)
        var position: lua_Unsigned = 1
        while position <= count {
            if position == head + 1, tail > 0 {
                entries.append((nil, .omitted(Int(count - head - tail))))
                position = count - tail + 1
            }
            guard total < totalLimit else {
                entries.append((nil, .omitted(Int(count - position + 1))))
                return
            }
            countEntry()
            lua_rawgeti(lua, index, lua_Integer(position))
            entries.append((nil, read(-1)))
            lua_settop(lua, -2)
            position += 1
        }
    }

    /// The other entries, by key: numbers by size, then names by their bytes, then the rest.
    private mutating func readFields(
        _ index: Int32, listCount: lua_Unsigned, into entries: inout [(key: String?, value: ValueTree)]
    ) {
        var keys: [SortKey] = []
        var count = 0
        lua_pushnil(lua)
        while lua_next(lua, index) != 0 {
            lua_settop(lua, -2)
            if isInList(-1, listCount) { continue }
            count += 1
            keys.append(sortKey(-1))
            // A table of millions is not sorted whole to show a hundred entries.
            if keys.count >= 4 * entryLimit {
                keys.sort()
                keys.removeLast(keys.count - entryLimit)
            }
        }
        guard count > 0 else { return }
        keys.sort()
        if keys.count > entryLimit { keys.removeLast(keys.count - entryLimit) }
        guard let last = keys.last else { return }

        var found: [(order: SortKey, key: String, value: ValueTree)] = []
        lua_pushnil(lua)
        while lua_next(lua, index) != 0 {
            if !isInList(-2, listCount), found.count < keys.count, total < totalLimit {
                let order = sortKey(-2)
                if !(last < order) {
                    countEntry()
                    found.append((order, keyText(-2), read(-1)))
                }
            }
            lua_settop(lua, -2)
        }
        found.sort { $0.order < $1.order }
        entries += found.map { ($0.key, $0.value) }
        if found.count < count { entries.append((nil, .omitted(count - found.count))) }
    }

    private mutating func countEntry() {
        total += 1
        if total & 0x3FF == 0, cancellation?.isCancelled == true { totalLimit = 0 }
    }

    private func isInList(_ index: Int32, _ count: lua_Unsigned) -> Bool {
        guard count > 0, lua_isinteger(lua, index) != 0 else { return false }
        let key = lua_tointegerx(lua, index, nil)
        return key >= 1 && lua_Unsigned(key) <= count
    }

    private func keyText(_ index: Int32) -> String {
        if lua_type(lua, index) == LUA_TSTRING { return withString(index, LuaLiteral.key) }
        return "[" + scalar(index) + "]"
    }

    /// A value that is neither a string nor (unless it is a key) a table.
    private func scalar(_ index: Int32) -> String {
        switch lua_type(lua, index) {
        case LUA_TNIL, LUA_TNONE: return "nil"
        case LUA_TBOOLEAN: return lua_toboolean(lua, index) != 0 ? "true" : "false"
        case LUA_TNUMBER: return number(index)
        case LUA_TTABLE: return "<table>"
        case LUA_TFUNCTION: return function(index)
        case LUA_TTHREAD: return "<coroutine>"
        default:
            guard let object = clua_object(lua, index) else { return "<userdata>" }
            return objectText(Unmanaged<LuaObject>.fromOpaque(object).takeUnretainedValue())
        }
    }

    private func number(_ index: Int32) -> String {
        if lua_isinteger(lua, index) != 0 { return String(lua_tointegerx(lua, index, nil)) }
        let value = lua_tonumberx(lua, index, nil)
        if value.isNaN { return "nan" }
        // Lua writes 14 digits. Whole numbers such as 2^53 are meant to the last one.
        if let whole = Int(exactly: value), whole.magnitude > 99_999_999_999_999, whole.magnitude <= 1 << 53 {
            return "\(whole).0"
        }
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { buffer in
            guard let start = buffer.baseAddress else { return "" }
            _ = clua_number_text(value, start)
            return String(cString: start)
        }
    }

    private func function(_ index: Int32) -> String {
        if let pointer = clua_signature(lua, index) {
            return "<function \(Unmanaged<Signature>.fromOpaque(pointer).takeUnretainedValue().usage)>"
        }
        var info = lua_Debug()
        lua_pushvalue(lua, index)
        defer { lua_settop(lua, -2) }
        lua_pushvalue(lua, -1)
        guard lua_getinfo(lua, ">Su", &info) != 0, info.linedefined > 0 else { return "<function>" }
        let names = (0..<Int32(info.nparams)).compactMap { lua_getlocal(lua, nil, $0 + 1).map { String(cString: $0) } }
        let parameters = (names + (info.isvararg != 0 ? ["..."] : [])).joined(separator: ", ")
        let source = withUnsafePointer(to: info.short_src) {
            $0.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: info.short_src)) {
                String(cString: $0)
            }
        }
        return "<function(\(parameters)) \(DisplayWidth.escaped(source)):\(info.linedefined)>"
    }

    private func withString<Result>(_ index: Int32, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        var count = 0
        guard let start = lua_tolstring(lua, index, &count) else {
            return body(UnsafeBufferPointer(start: nil, count: 0))
        }
        return start.withMemoryRebound(to: UInt8.self, capacity: count) {
            body(UnsafeBufferPointer(start: $0, count: count))
        }
    }

    private func sortKey(_ index: Int32) -> SortKey {
        switch lua_type(lua, index) {
        case LUA_TNUMBER: return .number(lua_tonumberx(lua, index, nil))
        case LUA_TSTRING: return .string(withString(index) { Array($0.prefix(256)) })
        case LUA_TBOOLEAN: return .other(lua_toboolean(lua, index) != 0 ? "true" : "false")
        default: return .other(keyText(index))
        }
    }
}

/// Where an entry stands among the others of its table.
private enum SortKey: Comparable {
    case number(Double)
    case string([UInt8])
    case other(String)

    static func < (left: SortKey, right: SortKey) -> Bool {
        switch (left, right) {
        case (.number(let a), .number(let b)): a < b
        case (.string(let a), .string(let b)): a.lexicographicallyPrecedes(b)
        case (.other(let a), .other(let b)): a < b
        case (.number, _): true
        case (_, .number): false
        case (.string, _): true
        case (_, .string): false
        }
    }
}
