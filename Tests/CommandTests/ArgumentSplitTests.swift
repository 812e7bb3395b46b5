import Testing

@testable import cohort

@Suite struct ArgumentSplitTests {
    @Test func everythingBehindTheScriptIsTheScripts() {
        let split = ArgumentSplit(["--seed", "7", "-i", "a.lua", "--seed", "9", "--", "-e", "--help"])
        #expect(split.options == ["--seed", "7", "-i"])
        #expect(split.rest == ["a.lua", "--seed", "9", "--", "-e", "--help"])
        #expect(!split.isSubcommand)
        #expect(split.normalized == ["--seed", "7", "-i", "--", "a.lua", "--seed", "9", "--", "-e", "--help"])
    }

    @Test func anOptionThatGuardsIsMissedBehindTheScript() {
        #expect(ArgumentSplit(["x.lua", "a", "--sandbox"]).misplacedOption == "--sandbox")
        #expect(ArgumentSplit(["x.lua", "--memory-limit=1G"]).misplacedOption == "--memory-limit")
        #expect(ArgumentSplit(["--sandbox", "x.lua", "--", "--sandbox"]).misplacedOption == nil)
        #expect(ArgumentSplit(["--sandbox", "x.lua", "--seed"]).misplacedOption == nil)
        #expect(ArgumentSplit(["model", "list", "--allow"]).misplacedOption == nil)
    }

    @Test func anOptionsValueIsNoScript() {
        #expect(ArgumentSplit(["-e", "model"]).rest.isEmpty)
        #expect(ArgumentSplit(["-e", "-- only a comment", "x"]).rest == ["x"])
        #expect(ArgumentSplit(["--seed=3", "x"]).options == ["--seed=3"])
        #expect(ArgumentSplit(["-eprint(1)"]).options == ["-e", "print(1)"])
        #expect(ArgumentSplit(["-e"]).options == ["-e"])
    }

    @Test func aSubcommandWinsOverAFileOfItsName() {
        #expect(ArgumentSplit(["model", "list"]).isSubcommand)
        #expect(ArgumentSplit(["model", "list", "--x"]).normalized == ["model", "list", "--x"])
        #expect(ArgumentSplit(["help", "model"]).isSubcommand)
        #expect(ArgumentSplit(["help"]).normalized == ["--help"])
        #expect(!ArgumentSplit(["./model"]).isSubcommand)
        #expect(!ArgumentSplit(["-"]).isSubcommand)
        #expect(ArgumentSplit(["-", "a"]).rest == ["-", "a"])
        #expect(ArgumentSplit([]).normalized.isEmpty)
    }

    @Test func theParserGetsTheArgumentsUntouched() throws {
        let arguments = ["--threads", "2", "x.lua", "--threads", "-h", "--", "-", "--seed=4"]
        let command = try #require(try RunCommand.parseAsRoot(ArgumentSplit(arguments).normalized) as? RunCommand)
        #expect(command.options.threads == 2)
        #expect(command.file == "x.lua")
        #expect(command.arguments == ["--threads", "-h", "--", "-", "--seed=4"])
        #expect(command.options.seed == nil)
    }

    @Test func codeMayBeginWithADash() throws {
        let arguments = ["-e", "-- a comment", "-e", "print(1)", "--seed", "5"]
        let command = try #require(try RunCommand.parseAsRoot(ArgumentSplit(arguments).normalized) as? RunCommand)
        #expect(command.code == ["-- a comment", "print(1)"])
        #expect(command.options.seed == 5)
    }
}
