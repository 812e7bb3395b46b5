import Support

/// A copy of a Lua table. The order never depends on Lua's hashing: the list part first, then the other keys sorted (numbers by
/// size, then strings by their bytes, then the rest as they came).
public struct LuaTable {
    /// The values at 1...n, n being the border that Lua's `#` reports for the table without metamethods.
    public var list: [LuaValue]
    /// The other entries.
    public var fields: [(key: LuaValue, value: LuaValue)]

    /// A table from its parts.
    public init(list: [LuaValue] = [], fields: [(key: LuaValue, value: LuaValue)] = []) {
        self.list = list
        self.fields = fields
    }

    /// Whether nothing is in it.
    public var isEmpty: Bool { list.isEmpty && fields.isEmpty }

    /// The value of the field `name`.
    public subscript(name: String) -> LuaValue? {
        let wanted = Array(name.utf8)
        for (key, value) in fields {
            if case .string(let bytes) = key, bytes == wanted { return value }
        }
        return nil
    }

    /// The fields whose keys are strings, in order.
    public var named: [(name: String, value: LuaValue)] {
        fields.compactMap { entry in entry.key.text.map { ($0, entry.value) } }
    }

    static func sorted(
        _ fields: [(key: LuaValue, value: LuaValue)], _ cancellation: Cancellation
    ) throws(Failure) -> [(key: LuaValue, value: LuaValue)] {
        // Sorting positions keeps equal keys in place and moves no value twice.
        var order = Array(fields.indices)
        try order.sort(work: Work(threads: 1, cancellation: cancellation)) { left, right in
            switch (fields[left].key, fields[right].key) {
            case (.string(let a), .string(let b)): a == b ? left < right : a.lexicographicallyPrecedes(b)
            case (let a, let b):
                if let x = a.double, let y = b.double {
                    x < y
                } else if a.rank != b.rank {
                    a.rank < b.rank
                } else {
                    left < right
                }
            }
        }
        return order.map { fields[$0] }
    }
}

extension LuaValue {
    fileprivate var rank: Int {
        switch self {
        case .integer, .number: 0
        case .string: 1
        case .boolean: 2
        default: 3
        }
    }
}
