import Testing

@Suite(.timeLimit(.minutes(2))) struct MemoryLimitTests {
    @Test(arguments: [
        "local t = {} for i = 1, 1e9 do t[i] = i end", "local s = 'x' while true do s = s .. s end",
        "return ('x'):rep(1 << 29)",
        "return tensor.zeros(10000, 10000)", "local t = {} for i = 1, 1e6 do t[i] = tensor.ones(1000, 100) end",
        "local t = {} coroutine.wrap(function() for i = 1, 1e9 do t[i] = {} end end)()",
    ])
    func theLimitIsAnErrorAndTheSessionLives(code: String) throws {
        let cohort = try Executable()
        let script = """
            kept = 'kept'
            local ok, message = pcall(load([==[\(code)]==]))
            print(ok, message:match('not enough memory: the limit of 64 MB is reached') ~= nil, message:match('%-%-memory%-limit') ~= nil)
            collectgarbage()
            print(kept, tensor.zeros(1000, 1000):sum(), #('x'):rep(1e6))
            """
        let result = try cohort.run(["--memory-limit", "64M", "-e", script])
        #expect(result.output == "false\ttrue\ttrue\nkept\t0.0\t1000000\n")
        let uncaught = try cohort.run(["--memory-limit", "64M", "-e", code])
        #expect(uncaught.status == 1)
        #expect(uncaught.error.contains("not enough memory: the limit of 64 MB is reached"))
    }

    @Test func garbageMakesRoom() throws {
        let cohort = try Executable()
        let code = "for i = 1, 200 do local a = tensor.zeros(2500, 2500) end print('done')"
        #expect(try cohort.run(["--memory-limit", "64M", "-e", code]).output == "done\n")
    }

    @Test(arguments: ["x", "4", "0", "-1G", "4GG", "1e9", ""]) func sizesAreRead(size: String) throws {
        let result = try Executable().run(["--memory-limit=\(size)", "-e", "x = 1"])
        #expect(result.status == 2)
    }
}
