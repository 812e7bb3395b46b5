import CLua
import Glibc
import Support

/// What C is to push once Swift has returned: values written flat, one item after the other. Owns its memory and, until C takes
/// them over, the objects in it.
final class Plan {
    let header: UnsafeMutablePointer<clua_plan>
    private unowned let state: LuaState
    private var items: UnsafeMutableBufferPointer<clua_item>
    private(set) var itemCount = 0
    private var bytes: UnsafeMutableBufferPointer<UInt8>
    private var byteCount = 0

    init(_ state: LuaState) {
        self.state = state
        header = .allocate(capacity: 1)
        header.initialize(to: clua_plan())
        items = Plan.room(for: 16, instead: nil)
        bytes = .allocate(capacity: 256)
    }

    /// Memory for items in place of `before`, whose items move into it. Large blocks the kernel moves without copying them.
    private static func room(
        for count: Int, instead before: UnsafeMutablePointer<clua_item>?
    ) -> UnsafeMutableBufferPointer<clua_item> {
        guard let memory = realloc(before, count * MemoryLayout<clua_item>.stride) else {
            fatalError("no memory for a value of \(count) parts")
        }
        return UnsafeMutableBufferPointer(start: memory.assumingMemoryBound(to: clua_item.self), count: count)
    }

    deinit {
        reset()
        header.deallocate()
        free(items.baseAddress)
        bytes.deallocate()
    }

    /// Empties the plan and lets go of what C did not take.
    func reset() {
        for index in 0..<itemCount where items[index].kind == CLUA_OBJECT || items[index].kind == CLUA_SINGLE {
            if let object = items[index].payload.object { Unmanaged<LuaObject>.fromOpaque(object).release() }
        }
        itemCount = 0
        byteCount = 0
        // A plan that carried much once should not hold the memory for ever.
        if items.count > 1 << 16 {
            items = Plan.room(for: 16, instead: items.baseAddress)
        }
        if bytes.count > 1 << 20 {
            bytes.deallocate()
            bytes = .allocate(capacity: 256)
        }
        header.pointee = clua_plan()
    }

    /// The plan as C reads it. Valid until the next change.
    func finish(_ status: clua_status, charge: Int32 = 0) -> UnsafeMutablePointer<clua_plan> {
        header.pointee.items = items.baseAddress
        header.pointee.bytes = bytes.baseAddress.map { UnsafeRawPointer($0).assumingMemoryBound(to: CChar.self) }
        header.pointee.status = status
        header.pointee.charge = charge
        return header
    }

    /// Adds a value to push; several for `.values`.
    func append(_ value: LuaValue) throws(Failure) {
        if case .values(let values) = value {
            for value in values {
                try add(value, depth: 0)
                header.pointee.count += 1
            }
        } else {
            try add(value, depth: 0)
            header.pointee.count += 1
        }
    }

    /// Adds a C function to push.
    func append(builtin: @escaping lua_CFunction) {
        var item = clua_item()
        item.kind = CLUA_BUILTIN
        item.payload.builtin = builtin
        put(item)
        header.pointee.count += 1
    }

    private func add(_ value: LuaValue, depth: Int) throws(Failure) {
        guard depth < Int(CLUA_DEPTH_LIMIT) else {
            throw .operation("a value is nested more than \(CLUA_DEPTH_LIMIT) deep")
        }
        switch value {
        case .nil: put(CLUA_NIL)
        case .boolean(let value): put(CLUA_BOOLEAN, integer: value ? 1 : 0)
        case .integer(let value): put(CLUA_INTEGER, integer: value)
        case .number(let value):
            put(number: value)
        case .string(let value): value.withUnsafeBufferPointer { put(string: $0) }
        case .list(let values):
            put(CLUA_LIST, count: values.count)
            for value in values {
                try poll()
                try add(value, depth: depth + 1)
            }
        case .record(let fields):
            put(CLUA_RECORD, count: fields.count)
            for (name, value) in fields {
                try poll()
                var name = name
                name.withUTF8 { put(string: $0) }
                try add(value, depth: depth + 1)
            }
        case .table(let table):
            put(CLUA_RECORD, count: table.list.count + table.fields.count)
            for (position, value) in table.list.enumerated() {
                try poll()
                put(CLUA_INTEGER, integer: position + 1)
                try add(value, depth: depth + 1)
            }
            for (key, value) in table.fields {
                try poll()
                if key.isNil || key.double?.isNaN == true { throw .operation("a table key cannot be nil or nan") }
                try add(key, depth: depth + 1)
                try add(value, depth: depth + 1)
            }
        case .function(let function): put(CLUA_REFERENCE, integer: Int(function.reference.index))
        case .reference(let reference): put(CLUA_REFERENCE, integer: Int(reference.index))
        case .native(let signature):
            state.keep(signature)
            var item = clua_item()
            item.kind = CLUA_FUNCTION
            item.payload.object = Unmanaged.passUnretained(signature).toOpaque()
            put(item)
        case .object(let object): try put(object)
        case .written(let write):
            var writer = LuaWriter(self)
            try write(&writer)
        case .argument(let position): put(CLUA_ARGUMENT, integer: position)
        case .values: throw .operation("several values cannot stand where one is meant")
        }
    }

    /// Looks at the cancellation once in some thousands of items.
    func poll() throws(Failure) {
        if itemCount & 0xfff == 0 { try state.cancellation.check() }
    }

    func put(_ object: LuaObject) throws(Failure) {
        try state.define(object.luaClass)
        var item = clua_item()
        item.kind = object.luaClass.isSingle ? CLUA_SINGLE : CLUA_OBJECT
        item.extent.key = UnsafeRawPointer(Unmanaged.passUnretained(object.luaClass).toOpaque())
        item.payload.object = Unmanaged.passRetained(object).toOpaque()
        put(item)
    }

    func put(number: Double) {
        var item = clua_item()
        item.kind = CLUA_NUMBER
        item.payload.number = number
        put(item)
    }

    /// Says how long the list or record is that begins at an item.
    func setCount(_ count: Int, at position: Int) { items[position].extent.count = count }

    func put(_ kind: clua_kind, integer: Int = 0, count: Int = 0) {
        var item = clua_item()
        item.kind = kind
        item.payload.integer = lua_Integer(integer)
        item.extent.count = count
        put(item)
    }

    func put(string: UnsafeBufferPointer<UInt8>) {
        if byteCount + string.count > bytes.count {
            let grown = UnsafeMutableBufferPointer<UInt8>.allocate(
                capacity: max(bytes.count * 2, byteCount + string.count))
            _ = grown.update(fromContentsOf: UnsafeBufferPointer(rebasing: bytes[..<byteCount]))
            bytes.deallocate()
            bytes = grown
        }
        var item = clua_item()
        item.kind = CLUA_STRING
        item.payload.offset = byteCount
        item.extent.count = string.count
        _ = UnsafeMutableBufferPointer(rebasing: bytes[byteCount...]).update(fromContentsOf: string)
        byteCount += string.count
        put(item)
    }

    private func put(_ item: clua_item) {
        if itemCount == items.count {
            items = Plan.room(for: items.count * 2, instead: items.baseAddress)
        }
        items[itemCount] = item
        itemCount += 1
    }
}
