import Foundation
import Testing

@Suite struct RenderTests {
    let cohort: Executable

    init() throws { cohort = try Executable() }

    private static let analysis = """
        -- %% [markdown]
        -- # Mail test
        -- Two arms and a <tag>.
        -- %%
        local rates = {0.1, 0.18}
        print("arms", #rates)
        -- %%
        plot.bar{labels = {"A", "B"}, values = rates, format = "percent"}
        -- %%
        report.table({{arm = "A", rate = rates[1]}}, {caption = "Rates"})
        """

    @Test func anAnalysisBecomesAPage() throws {
        let path = try cohort.file("mail.lua", Self.analysis)
        let result = try cohort.run(["render", path, "-o", "out.html"])
        #expect(result.status == 0)
        #expect(result.output.isEmpty && result.error.isEmpty)
        let page = try String(contentsOfFile: cohort.home + "/out.html", encoding: .utf8)
        for part in ["<h1>Mail test</h1>", "&lt;tag&gt;", "arms\t2", "<svg", "<caption>Rates</caption>"] {
            #expect(page.contains(part), "\(part)")
        }
        #expect(!page.contains("<script"))
        _ = try cohort.run(["render", path, "--output", "again.html"])
        #expect(try String(contentsOfFile: cohort.home + "/again.html", encoding: .utf8) == page)
        // The same file runs as a script.
        #expect(try cohort.run([path]).output == "arms\t2\n")
    }

    @Test func whatIsShownInACellStandsBetweenWhatIsPrinted() throws {
        let code = """
            -- %%
            print "before"
            show(plot.bar{labels = {"A"}, values = {1}, title = "between"}, {x = 1})
            show(data.table{n = {1, 2}})
            print "after"
            """
        let path = try cohort.file("show.lua", code)
        #expect(try cohort.run(["render", path, "-o", "out.html"]).status == 0)
        let whole = try String(contentsOfFile: cohort.home + "/out.html", encoding: .utf8)
        // What stands below the code.
        let page = try #require(whole.components(separatedBy: "</code></pre>").last)
        let places = ["before", "<strong>between", "{x = 1}", "after"].map { page.range(of: $0)?.lowerBound }
        #expect(places.allSatisfy { $0 != nil })
        #expect(zip(places, places.dropFirst()).allSatisfy { ($0 ?? page.endIndex) < ($1 ?? page.startIndex) })
        // The chart has a table of its own.
        #expect(page.contains("<svg") && !page.contains("┌") && page.components(separatedBy: "<table").count == 3)
        // The same script shows text where there is no report.
        #expect(try cohort.run([path]).output.contains("│"))
    }

    @Test func theEndOfTheNameDecidesAndOptionsAreTaken() throws {
        let path = try cohort.file("mail.lua", Self.analysis)
        #expect(
            try cohort.run(["render", path, "-o", "out.md", "--title", "Other", "--lang", "zh", "--fold-code"]).status
                == 0)
        let text = try String(contentsOfFile: cohort.home + "/out.md", encoding: .utf8)
        #expect(text.hasPrefix("# Other\n"))
        #expect(text.contains("**代码**") && text.contains("▏"))
        #expect(try cohort.run(["render", "-", "-o", "in.html", "--seed", "3"], input: "print(1)").status == 0)
        #expect(try cohort.run(["render", path, "-o", "out.json"]).status == 0)
    }

    /// What holds for a script holds for an analysis; options of the command may stand before its name.
    @Test func anAnalysisIsLimitedAsAScriptIs() throws {
        let code = """
            -- %%
            print((pcall(os.execute, 'true')), select(2, pcall(io.open, 'mail.lua')))
            -- %%
            print((pcall(tensor.zeros, 10000, 10000)), math.random(1000000))
            """
        let path = try cohort.file("mail.lua", code)
        let options = ["--sandbox", "--memory-limit", "64M", "--seed", "7", "--threads", "1"]
        #expect(try cohort.run(["render", path, "-o", "after.md"] + options).status == 0)
        #expect(try cohort.run(options + ["render", path, "-o", "before.md"]).status == 0)
        let page = try String(contentsOfFile: cohort.home + "/after.md", encoding: .utf8)
        #expect(try String(contentsOfFile: cohort.home + "/before.md", encoding: .utf8) == page)
        #expect(page.contains("the sandbox does not let scripts read this file"))
        #expect(page.contains("false\t"))
        let allowed = ["--sandbox", "--allow", cohort.home]
        #expect(try cohort.run(["render", path, "-o", "allowed.md"] + allowed).status == 0)
        #expect(try String(contentsOfFile: cohort.home + "/allowed.md", encoding: .utf8).contains("file ("))
        #expect(try cohort.run(["render", path, "-o", "x.md", "--memory-limit", "1K"]).status == 2)
        #expect(try cohort.run(["render", path, "-o", "x.md", "--allow", "."]).status == 2)
    }

    @Test func wrongUsageWritesNothing() throws {
        let path = try cohort.file("mail.lua", Self.analysis)
        for arguments in [
            [path], [path, "-o", "out.pdf"], ["missing.lua", "-o", "out.html"],
            [path, "-o", "out.html", "--lang", "fr"],
        ] {
            let result = try cohort.run(["render"] + arguments)
            #expect(result.status == 2, "\(arguments): \(result.error)")
            #expect(!FileManager.default.fileExists(atPath: cohort.home + "/out.html"))
        }
        #expect(try cohort.run(["render", path, "-o", "no/folder/out.html"]).status == 1)
    }

    @Test(arguments: ["os.exit(0)", "os.exit(true, true)", "pcall(os.exit, 3)"])
    func anAnalysisThatLeavesHasNoReport(code: String) throws {
        let path = try cohort.file("leaves.lua", "-- %%\nprint('before')\n-- %%\n\(code)\n")
        let result = try cohort.run(["render", path, "-o", "out.html"])
        #expect(result.status == 1)
        #expect(result.error == "cohort: the analysis ended itself with os.exit before the report was written\n")
        #expect(!FileManager.default.fileExists(atPath: cohort.home + "/out.html"))
    }

    @Test func aScriptThatFailsLeavesItsReport() throws {
        let path = try cohort.file("bad.lua", "-- %%\nprint('before')\n-- %%\nerror('broken')\n-- %%\nprint('never')")
        let result = try cohort.run(["render", path, "-o", "out.html"])
        #expect(result.status == 1)
        #expect(result.error.contains("bad.lua:4: broken"))
        let page = try String(contentsOfFile: cohort.home + "/out.html", encoding: .utf8)
        #expect(page.contains("before") && page.contains("bad.lua:4: broken") && !page.contains("never"))
    }
}
