/// The members of a JSON object in their order, found by key in constant time.
public struct JSONObject: Sendable {
    /// A key and its value.
    public struct Member: Equatable, Sendable {
        /// The key's bytes.
        public let key: ByteString
        /// Its value.
        public var value: JSON
    }

    /// The members, each key once, in the order in which the keys first came.
    public private(set) var members: [Member] = []
    // Open addressing over positions in `members`, -1 for empty. Built only past a few members: most objects are small.
    private var slots: [Int32] = []

    private static let searchLimit = 8

    /// An object without members.
    public init() {}

    /// How many members there are.
    public var count: Int { members.count }

    /// The keys in order.
    public var keys: [ByteString] { members.map(\.key) }

    /// The value of `key`. Setting nil is not possible: JSON's own null is a value.
    public subscript(key: ByteString) -> JSON? {
        position(of: key.bytes).map { members[$0].value }
    }

    /// The value of the member whose key has the UTF-8 bytes of `key`; setting it appends a new key or replaces the value. Setting nil
    /// changes nothing.
    public subscript(key: String) -> JSON? {
        get { self[ByteString(key)] }
        set { if let newValue { set(ByteString(key), newValue) } }
    }

    /// Appends a member, or replaces the value where the key is there already.
    public mutating func set(_ key: ByteString, _ value: JSON) {
        if let position = position(of: key.bytes) {
            members[position].value = value
            return
        }
        members.append(Member(key: key, value: value))
        if slots.isEmpty {
            if members.count > Self.searchLimit { rebuild(capacity: 64) }
        } else if members.count * 2 > slots.count {
            rebuild(capacity: slots.count * 2)
        } else {
            insert(members.count - 1)
        }
    }

    private func position(of key: [UInt8]) -> Int? {
        if slots.isEmpty { return members.firstIndex { $0.key.bytes == key } }
        var slot = Self.hash(key) & (slots.count - 1)
        while slots[slot] >= 0 {
            let position = Int(slots[slot])
            if members[position].key.bytes == key { return position }
            slot = (slot + 1) & (slots.count - 1)
        }
        return nil
    }

    private mutating func insert(_ position: Int) {
        var slot = Self.hash(members[position].key.bytes) & (slots.count - 1)
        while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
        slots[slot] = Int32(position)
    }

    private mutating func rebuild(capacity: Int) {
        slots = [Int32](repeating: -1, count: capacity)
        for position in members.indices { insert(position) }
    }

    // The process's own hash: its order never shows, and its seed keeps a hostile file from choosing keys that collide.
    private static func hash(_ key: [UInt8]) -> Int {
        var hasher = Hasher()
        key.withUnsafeBytes { hasher.combine(bytes: $0) }
        return hasher.finalize()
    }
}

extension JSONObject: Equatable {
    /// Whether both have the same members in the same order.
    public static func == (left: JSONObject, right: JSONObject) -> Bool { left.members == right.members }
}
