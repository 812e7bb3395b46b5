import LuaKit
import LuaModules
import Testing

/// The files for editors and the reference page.
struct StubTests {
    private let stubs = Dictionary(uniqueKeysWithValues: API.stubs().map { ($0.name, $0.text) })

    @Test func everyFileIsLua() throws {
        let state = try LuaState()
        for (name, text) in stubs {
            guard
                case .values = state.run(
                    "local f = assert(load(...)) return true", name: "=load", arguments: [.string(text)])
            else {
                Issue.record("\(name) does not load")
                continue
            }
            #expect(text.hasPrefix("---@meta"))
        }
        #expect(stubs.count == LuaModules.modules.count + 1)
    }

    @Test func everyNameAndParameterIsThere() throws {
        func check(_ signature: Signature, in file: String, as name: String) throws {
            let lines = try #require(stubs[file]).split(separator: "\n")
            let place = try #require(lines.firstIndex { $0.hasPrefix("function \(name)(") }, "\(name) in \(file)")
            let above = lines[..<place].reversed().prefix { $0.hasPrefix("---") }
            for parameter in signature.parameters {
                #expect(above.contains { $0.hasPrefix("---@param \(parameter.name)") }, "\(name): \(parameter.name)")
            }
            #expect(above.count { $0.hasPrefix("---@return ") } == signature.returns.count)
            try checkOptions(signature, lines)
        }
        func checkOptions(_ signature: Signature, _ lines: [Substring]) throws {
            guard !signature.options.isEmpty else { return }
            let heading = "---@class (exact) \(signature.name.replacing(":", with: ".")).options"
            let place = try #require(lines.firstIndex { $0 == heading })
            let fields = lines[(place + 1)...].prefix { $0.hasPrefix("---@field ") }
            for option in signature.options {
                let mark = option.isOptional ? "?" : ""
                #expect(
                    fields.contains { $0.hasPrefix("---@field \(option.name)\(mark) ") },
                    "\(signature.name): \(option.name)")
            }
        }
        for global in LuaModules.globals { try check(global, in: "globals.lua", as: global.name) }
        for module in LuaModules.modules {
            for function in module.functions { try check(function, in: "\(module.name).lua", as: function.name) }
            for luaClass in module.classes {
                let short = luaClass.name.split(separator: ".").last ?? ""
                let variable = short.prefix(1).uppercased() + short.dropFirst()
                for method in luaClass.methods {
                    try check(method, in: "\(module.name).lua", as: "\(variable):\(method.shortName)")
                }
                for field in luaClass.fields {
                    #expect(stubs["\(module.name).lua"]?.contains("---@field \(field.name) ") == true)
                }
            }
        }
    }

    @Test func typesAreTheServersOwn() throws {
        let cluster = try #require(stubs["cluster.lua"])
        #expect(cluster.contains("---@param x tensor|data.Column|number[][] "))
        #expect(cluster.contains("---@field metric? \"euclidean\"|\"cosine\" "))
        #expect(cluster.contains("---@field k integer "))
        #expect(cluster.contains("---@return cluster.KMeans # "))
        #expect(cluster.contains("---@param options cluster.kmeans.options\n"))
        #expect(try #require(stubs["tensor.lua"]).contains("---@overload fun("))
    }

    @Test func theReferenceNamesAndLinksEverything() {
        let page = API.markdown()
        let catalogue = Catalogue(modules: LuaModules.modules, globals: LuaModules.globals)
        for signature in catalogue.signatures {
            #expect(page.contains("#### \(signature.name)\n"), "\(signature.name)")
            for parameter in signature.parameters { #expect(page.contains("| `\(parameter.name)` |")) }
            for option in signature.options { #expect(page.contains("| `{\(option.name)}` |")) }
        }
        var anchors: Set<Substring> = []
        for part in page.split(separator: "<a id=\"").dropFirst() {
            #expect(anchors.insert(part.prefix { $0 != "\"" }).inserted, "an anchor is there twice: \(part.prefix(30))")
        }
        for part in page.split(separator: "](#").dropFirst() {
            let target = part.prefix { $0 != ")" }
            #expect(anchors.contains(target), "a link leads nowhere: \(target)")
        }
    }
}
