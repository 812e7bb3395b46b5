import Foundation
import Testing

@Suite struct CommandTests {
    let cohort: Executable

    init() throws { cohort = try Executable() }

    // MARK: What is run

    @Test func codeOnTheCommandLineRunsInOrder() throws {
        let result = try cohort.run(["-e", "x = 20", "-e", "print(x + 1)"])
        #expect(result.status == 0)
        #expect(result.output == "21\n")
        #expect(result.error.isEmpty)
    }

    @Test func aScriptGetsItsArgumentsUntouched() throws {
        let path = try cohort.file("a.lua", "print(arg[0], #arg, table.concat(arg, '|'))\nprint(...)")
        let result = try cohort.run(["--seed", "3", path, "--seed", "9", "-e", "--", "--help", ""])
        #expect(result.status == 0)
        #expect(result.output == "\(path)\t6\t--seed|9|-e|--|--help|\n--seed\t9\t-e\t--\t--help\t\n")
    }

    @Test(arguments: ["-", nil]) func standardInputRunsAsAScript(argument: String?) throws {
        let result = try cohort.run(argument.map { [$0, "x"] } ?? [], input: "print(arg[1])\nprint(1 +\n 2)\n")
        #expect(result.status == 0)
        #expect(result.output == (argument == nil ? "nil\n3\n" : "x\n3\n"))
        #expect(try cohort.run([], input: "").status == 0)
    }

    @Test func aByteOrderMarkAndAHashLineAreSkippedAndLinesStillCount() throws {
        let path = try cohort.file("b.lua", "\u{FEFF}#!/usr/bin/env cohort\nerror('here')")
        let result = try cohort.run([path])
        #expect(result.status == 1)
        #expect(result.error.contains("b.lua:2: here"))
        #expect(try cohort.run([try cohort.file("c.lua", "#!/x")]).status == 0)
        #expect(try cohort.run([try cohort.file("d.lua", "\u{FEFF}print '好'")]).output == "好\n")
    }

    @Test func theSeedMakesRandomNumbersRepeatable() throws {
        let code = ["-e", "print(math.random(1 << 40))"]
        let usual = try cohort.run(code)
        #expect(usual.output == (try cohort.run(["--seed", "0"] + code).output))
        #expect(usual.output != (try cohort.run(["--seed=7"] + code).output))
    }

    /// A model's embeddings stay in their file, which somebody may overwrite: the session must not end by it.
    @Test func aModelThatIsCutShortIsAnError() throws {
        let cohort = try Executable()
        let model = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../Vectors/tiny-bert/base").path
        try FileManager.default.copyItem(atPath: model, toPath: cohort.home + "/model")
        let script = """
            local model = text.encoder('./model')
            local before = model:encode{'a b c'}
            io.open('model/model.safetensors', 'w'):close()
            local ok, message = pcall(model.encode, model, {'a b c'})
            print(ok, message:match('was cut short by another program') ~= nil)
            print((pcall(model.encode, model, {'d'})), 1 + 1)
            """
        let result = try cohort.run(["-e", script])
        #expect(result.output == "false\ttrue\nfalse\t2\n")
        #expect(result.error == "")
    }

    @Test func modelsAreListedAndFound() throws {
        let empty = try cohort.run(["model", "list"])
        #expect(empty.status == 0)
        #expect(empty.output.isEmpty)
        #expect(empty.error.contains("no model is installed in \(cohort.home)/.local/share/cohort/models"))
        _ = try cohort.file(
            ".local/share/cohort/models/tiny/config.json", #"{"model_type": "bert", "hidden_size": 32}"#)
        #expect(try cohort.run(["model", "list"]).output == "tiny  bert, 32 numbers, 0 MB\n")
        #expect(try cohort.run(["model", "path", "tiny"]).output == "\(cohort.home)/.local/share/cohort/models/tiny\n")
        let missing = try cohort.run(["model", "path", "huge"])
        #expect(missing.status == 1)
        #expect(missing.error.contains("installed: tiny"))
        #expect(try cohort.run(["model", "import", "missing.whl"]).status == 1)
    }

    @Test func theDeclarationsArePrintedAsJSON() throws {
        let result = try cohort.run(["api", "--json"])
        #expect(result.status == 0)
        let object = try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: [[String: Any]]]
        #expect(object?["globals"]?.contains { $0["name"] as? String == "help" } == true)
        #expect(object?["modules"]?.contains { $0["name"] as? String == "tensor" } == true)
    }

    @Test func theDeclarationsAreListedAsText() throws {
        let result = try cohort.run(["api"])
        #expect(result.status == 0)
        let lines = result.output.split(separator: "\n")
        #expect(lines.contains { $0.hasPrefix("  cluster.kmeans(") })
        #expect(lines.contains { $0.hasPrefix("  :sum(") })
        #expect(lines.contains { $0.hasPrefix("  help(") })
    }

    @Test(arguments: ["exit", "quit()", " exit() ", "exit(0)", "quit ();", ".exit", "exit;"])
    func thePromptIsLeftByAWord(word: String) throws {
        let result = try cohort.run(["--quiet", "-i"], input: "1\n\(word)\n2\n")
        #expect(result.output == "1\n")
        #expect(result.status == 0 && result.error.isEmpty)
    }

