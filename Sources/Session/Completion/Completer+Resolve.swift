import LuaKit

extension Completer {
    /// What an expression stands for, as far as it can be told.
    enum Subject {
        /// A value that is there.
        case value(Argument)
        /// A value of a class, still to be made.
        case instance(LuaClass)
        /// A function or method.
        case function(Signature)
        /// A string, still to be made.
        case text
        /// A table with these fields, still to be made: a row.
        case record([Member])
    }

    /// How many steps are followed from a name to what was assigned to it, and on.
    private static let depthLimit = 40

    /// What `expression` stands for.
    func resolve(_ expression: LuaSyntax.Expression, depth: Int = 0) -> Subject? {
        guard depth < Self.depthLimit else { return nil }
        switch expression {
        case .text:
            return .text
        case .name(let name, let place):
            if let assigned = syntax.assignment(to: name, before: place) { return resolve(assigned, depth: depth + 1) }
            return variable(name) ?? syntax.iterated(by: name, before: place).flatMap { row(of: $0, depth: depth + 1) }
        case .member(let object, let name):
            return resolve(object, depth: depth + 1).flatMap { member(name, of: $0) }
        case .element(let object, let position):
            guard let subject = resolve(object, depth: depth + 1) else { return nil }
            let columns = ownMembers(of: subject)
            if !columns.isEmpty { return .record(columns) }
            guard case .value(let table) = subject, let position else { return nil }
            return inspector.element(position, of: table).flatMap(present)
        case .call(let callee, let argument):
            if case .name("require", _) = callee, let argument { return loaded(argument) }
            guard let signature = signature(of: callee, depth: depth + 1), let result = signature.returns.first else {
                return nil
            }
            return subject(ofType: result.type)
        }
    }

    /// The declaration of what is called.
    func signature(of callee: LuaSyntax.Expression, depth: Int = 0) -> Signature? {
        switch resolve(callee, depth: depth) {
        case .function(let signature): signature
        case .value(let value): value.signature ?? lua.module(at: value)?.call
        default: nil
        }
    }

    /// What a loop over the call `iterator` gets each time, if it goes over the records of an object.
    private func row(of iterator: LuaSyntax.Expression, depth: Int) -> Subject? {
        guard case .call(let callee, _) = iterator, case .member(let object, _) = callee,
            signature(of: callee, depth: depth)?.returns.first?.type == "iterator of records",
            let subject = resolve(object, depth: depth)
        else { return nil }
        return .record(ownMembers(of: subject))
    }

    private func variable(_ name: String) -> Subject? {
        if let local = inspector.local(name) { return present(local) }
        return inspector.globals().flatMap { inspector.member(name, of: $0) }.flatMap(present)
    }

    /// A module that `require` has brought.
    private func loaded(_ name: String) -> Subject? {
        guard let globals = inspector.globals(), let package = inspector.member("package", of: globals),
            let loaded = inspector.member("loaded", of: package)
        else { return nil }
        return inspector.member(name, of: loaded).flatMap(present)
    }

    private func present(_ value: Argument) -> Subject? { value.isNil ? nil : .value(value) }

    private func member(_ name: String, of subject: Subject) -> Subject? {
        switch subject {
        case .text, .function, .record:
            return nil
        case .instance(let luaClass):
            return member(name, of: luaClass)
        case .value(let value):
            guard let object = value.object else {
                return inspector.member(name, of: value).flatMap(present)
            }
            if let found = member(name, of: object.luaClass) { return found }
            return object.luaClass.members(of: object).first { $0.name == name }.flatMap {
                self.subject(ofType: $0.type)
            }
        }
    }

    private func member(_ name: String, of luaClass: LuaClass) -> Subject? {
        if let method = luaClass.methods.first(where: { $0.shortName == name }) { return .function(method) }
        return luaClass.fields.first { $0.name == name }.flatMap { subject(ofType: $0.type) }
    }

    /// What a type in the words of a declaration stands for: "tensor", "number or tensor".
    private func subject(ofType words: String) -> Subject? {
        for part in words.split(separator: " or ") {
            if let luaClass = catalogue.classes.first(where: { $0.name == part }) { return .instance(luaClass) }
            if part == "string" { return .text }
        }
        return nil
    }

    /// Fields that an object of the subject's has beside the declared ones.
    func ownMembers(of subject: Subject) -> [Member] {
        guard case .value(let value) = subject, let object = value.object else { return [] }
        return object.luaClass.members(of: object)
    }
}
