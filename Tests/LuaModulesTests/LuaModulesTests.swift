import Encoders
import Foundation
import Learning
import LuaKit
import Support
import Testing

@testable import LuaModules

/// What holds for every declaration.
struct LuaModulesTests {
    private let catalogue = Catalogue(modules: LuaModules.modules, globals: LuaModules.globals)
    private static let keywords: Set<String> = [
        "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if", "in", "local", "nil",
        "not", "or", "repeat", "return", "then", "true", "until", "while",
    ]

    @Test func noNameIsAKeyword() {
        for signature in catalogue.signatures {
            let parameters = signature.parameters + signature.options + (signature.variadic.map { [$0] } ?? [])
            for name in parameters.map(\.name) + [signature.shortName] {
                #expect(!Self.keywords.contains(name), "\(signature.name): \(name)")
                #expect(isName(name), "\(signature.name): \(name)")
            }
            #expect(Set(parameters.map(\.name)).count == parameters.count, "\(signature.name) has a name twice")
        }
        for field in catalogue.classes.flatMap(\.fields) { #expect(!Self.keywords.contains(field.name)) }
    }

    @Test func namesAreUniqueAndQualified() {
        // A module that can be called, and a class of the same name, share a name; nothing else does.
        for names in [catalogue.signatures.map(\.name), catalogue.classes.map(\.name), catalogue.modules.map(\.name)] {
            #expect(Set(names).count == names.count)
        }
        for module in catalogue.modules {
            for function in module.functions { #expect(function.name == "\(module.name).\(function.shortName)") }
            for luaClass in module.classes {
                for method in luaClass.methods { #expect(method.name == "\(luaClass.name):\(method.shortName)") }
            }
        }
    }

    @Test func everythingIsExplained() {
        for signature in catalogue.signatures {
            #expect(signature.prose.hasSuffix("."), "\(signature.name)")
            for parameter in signature.parameters + signature.options {
                #expect(!parameter.prose.isEmpty, "\(signature.name): \(parameter.name)")
            }
            for name in signature.related { #expect(catalogue.topic(name) != nil, "\(signature.name) names \(name)") }
        }
    }

    @Test func optionalParametersComeLast() {
        for signature in catalogue.signatures {
            let lastRequired = signature.parameters.lastIndex { !$0.isOptional } ?? -1
            let firstOptional = signature.parameters.firstIndex { $0.isOptional } ?? signature.parameters.endIndex
            #expect(lastRequired < firstOptional, "\(signature.name)")
        }
    }

    @Test func everyFunctionHasAnExampleWithItsOutput() {
        for signature in catalogue.signatures {
            #expect(signature.example?.output.isEmpty == false, "\(signature.name)")
        }
    }

    /// Those that need a model or a library run where it is installed.
    @Test func examplesPrintWhatTheySay() throws {
        let installed = Installed()
        for signature in catalogue.signatures {
            guard let example = signature.example, installed.has(example.needs) else { continue }
            let found = try shown(example.code)
            #expect(found == example.output, "\(signature.name)")
        }
    }

    @Test func theFaceIsValidJSON() throws {
        let bytes = try API.json().encoded(.pretty)
        let back = try JSON.parse(bytes)
        #expect(back["globals"]?.array?.count == LuaModules.globals.count)
        #expect(back["modules"]?.array?.count == LuaModules.modules.count)
    }

    @Test func searchWordsAreOfWhatThereIs() {
        #expect(Set(SearchWords.all.keys).subtracting(catalogue.names).sorted() == [])
    }

    /// Every change of the public face shows in review as a change of this file. `COHORT_RECORD=1 scripts/test --filter theFace`
    /// writes it anew.
    @Test func theFaceIsAsRecorded() throws {
        let path = #filePath.replacing("LuaModulesTests/LuaModulesTests.swift", with: "Vectors/api.json")
        let bytes = try API.json().encoded(.pretty)
        if ProcessInfo.processInfo.environment["COHORT_RECORD"] != nil {
            try Data(bytes).write(to: URL(fileURLWithPath: path))
        }
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == Data(bytes), "the face changed; see above")
    }

    @Test func modulesHideAndComeBack() throws {
        let state = try LuaModules.makeState()
        let name = try #require(LuaModules.modules.first?.name)
        #expect(try shown("\(name) = 5 return \(name)", in: state) == "5")
        #expect(state.hiddenNames == [name])
        #expect(try shown("\(name) = nil return type(\(name))", in: state) == "\"table\"")
        #expect(try shown("return require 'cohort.\(name)' == \(name)", in: state) == "true")
        #expect(try shown("return rawget(_G, '\(name)')", in: state) == "nil")
    }

    @Test(arguments: [
        ("return cluster.kmeanz", "test.lua:1: cluster has no member 'kmeanz' (did you mean 'kmeans'?)"),
        ("return tensor.xyzzy", "test.lua:1: tensor has no member 'xyzzy' (help(tensor) lists them)"),
        ("return rawget(cluster, 'kmeanz'), cluster[1]", "nil\nnil"),
        ("cluster.mine = 5 return cluster.mine", "5"),
        ("return #tensor{1, 2}, json.null ~= nil", "2\ntrue"),
    ])
    func aMissingMemberIsAnError(code: String, expected: String) throws { #expect(try shown(code) == expected) }

    private func isName(_ text: String) -> Bool {
        text.utf8.allSatisfy { $0 == 0x5F || (0x30...0x39).contains($0) || (0x61...0x7A).contains($0 | 0x20) }
            && text.utf8.first.map { !(0x30...0x39).contains($0) } ?? false
    }
}

/// What is on this machine beside Cohort itself.
struct Installed {
    private let names: Set<String>

    init() {
        var names = Set(ModelStore().installed().map(\.name))
        if (try? shown("return data.sql('select 1 as n')[1].n")) == "1" { names.insert("DuckDB") }
        if LightGBM.isInstalled { names.insert("LightGBM") }
        self.names = names
    }

    /// Whether an example that needs `name` can run.
    func has(_ name: String?) -> Bool { name.map(names.contains) ?? true }
}

/// What the prompt would show for `code`: what it prints, then its values, a line each. Errors show their message.
func shown(_ code: String, in state: LuaState? = nil) throws -> String {
    let state = try state ?? LuaModules.makeState()
    var text: [UInt8] = []
    state.output = { text += Array($0) }
    switch state.evaluate(code, name: "@test.lua", layout: state.layout) {
    case .values(let values): for value in values { text += Array((value + "\n").utf8) }
    case .stopped(.failure(let message, _)), .stopped(.syntaxError(let message, _)): text += Array(message.utf8)
    case .stopped: text += Array("stopped".utf8)
    }
    if text.last == UInt8(ascii: "\n") { text.removeLast() }
    return String(decoding: text, as: UTF8.self)
}
