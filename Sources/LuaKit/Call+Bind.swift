import CLua
import Support

// From the declaration to the arguments: which is where, and whether it is acceptable.
extension Call {
    /// Finds each parameter's argument and checks it. The signature is handed on: to ask for one's own would count references each time.
    func bind(to signature: Signature) throws(Failure) {
        if signature.isInternal { return }
        let first: Int32 = signature.isMethod ? 2 : 1
        if signature.isMethod, argument(1).object == nil {
            throw .operation(
                "\(signature.name) is called with a colon, as in x:\(signature.shortName)(...); got \(argument(1).words)"
            )
        }
        let options = signature.options.isEmpty ? nil : optionsIndex(signature, from: first)
        let end = options ?? count + 1
        while places.count < signature.declared.count { places.append(0) }
        var index = first
        for position in signature.parameters.indices {
            try bind(signature, position, at: index < end ? index : 0)
            index += 1
        }
        if signature.variadic != nil {
            variadicStart = min(index, end)
            variadicEnd = end
            for place in variadicStart..<variadicEnd {
                _ = try check(signature, signature.names.count, argument(Int(place)))
            }
        } else if index < end, !(index..<end).allSatisfy({ argument(Int($0)).isNil }) {
            throw tooMany(at: index, from: first)
        }
        if !signature.options.isEmpty { try bindOptions(signature, options) }
    }

    /// Where the table of options is, if there is one.
    private func optionsIndex(_ signature: Signature, from first: Int32) -> Int32? {
        // f({...}, nil) passes what a variable holds, or nothing; among variadic values a nil is one.
        var last = count
        if signature.variadic == nil { while last >= first, argument(Int(last)).isNil { last -= 1 } }
        guard last >= first, argument(Int(last)).kind == .table else { return nil }
        let position = Int(last - first)
        guard position < signature.parameters.count else {
            guard position > signature.parameters.count || signature.variadic != nil else { return last }
            // Among variadic values that may be tables themselves, a table without a list part is the options.
            guard let variadic = signature.variadic, variadic.type.acceptsTables else { return last }
            return argument(Int(last)).count == 0 ? last : nil
        }
        // f(x, {dim=1}) with an optional parameter left out before the options.
        let skipped = signature.parameters[position...]
        guard skipped.allSatisfy(\.isOptional) else { return nil }
        // A parameter that takes tables gets those that are not plainly options.
        return skipped.contains { $0.type.acceptsTables } && !namesOptionsAlone(signature, at: last) ? nil : last
    }

    /// Whether the argument at `place`, a table, has keys, and all of them are options.
    private func namesOptionsAlone(_ signature: Signature, at place: Int32) -> Bool {
        guard lua_checkstack(lua, 4) != 0 else { return false }
        let top = lua_gettop(lua)
        defer { lua_settop(lua, top) }
        var isNamed = false
        lua_pushnil(lua)
        while lua_next(lua, place) != 0 {
            let key = argument(Int(top) + 1)
            guard signature.options.contains(where: { key.equals($0.name) }) else { return false }
            isNamed = true
            lua_settop(lua, top + 1)
        }
        return isNamed
    }

    private func tooMany(at index: Int32, from first: Int32) -> Failure {
        let most = signature.parameters.count
        let came = argument(Int(index))
        if !signature.options.isEmpty, Int(index - first) == most, came.kind != .table {
            return .argument(
                "options", expected: "table of options", got: came.words, hint: "usage: \(signature.usage)")
        }
        let counted = most == 0 ? "no arguments" : most == 1 ? "1 argument" : "\(most) arguments"
        let words = signature.options.isEmpty ? counted : most == 0 ? "a table of options" : "\(counted) and options"
        return .operation(
            "\(signature.name) takes \(words), got \(count - first + 1)", hint: "usage: \(signature.usage)")
    }

    /// Takes what is at `place` of the stack for the parameter at `position` of the declared ones; 0 if nothing was given.
    private func bind(_ signature: Signature, _ position: Int, at place: Int32) throws(Failure) {
        guard place > 0, !argument(Int(place)).isNil else {
            places[position] = 0
            guard case .required = signature.declared[position].absence else { return }
            let parameter = signature.declared[position]
            let got = place > 0 ? argument(Int(place)).words : "nothing"
            throw .argument(parameter.name, expected: parameter.type.expected, got: got)
        }
        places[position] = place
        if let value = try check(signature, position, argument(Int(place))) { conversions.append((position, value)) }
    }

    private func check(_ signature: Signature, _ position: Int, _ argument: Argument) throws(Failure) -> Any? {
        let verdict: ParameterType.Verdict
        do throws(Failure) {
            verdict = try signature.checks[position](argument)
        } catch {
            // A conversion knows what it expected, but not what the parameter is called here.
            guard case .argument = error.kind else { throw error }
            throw .argument(
                signature.declared[position].name, expected: error.problem, got: error.got ?? argument.words,
                hint: error.hint)
        }
        switch verdict {
        case .accepted: return nil
        case .converted(let value): return value
        case .refused(let got, let hint):
            let parameter = signature.declared[position]
            throw .argument(
                parameter.name, expected: parameter.type.expected, got: got ?? argument.words, hint: hint)
        }
    }

    /// Copies the options that were given to stack slots of their own, then checks them in declared order.
    private func bindOptions(_ signature: Signature, _ table: Int32?) throws(Failure) {
        let first = signature.parameters.count
        guard let table else {
            for position in signature.options.indices { try bind(signature, first + position, at: 0) }
            return
        }
        let options = signature.options
        var given = [Bool](repeating: false, count: options.count)
        let start = lua_gettop(lua) + 1
        guard lua_checkstack(lua, Int32(options.count) + 8) != 0 else {
            throw Failure(.memory, "no room for the options")
        }
        for _ in options { lua_pushnil(lua) }
        let key = start + Int32(options.count)
        var unknown: [String] = []
        lua_pushnil(lua)
        while lua_next(lua, table) != 0 {
            let name = argument(Int(key))
            if let position = options.firstIndex(where: { name.equals($0.name) }) {
                lua_copy(lua, -1, start + Int32(position))
                given[position] = true
            } else {
                unknown.append(name.text ?? "[\(name.words)]")
            }
            lua_settop(lua, key)
        }
        // The table's order must not decide which one is named.
        if let name = unknown.min() { throw unknownOption(name) }
        for position in options.indices {
            try bind(signature, first + position, at: given[position] ? start + Int32(position) : 0)
        }
    }

    private func unknownOption(_ name: String) -> Failure {
        let names = signature.options.map(\.name)
        let hint = nearest(to: name, in: names).map { "did you mean '\($0)'?" }
        return .operation(
            "unknown option '\(name)' for \(signature.name)", hint: hint ?? "options: \(names.joined(separator: ", "))")
    }
}
