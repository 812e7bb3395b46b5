import Foundation
import Session
import Testing

/// The session's own commands.
@Suite struct SessionCommandTests {
    let bench: Bench
    let folder: String

    init() throws {
        bench = try Bench()
        folder = NSTemporaryDirectory() + "cohort-commands-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    private func read(_ name: String) throws -> String {
        try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)
    }

    /// What a new session prints and shows when it runs the saved script.
    private func runSaved(_ name: String) throws -> String {
        let other = try Bench()
        let reply = other.session.run(Array(try read(name).utf8), name: "@\(name)")
        guard case .done = reply else {
            Issue.record("\(reply)")
            return ""
        }
        return other.printed
    }

    @Test func aDotAndALetterIsNoLua() throws {
        #expect(bench.show(".5 + 1") == "1.5")
        #expect(bench.show("...") == "")
        #expect(bench.session.completeness(of: ".help") == .complete)
        #expect(bench.session.completeness(of: ".save 'it") == .complete)
        #expect(bench.session.completeness(of: "!for i in 1; do") == .complete)
        #expect(bench.show(".help") == bench.show("."))
        #expect(!bench.show(".").contains("…"))
        for command in SessionCommand.all { #expect(bench.show(".").contains(command.name)) }
        #expect(bench.show(".sav x") == "there is no command .sav (did you mean .save?)")
        #expect(bench.show(".wxyz") == "there is no command .wxyz (.help lists them)")
        #expect(bench.show(".reset now") == ".reset takes nothing behind it, got 'now'")
        #expect(bench.show(".version").hasPrefix("Cohort 0."))
        #expect(bench.show(".version").contains("Lua 5.4."))
        #expect(bench.show("!ls") == "! needs a terminal")
        #expect(bench.show(".edit") == ".edit needs a terminal")
    }

    @Test func whatWorkedIsSavedAsAScriptThatRuns() throws {
        for entry in [
            "local x = 5", "x + 1", "x = = 7", "x = x + 1; x", "-- a comment", "local t = {1, 2} -- why",
            "#t -- how many",
            "error('no')", "print('printed')", "'quiet';", "local function f(n) return n * x end", "f(7)",
            "for i = 1, 2 do\n  print(i)\nend", "x = f", "(print)('called') y = 1", "return x == f",
            "if x then return end",
            "if x then local y = 1 return y end", "goto e; ::e::", "goto e; ::e::",
            "local z = 3 if z then return end z = 4", "z",
            "local f, g <const> = nil, 9;  f == nil, g", ".version", "nil",
        ] { bench.show(entry) }
        let reply = bench.show(".save \(folder)/a.lua")
        #expect(reply == "22 entries in \(folder)/a.lua")
        #expect(bench.session.takeNotes() == [])
        #expect(try runSaved("a.lua") == "6\n6\n2\nprinted\n42\n1\n2\ncalled\ntrue\n3\ntrue\n9\nnil\n")
        // It can be saved again, but what somebody wrote is not replaced.
        #expect(bench.show(".save '\(folder)/a.lua'").contains("entries in"))
        try "mine".write(toFile: folder + "/b.lua", atomically: true, encoding: .utf8)
        #expect(bench.show(".save \(folder)/b.lua").contains("is there already"))
        #expect(try read("b.lua") == "mine")
        #expect(bench.show(".save") == ".save: the name of a file is expected")
        #expect(bench.show(".save \(folder)/none/a.lua").contains("make its folder first"))
    }

    @Test func lastValuesWorkInTheSavedScriptToo() throws {
        for entry in ["6 * 7", "_ + 1", "nil", "_1, _2", "'x';", "_ .. _2"] { bench.show(entry) }
        bench.show(".save \(folder)/r.lua")
        #expect(try runSaved("r.lua") == "42\n43\nnil\n43\n42\n\"x43\"\n")
    }

    @Test func whatIsThrownAwayIsNoUseOfAResult() throws {
        for entry in [
            "for _, x in ipairs {1} do print(x) end", "f = function(_, x) return x end", "local _, y = 1, 2",
            "t = {_ = 1}; t._",
        ] {
            bench.show(entry)
        }
        bench.show(".save \(folder)/p.lua")
        #expect(!(try read("p.lua").contains("result")))
    }

    @Test func moreLocalsThanAFunctionHasRoomForAreSaved() throws {
        for index in 0..<400 { bench.show("local v\(index) = \(index)") }
        bench.show("v0 + v200 + v399")
        bench.show(".save \(folder)/l.lua")
        #expect(bench.session.takeNotes() == [])
        #expect(try runSaved("l.lua") == "599\n")
    }

    @Test func nothingIsSavedBeforeAnythingWorked() {
        bench.show("error('no')")
        #expect(bench.show(".save \(folder)/n.lua") == "nothing worked yet that could be saved")
        #expect(!FileManager.default.fileExists(atPath: folder + "/n.lua"))
    }

    @Test func aLoadedScriptsLocalsStay() throws {
        try "#!/usr/bin/env cohort\nlocal price = 3\nfunction double() price = price * 2 end\nprint('loaded')".write(
            toFile: folder + "/l.lua", atomically: true, encoding: .utf8)
        #expect(bench.show(".load \(folder)/l.lua") == "")
        #expect(bench.printed == "loaded\n")
        bench.show("double()")
        #expect(bench.show("price") == "6")
        try "x = 1\ny = nil + x".write(toFile: folder + "/e.lua", atomically: true, encoding: .utf8)
        #expect(bench.show(".load \(folder)/e.lua").contains("e.lua:2: attempt to perform arithmetic on a nil value"))
        #expect(bench.show(".load \(folder)/none.lua").contains("cannot be read: No such file or directory"))
        #expect(bench.show(".load \(folder)").contains("Is a directory"))
    }

    @Test func theLogHoldsEntriesAndWhatTheyShow() throws {
        #expect(bench.show(".log") == "logging is off")
        #expect(bench.show(".log \(folder)/s.log") == "logging to \(folder)/s.log")
        bench.show(["x = 2", "x * 21", "print('a\\nb')", "nope.x"])
        #expect(bench.show(".log") == "logging to \(folder)/s.log")
        #expect(bench.show(".log off") == "logging is off")
        bench.show("'unseen'")
        let log = try read("s.log")
        #expect(
            log.contains(
                "x = 2\nx * 21\n-- 42\nprint('a\\nb')\n-- a\n-- b\nnope.x\n-- prompt:4: attempt to index".replacing(
                    "prompt:4", with: "prompt:1")))
        #expect(!log.contains("unseen"))
        #expect(bench.show(".log \(folder)/none/s.log").contains("cannot be written"))
        bench.show(".log \(folder)/s.log")
        bench.show("'again'")
        #expect(try read("s.log").hasPrefix(log))
    }

    @Test func aResetForgetsEverything() throws {
        bench.show(["x = tensor.zeros(1000, 1000)", "local y = 2", "tensor.zeros(1000, 1000)", "data = 1"])
        _ = bench.session.takeNotes()
        #expect(bench.show(".reset") == "a new session")
        #expect(bench.show("x, y, _, type(data.read)") == "nil\nnil\nnil\n\"function\"")
        bench.show("print('still')")
        #expect(bench.printed == "still\n")
    }

    @Test func theLastErrorIsTracedWhole() throws {
        #expect(bench.show(".trace") == "there was no error yet")
        bench.show("local function f() string.rep() end f()")
        #expect(bench.show(".trace").contains("[C]: in function 'string.rep'"))
        #expect(bench.show(".trace").contains("prompt:1: in local 'f'"))
    }

    @Test func theLastResultIsShownAgain() throws {
        #expect(bench.show(".last") == "there is no result yet")
        bench.show(["{1, 2}, 'x'", "x = 1", "nil"])
        #expect(bench.show(".last") == "{1, 2}\n\"x\"")
    }

    @Test func timingIsTold() throws {
        #expect(bench.show(".timing on") == "timing is on")
        bench.show("1 + 1")
        let notes = bench.session.takeNotes()
        #expect(notes.count == 1)
        #expect(notes.first?.firstMatch(of: /^\d+(\.\d+)? (ns|µs|ms|s)$/) != nil)
        #expect(bench.show(".timing") == "timing is on")
        #expect(bench.show(".timing off") == "timing is off")
        bench.show("1 + 1")
        #expect(bench.session.takeNotes() == [])
        #expect(bench.show(".timing soon") == ".timing: on or off expected, got 'soon'")
    }

    @Test func changedModulesAreLoadedAnew() throws {
        try "local M = {old = 1} function M.f() return 'first' end return M".write(
            toFile: folder + "/mod_a.lua", atomically: true, encoding: .utf8)
        bench.show("package.path = '\(folder)/?.lua;' .. package.path local a = require 'mod_a'")
        #expect(bench.show("a.f()") == "\"first\"")
        #expect(bench.show(".reload") == "no module has changed")
        try "local M = {} function M.f() return 'second one' end return M".write(
            toFile: folder + "/mod_a.lua", atomically: true, encoding: .utf8)
        #expect(bench.show(".reload") == "loaded anew: mod_a")
        // The table that was there before has the new content.
        #expect(bench.show("a.f(), a.old, a == require 'mod_a'") == "\"second one\"\nnil\ntrue")
        try "return {".write(toFile: folder + "/mod_a.lua", atomically: true, encoding: .utf8)
        #expect(bench.show(".reload").contains("mod_a.lua:1:"))
        #expect(bench.show("a.f()") == "\"second one\"")
        try FileManager.default.removeItem(atPath: folder + "/mod_a.lua")
        #expect(bench.show(".reload") == "no module has changed")
        #expect(bench.show("require 'mod_b'").contains("module 'mod_b' not found"))
    }

    @Test func theSandboxKeepsFilesAndProgramsAway() throws {
        var configuration = Session.Configuration(output: { _ in })
        configuration.isSandboxed = true
        let session = try Session(configuration)
        for command in ["!ls", ".edit", ".save x.lua", ".load x.lua", ".log x.log"] {
            guard case .failed(let error) = session.evaluate(command, width: 80) else {
                Issue.record("\(command) was not refused")
                continue
            }
            #expect(error.message.hasSuffix("is refused in the sandbox"))
        }
        guard case .done = session.evaluate(".memory", width: 80) else {
            Issue.record(".memory was refused")
            return
        }
    }
}
