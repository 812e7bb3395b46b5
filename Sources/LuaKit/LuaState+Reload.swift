import CLua
import Support

/// A file that `require` loaded.
struct ModuleFile {
    let name: String
    let path: String
    let stamp: FileStamp?
}

extension LuaState {
    /// Lua and its release: "Lua 5.4.4".
    public var version: String { "Lua \(LUA_VERSION_MAJOR).\(LUA_VERSION_MINOR).\(LUA_VERSION_RELEASE)" }

    /// The files that `require` has loaded, the latest last.
    public var loadedFiles: [String] { moduleFiles.map(\.path) }

    /// Makes `require` note which files it loads, for `reloadChangedModules`. Call once.
    public func watchModules() {
        // The chunk's name keeps it out of tracebacks.
        _ = run(
            """
            local note, search = ..., package.searchers[2]
            package.searchers[2] = function(name)
                local loader, file = search(name)
                if type(loader) == "function" then note(name, file) end
                return loader, file
            end
            """, name: "=[C]", arguments: [.native(Self.noteSignature)])
    }

    /// Loads the modules anew whose files have changed since they were loaded, in the order of their loading. Their tables stay the same
    /// and get the new content, so that whoever holds one sees it. Returns their names.
    ///
    /// - Throws: the error of a module that does not load; it stays as it was.
    public func reloadChangedModules() throws(Failure) -> [String] {
        let changed = moduleFiles.filter { FileStamp($0.path) != $0.stamp && FileStamp($0.path) != nil }
        var names: [String] = []
        for file in changed {
            switch run(Self.reloading, name: "=[C]", arguments: [.string(file.name)]) {
            case .values: names.append(file.name)
            case .interrupted: throw .cancelled
            case .failure(let message, _), .syntaxError(let message, _): throw .operation(message)
            }
        }
        return names
    }

    private static let reloading = """
        local name = ...
        local old = package.loaded[name]
        package.loaded[name] = nil
        local done, new = pcall(require, name)
        if not done then
            package.loaded[name] = old
            error(new, 0)
        end
        if type(old) == "table" and type(new) == "table" and old ~= new then
            for key in next, old do
                if rawget(new, key) == nil then rawset(old, key, nil) end
            end
            for key, value in next, new do rawset(old, key, value) end
            setmetatable(old, getmetatable(new))
            package.loaded[name] = old
        end
        """

    private static let noteSignature = Signature(
        "note", "Notes which file a module is loaded from.",
        parameters: [
            .required("name", .string, "the module"), .optional("file", .string, standing: "none", "its file"),
        ]
    ) { call throws(Failure) in
        let name = try call.string("name")
        guard let path = try call.string(ifGiven: "file") else { return .nothing }
        let state = call.state
        state.moduleFiles.removeAll { $0.name == name }
        state.moduleFiles.append(ModuleFile(name: name, path: path, stamp: FileStamp(path)))
        return .nothing
    }
}