    @Test func aVariableOfThatNameIsShown() throws {
        let result = try cohort.run(["--quiet", "-i"], input: "exit = 5\nexit\n")
        #expect(result.output == "5\n")
    }

    // MARK: How it ends

    @Test func anErrorIsReportedWithTracebackOnStandardError() throws {
        let path = try cohort.file("e.lua", "local function inner() error('bad day') end\nprint('before')\ninner()\n")
        let result = try cohort.run([path])
        #expect(result.status == 1)
        #expect(result.output == "before\n")
        #expect(result.error.hasPrefix("cohort: "))
        #expect(result.error.contains("e.lua:1: bad day"))
        #expect(result.error.contains("stack traceback:"))
        #expect(result.error.contains("e.lua:3: in main chunk"))
        #expect(!result.error.contains("[C]"))
    }

    @Test func aTracebackThatRepeatsTheMessageIsLeftOut() throws {
        #expect(
            try cohort.run(["-e", "error('bad day')"]).error
                == "cohort: (command line):1: bad day\n  error('bad day')\n  ^\n")
        let tail = try cohort.run(["-e", "local function f() error('bad day') end return f()"])
        #expect(
            tail.error
                == "cohort: (command line):1: bad day\n  local function f() error('bad day') end return f()\n  ^\n")
        let unplaced = try cohort.run(["-e", "error('bad day', 0)"])
        #expect(
            unplaced.error
                == "cohort: bad day\n  error('bad day', 0)\n  ^\nstack traceback:\n\t(command line):1: in main chunk\n")
    }

    @Test func errorsThatAreNoStringsAreReportedToo() throws {
        #expect(try cohort.run(["-e", "error({})"]).status == 1)
        #expect(
            try cohort.run(["-e", "error({code = 3})"]).error.hasPrefix(
                "cohort: an error that is a table: {code = 3}\n"))
        #expect(try cohort.run(["-e", "error()"]).status == 1)
        let object = try cohort.run(["-e", "error(setmetatable({}, {__tostring = function() return 'as text' end}))"])
        #expect(object.status == 1)
        #expect(object.error.contains("as text"))
    }

    @Test func aSyntaxErrorNamesItsLine() throws {
        let result = try cohort.run(["-e", "print(1)\nfor"])
        #expect(result.status == 1)
        #expect(result.output.isEmpty)
        #expect(result.error.contains(":2:"))
    }

    @Test func compiledChunksAreRefused() throws {
        let path = try cohort.file("f.lua", "\u{1B}Lua whatever")
        let result = try cohort.run([path])
        #expect(result.status == 1)
        #expect(result.error.contains("attempt to load a binary chunk"))
    }

    @Test(arguments: [
        ["--nonsense"], ["--threads", "0"], ["--threads", "many"], ["-e"], ["model", "nonsense"],
        ["--seed", "x", "a.lua"], ["--seed", "-1", "-e", "print(1)"],
    ]) func wrongUsageIsTwo(arguments: [String]) throws {
        let result = try cohort.run(arguments)
        #expect(result.status == 2)
        #expect(result.output.isEmpty)
        #expect(result.error.hasPrefix("Error: "))
    }

    @Test func aScriptThatCannotBeReadIsWrongUsage() throws {
        let missing = try cohort.run(["missing.lua"])
        #expect(missing.status == 2)
        #expect(missing.error == "cohort: missing.lua: cannot be read: No such file or directory\n")
        let folder = try cohort.run([cohort.home])
        #expect(folder.status == 2)
        #expect(folder.error.contains("Is a directory"))
        _ = try cohort.file("near.lua", "")
        #expect(try cohort.run(["near"]).error.contains("there is near.lua"))
    }

    @Test func helpAndVersionGoToStandardOutput() throws {
        let help = try cohort.run(["--help"])
        #expect(help.status == 0)
        #expect(help.output.contains("FILE.lua [ARGS...]"))
        #expect(
            help.output.contains("Exit codes: 0 done, 1 the script raised an error, 2 wrong usage"))
        let version = try cohort.run(["--version"])
        #expect(version.status == 0)
        #expect(version.output.firstMatch(of: /^\d+\.\d+\.\d+\n$/) != nil)
    }

    @Test func osExitEndsWithItsCodeAndFlushes() throws {
        let result = try cohort.run(["-e", "io.write('no line break') os.exit(7, true)"])
        #expect(result.status == 7)
        #expect(result.output == "no line break")
        #expect(try cohort.run(["-e", "os.exit(false)"]).status == 1)
        #expect(try cohort.run(["-e", "os.exit(true)"]).status == 0)
    }

    @Test func printAndIoWriteKeepTheirOrder() throws {
        let result = try cohort.run(["-e", "for i = 1, 3 do print(i) io.write(i, ' ') io.stdout:write('x\\n') end"])
        #expect(result.output == "1\n1 x\n2\n2 x\n3\n3 x\n")
    }

    @Test func printWritesBytesAsTheyAre() throws {
        let result = try cohort.run([
            "-e",
            #"print(#"a\0b", "a\0b", nil, 1.0, 2^53, setmetatable({}, {__tostring = function() return "T" end}))"#,
        ])
        #expect(result.output == "3\ta\0b\tnil\t1.0\t9.007199254741e+15\tT\n")
    }

    @Test func aFullDiskIsReported() throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", "\"$0\" -e 'print(1)' > /dev/full", Executable.path]
        process.environment = cohort.environment
        let error = Pipe()
        process.standardError = error
        try process.run()
        let message = String(decoding: error.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 1)
        #expect(message == "cohort: standard output cannot be written: No space left on device\n")
    }

    @Test(.timeLimit(.minutes(20))) func aReaderThatLeavesEndsItQuietly() throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = [
            "-c", "\"$0\" -e 'local i = 0 while true do i = i + 1 print(i) end' | head -n 2", Executable.path,
        ]
        process.environment = cohort.environment
        let output = Pipe()
        let error = Pipe()
        process.standardOutput = output
        process.standardError = error
        try process.run()
        #expect(String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self) == "1\n2\n")
        #expect(String(decoding: error.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self).isEmpty)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
    }

    // MARK: Ctrl-C

    @Test(.timeLimit(.minutes(20))) func theFirstInterruptUnwindsAndExitsWith130() throws {
        let path = try cohort.file(
            "loop.lua",
            """
            local guard <close> = setmetatable({}, {__close = function() print('closed') end})
            print('ready') io.stdout:flush()
            while true do pcall(function() while true do end end) end
            """)
        let running = try cohort.start([path])
        #expect(running.waitForLine() == "ready")
        running.interrupt()
        let result = running.wait()
        #expect(result.status == 130)
        #expect(result.output == "closed\n")
        #expect(result.error.contains("interrupted"))
    }

    @Test(.timeLimit(.minutes(20))) func theSecondInterruptExitsAtOnce() throws {
        // A finalizer that came after its object was marked has no hook, so the first Ctrl-C cannot stop it.
        let path = try cohort.file(
            "stuck.lua",
            """
            local late = {__gc = true}
            setmetatable({}, late)
            late.__gc = function() print('ready') io.stdout:flush() while true do end end
            collectgarbage()
            """)
        let running = try cohort.start([path])
        #expect(running.waitForLine() == "ready")
        let begin = Date()
        running.interrupt()
        usleep(300_000)
        #expect(running.process.isRunning)
        running.interrupt()
        #expect(running.wait().status == 130)
        #expect(Date().timeIntervalSince(begin) < 60)
    }

    @Test(.timeLimit(.minutes(20))) func twoInterruptsLeaveNoHalfWrittenFile() throws {
        let running = try startWriting()
        running.interrupt()
        running.interrupt()
        #expect(running.wait().status == 130)
        #expect(try unfinishedFiles() == [])
    }

    @Test func aSignalThatEndsTheProgramLeavesNoHalfWrittenFileEither() throws {
        let running = try startWriting()
        kill(running.process.processIdentifier, SIGTERM)
        #expect(running.wait().status == 128 + SIGTERM)
        #expect(try unfinishedFiles() == [])
    }

    /// A script that writes a big file again and again, and is at it.
    private func startWriting() throws -> Executable.Running {
        let path = try cohort.file(
            "write.lua",
            """
            local big = tensor.zeros(4000, 4000)
            print('ready') io.stdout:flush()
            while true do tensor.save('big.npy', big) end
            """)
        let running = try cohort.start([path])
        #expect(running.waitForLine() == "ready")
        usleep(300_000)
        return running
    }

    private func unfinishedFiles() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: cohort.home).filter { $0.hasSuffix(".tmp") }
    }

    // MARK: The prompt without a terminal

    @Test func minusIOpensThePromptAfterCode() throws {
        let result = try cohort.run(
            ["--quiet", "-i", "-e", "x = 6"], input: "x * 7\nfor i = 1, 2 do\nprint(i)\nend\nerror('no')\n'alive'\n")
        #expect(result.status == 0)
        #expect(result.output.contains("42\n"))
        #expect(result.output.contains("1\n2\n"))
        #expect(result.output.contains("\"alive\"\n"))
        #expect(result.error.contains("no"))
    }

    @Test func theStartUpFileRunsAtThePromptOnly() throws {
        _ = try cohort.file(".config/cohort/init.lua", "greeting = 'hello'")
        #expect(try cohort.run(["-e", "print(greeting)"]).output == "nil\n")
        #expect(try cohort.run(["-i"], input: "greeting\n").output.contains("\"hello\""))
        #expect(!(try cohort.run(["-i", "--no-init"], input: "greeting\n").output.contains("hello")))
        _ = try cohort.file(".config/cohort/init.lua", "error 'broken start'")
        let broken = try cohort.run(["-i"], input: "1 + 1\n")
        #expect(broken.output.contains("2\n"))
        #expect(broken.error.contains("broken start"))
    }
}
