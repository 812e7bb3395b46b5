/// Makes a `JSON` of what a scanner finds.
struct JSONBuilder: JSONSink {
    /// A list or an object that has not ended.
    private enum Open {
        case array([JSON])
        case object(JSONObject, key: ByteString)
    }

    /// The whole, once it has ended.
    private(set) var result = JSON.null
    private let uniqueKeys: Bool
    private var open: [Open] = []

    init(uniqueKeys: Bool) { self.uniqueKeys = uniqueKeys }

    private mutating func add(_ value: JSON) {
        switch open.popLast() {
        case nil: result = value
        case .array(var items)?:
            items.append(value)
            open.append(.array(items))
        case .object(var object, let key)?:
            object.set(key, value)
            open.append(.object(object, key: key))
        }
    }

    mutating func null() { add(.null) }

    mutating func bool(_ flag: Bool) { add(.bool(flag)) }

    mutating func int(_ number: Int64) { add(.int(number)) }

    mutating func double(_ number: Double) { add(.double(number)) }

    mutating func string(_ bytes: UnsafeBufferPointer<UInt8>) { add(.string(ByteString(Array(bytes)))) }

    mutating func beginArray() { open.append(.array([])) }

    mutating func endArray(_ count: Int) {
        if case .array(let items)? = open.popLast() { add(.array(items)) }
    }

    mutating func beginObject() { open.append(.object(JSONObject(), key: ByteString())) }

    mutating func key(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard case .object(let object, _)? = open.popLast() else { return false }
        let key = ByteString(Array(bytes))
        let isNew = !uniqueKeys || object[key] == nil
        open.append(.object(object, key: key))
        return isNew
    }

    mutating func endObject(_ count: Int) {
        if case .object(let object, _)? = open.popLast() { add(.object(object)) }
    }
}
