import Support

/// An entry in the form in which Lua takes it.
struct CompiledEntry {
    let chunk: LuaFunction
    /// The text that was compiled: the entry, with `return` before its expression.
    let source: [UInt8]
    /// Where the expression begins that the entry is or ends in, in bytes of the entry.
    let expressionStart: Int?
    /// Of the form that says most plainly what was typed.
    let outline: EntryOutline
}

extension LuaState {
    /// Compiles what somebody typed: as an expression, else as statements, else as statements and a last expression (`x = 5; x`),
    /// whose value is returned.
    ///
    /// - Throws: the failure of `load`, marked as incomplete if more lines could make the entry right.
    func compileEntry(_ lua: OpaquePointer, _ source: [UInt8], _ name: String) throws(Failure) -> CompiledEntry {
        let expression = Result { () throws(Failure) in try load(lua, Self.keyword + source, name) }
        if case .success(let chunk) = expression { return keepingFrame(lua, source, expressionAt: 0, chunk, name) }
        let statements = Result { () throws(Failure) in try load(lua, source, name) }
        let starts = EntryOutline.statementStarts(of: source).suffix(100).reversed()
        guard case .failure(let failure) = statements else {
            // A last statement that is a call has values, as it has on its own.
            for start in starts where start.isName {
                if let entry = try? compile(lua, source, expressionAt: start.offset, name) { return entry }
            }
            return CompiledEntry(
                chunk: try statements.get(), source: source, expressionStart: nil, outline: EntryOutline(source))
        }
        // What lacks nothing but to be assigned to is an expression.
        let isExpression = ["syntax error near <eof>", "'=' expected near <eof>"].contains {
            failure.problem.hasSuffix($0)
        }
        let wantsStatement = Self.isIncomplete(failure) && !isExpression
        if wantsStatement { throw failure }
        if case .failure(let other) = expression, Self.isIncomplete(other) { throw other }
        // The longest beginning that stands on its own ends where the last statement begins.
        for start in starts where (try? load(lua, Array(source[..<start.offset]), name)) != nil {
            do throws(Failure) {
                return try compile(lua, source, expressionAt: start.offset, name)
            } catch {
                if Self.isIncomplete(error) { throw error }
                // The line may hold another place.
                if start.isWithinLine { continue }
                let changed = Array(source[..<start.offset]) + Self.keyword + Array(source[start.offset...])
                throw furthest(lua, (source, failure), (changed, error), name)
            }
        }
        guard case .failure(let other) = expression else { throw failure }
        throw furthest(lua, (source, failure), (Self.keyword + source, other), name)
    }

    /// The source with what begins at `start` as an expression; what is before it must stand on its own.
    private func compile(
        _ lua: OpaquePointer, _ source: [UInt8], expressionAt start: Int, _ name: String
    ) throws(Failure) -> CompiledEntry {
        let changed = Array(source[..<start]) + Self.keyword + Array(source[start...])
        let chunk = try load(lua, changed, name)
        _ = try load(lua, Array(source[..<start]), name)
        return keepingFrame(lua, source, expressionAt: start, chunk, name)
    }

    /// The entry whose expression begins at `start` and which compiled to `chunk`, in a form that stays on the stack while it calls what it
    /// ends in: `return f()` would make way for `f`, and the error would not know who called it. Behind a variable to be closed Lua makes
    /// no such calls.
    private func keepingFrame(
        _ lua: OpaquePointer, _ source: [UInt8], expressionAt start: Int, _ chunk: LuaFunction, _ name: String
    ) -> CompiledEntry {
        let plain = Array(source[..<start]) + Self.keyword + Array(source[start...])
        let outline = EntryOutline(plain)
        let stay = outline.unusedName("stay")
        let form = "do local \(stay) <close> = nil return "
        let longer =
            Array(source[..<start]) + Array(form.utf8) + Array(source[start...])
            + EntryOutline.separator(behind: source) + Array("end".utf8)
        // There may be no room for one more variable.
        if let staying = try? load(lua, longer, name) {
            return CompiledEntry(chunk: staying, source: longer, expressionStart: start, outline: outline)
        }
        return CompiledEntry(chunk: chunk, source: plain, expressionStart: start, outline: outline)
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
            _ = try compileEntry(current, Array((entry + "\n").utf8), name)
            return nil
        } catch {
            return (error.problem, Self.isIncomplete(error))
        }
    }

    /// How many bytes of a source Lua reads until it gives up; of an entry, in the form in which it gets furthest.
    public func syntaxExtent(of source: [UInt8], isEntry: Bool) -> Int {
        let read = extent(current, source)
        return isEntry ? max(read, extent(current, Self.keyword + source) - Self.keyword.count) : read
    }

    private static let keyword = Array("return ".utf8)

    private static func isIncomplete(_ failure: Failure) -> Bool {
        if case .format(_, let place) = failure.kind { place != nil } else { false }
    }
}
