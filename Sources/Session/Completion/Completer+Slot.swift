import LuaKit

extension Completer {
    /// The parameter that a value stands for, in a call.
    struct Slot {
        let signature: Signature
        let parameter: Parameter
        /// What is called.
        let callee: LuaSyntax.Expression
        /// Whether the value is one of a list of them.
        let isElement: Bool
    }

    /// The parameter for which the value stands that begins at the token `index` or, behind the last one, at the cursor.
    func slot(before index: Int) -> Slot? {
        guard let bracket = syntax.parent(of: index) else { return directSlot(before: index) }
        if let direct = directSlot(before: index) { return direct }
        if syntax.token(index - 1, is: "="), syntax.token(bracket, is: "{") {
            let key = index - 2
            guard key > bracket, syntax.tokens[key].kind == .name, isAtStart(key, in: bracket),
                let (callee, signature) = optionsCall(bracket),
                let option = signature.options.first(where: { $0.name == syntax.tokens[key].text })
            else { return nil }
            return Slot(signature: signature, parameter: option, callee: callee, isElement: false)
        }
        guard isAtStart(index, in: bracket) else { return nil }
        if syntax.token(bracket, is: "("), let callee = syntax.callee(before: bracket) {
            return positional(syntax.position(of: index, in: bracket), of: callee)
        }
        guard syntax.token(bracket, is: "{"), let list = slot(before: bracket), !list.isElement else { return nil }
        return Slot(signature: list.signature, parameter: list.parameter, callee: list.callee, isElement: true)
    }

    /// For the string of `f "..."` and the table of `f{...}`.
    private func directSlot(before index: Int) -> Slot? {
        let isArgument = index < syntax.tokens.count ? syntax.token(index, is: "{") : isString
        guard isArgument, let callee = syntax.callee(before: index) else { return nil }
        return positional(0, of: callee)
    }

    private func positional(_ position: Int, of callee: LuaSyntax.Expression) -> Slot? {
        guard let signature = signature(of: callee) else { return nil }
        let parameter =
            signature.parameters.indices.contains(position) ? signature.parameters[position] : signature.variadic
        return parameter.map { Slot(signature: signature, parameter: $0, callee: callee, isElement: false) }
    }

    /// Whether nothing stands between the bracket or the last comma in it and the token.
    private func isAtStart(_ index: Int, in bracket: Int) -> Bool {
        index == bracket + 1 || syntax.token(index - 1, is: ",") || syntax.token(index - 1, is: ";")
    }

    /// The call whose options stand in the braces that open at `bracket`.
    private func optionsCall(_ bracket: Int) -> (callee: LuaSyntax.Expression, signature: Signature)? {
        let position: Int
        let callee: LuaSyntax.Expression
        if let direct = syntax.callee(before: bracket) {
            (callee, position) = (direct, 0)
        } else if let outer = syntax.parent(of: bracket), syntax.token(outer, is: "("), isAtStart(bracket, in: outer),
            let called = syntax.callee(before: outer)
        {
            (callee, position) = (called, syntax.position(of: bracket, in: outer))
        } else {
            return nil
        }
        guard let signature = signature(of: callee), !signature.options.isEmpty else { return nil }
        // Where an optional parameter may stand, a table can be the options: it is, if it names nothing else.
        guard signature.parameters.dropFirst(position).allSatisfy(\.isOptional) else { return nil }
        return (callee, signature)
    }

    /// The options that are still to be given, if it is the key of one that is being typed.
    func optionKeys() -> [Candidate]? {
        let end = syntax.tokens.count
        guard let bracket = syntax.innermost, syntax.token(bracket, is: "{"), isAtStart(end, in: bracket),
            let (_, signature) = optionsCall(bracket)
        else { return nil }
        let given = (bracket..<end).filter { syntax.parents[$0] == bracket && syntax.token($0 + 1, is: "=") }
            .map { syntax.tokens[$0].text }
        return signature.options.filter { !given.contains($0.name) }.map { option in
            Candidate("\(option.name) = ", label: option.name, .option, Self.explain(option))
        }
    }

    /// What an option takes, what stands for it, and what it is: in this order, since the end of a long line is cut off.
    private static func explain(_ option: Parameter) -> String {
        let prose = line(option.prose)
        let type = option.type.expected
        switch option.absence {
        case .required: return "\(type), required: \(prose)"
        case .none: return "\(type): \(prose)"
        case .value(let constant): return "\(type), default \(constant.text): \(prose)"
        case .described(let text): return "\(type), by default \(text): \(prose)"
        }
    }

    /// The values that can be listed for a parameter, as they are written in code.
    func values(_ slot: Slot) -> [Candidate] {
        let words = Self.choices(slot.parameter.type.form, isElement: slot.isElement)
        let quoted = words.map { Candidate("\"\($0)\"", label: "\"\($0)\"", .choice, slot.parameter.name) }
        guard !slot.isElement, Self.acceptsBooleans(slot.parameter.type.form) else { return quoted }
        return quoted + ["true", "false"].map { Candidate($0, .choice, slot.parameter.name) }
    }

    /// The words that a type allows.
    static func choices(_ form: ParameterType.Form, isElement: Bool) -> [String] {
        switch form {
        case .choice(let words): isElement ? [] : words
        case .list(let element): isElement ? choices(element, isElement: false) : []
        case .either(let forms): forms.flatMap { choices($0, isElement: isElement) }
        default: []
        }
    }

    private static func acceptsBooleans(_ form: ParameterType.Form) -> Bool {
        switch form {
        case .boolean: true
        case .either(let forms): forms.contains(where: acceptsBooleans)
        default: false
        }
    }
}
