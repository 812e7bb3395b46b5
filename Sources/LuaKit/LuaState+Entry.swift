import Support

extension LuaState {
    /// Compiles what somebody typed: as an expression, else as statements, else as statements and a last expression (`x = 5; x`),
    /// whose value is returned.
    ///
    /// - Throws: the failure of `load`, marked as incomplete if more lines could make the entry right.
    func compileEntry(_ lua: OpaquePointer, _ entry: String, _ name: String) throws(Failure) -> LuaFunction {
        let source = Array(entry.utf8)
        let expression = Result { () throws(Failure) in try load(lua, Self.keyword + source, name) }
        if case .success(let chunk) = expression { return chunk }
        let statements = Result { () throws(Failure) in try load(lua, source, name) }
        guard case .failure(let failure) = statements else { return try statements.get() }
        let wantsStatement = Self.isIncomplete(failure) && !failure.problem.hasSuffix("syntax error near <eof>")
        if wantsStatement { throw failure }
        if case .failure(let other) = expression, Self.isIncomplete(other) { throw other }
        // The longest beginning that stands on its own ends where the last statement begins.
        let breaks = source.indices.filter { source[$0] == UInt8(ascii: ";") || source[$0] == UInt8(ascii: "\n") }
        let end = source.lastIndex { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: " ") } ?? 0
        for position in breaks.reversed().prefix(100) where position < end {
            guard (try? load(lua, Array(source[...position]), name)) != nil else { continue }
            let changed = Array(source[...position]) + Self.keyword + Array(source[(position + 1)...])
            do throws(Failure) {
                return try load(lua, changed, name)
            } catch {
                if Self.isIncomplete(error) { throw error }
                throw furthest(lua, (source, failure), (changed, error), name)
            }
        }
        guard case .failure(let other) = expression else { throw failure }
        throw furthest(lua, (source, failure), (Self.keyword + source, other), name)
    }

    /// Of the errors of an entry as statements and with a last expression, that of the form in which more of it could be read: the
    /// other one complains of what was meant.
    private func furthest(
        _ lua: OpaquePointer, _ statements: (source: [UInt8], failure: Failure),
        _ expression: (source: [UInt8], failure: Failure), _ name: String
    ) -> Failure {
        let reached = extent(lua, expression.source) - Self.keyword.count
        // Lua would wait for a statement that begins with this expression. Nobody means that.
        guard reached > extent(lua, statements.source) else { return .format(name, statements.failure.problem) }
        let problem = expression.failure.problem
        // Behind `return` nothing may follow, which nobody wrote.
        guard let range = problem.firstRange(of: "<eof> expected near") else { return .format(name, problem) }
        return .format(name, problem[..<range.lowerBound] + "syntax error near" + problem[range.upperBound...])
    }

    /// What keeps an entry from being run: nil if nothing does. It is incomplete if more lines could make it right.
    public func entryError(in entry: String, name: String = "=input") -> (message: String, isIncomplete: Bool)? {
        guard isOnItsThread else { return nil }
        do throws(Failure) {
            // The line break makes a string that is open at the end of a line an error, which no further line can mend.
            _ = try compileEntry(current, entry + "\n", name)
            return nil
        } catch {
            return (error.problem, Self.isIncomplete(error))
        }
    }

    private static let keyword = Array("return ".utf8)

    private static func isIncomplete(_ failure: Failure) -> Bool {
        if case .format(_, let place) = failure.kind { place != nil } else { false }
    }
}
