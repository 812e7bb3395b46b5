import Testing

/// Gradients as scripts have them.
struct GradientTests {
    @Test(arguments: [
        // Plain tensors stay as they are.
        ("return math.type(tensor{1, 2}:sum()), type(tensor{1, 2}[1])", "\"float\"\n\"number\""),
        // Recorded ones give tensors of rank 0, which go back.
        (
            "local w = tensor{1, 2, 3} w:requires_grad() local l = (w[1] * w[3]) l:backward() return w.grad",
            "tensor [3] float32\n  3  0  1"
        ),
        (
            "local w = tensor{1, 2}:requires_grad() for i = 1, 2 do (w * 2):mean():backward() end return w.grad:totable()",
            "{2.0, 2.0}"
        ),
        (
            "local w = tensor{1, 2}:requires_grad() w:sum():backward() w.grad = nil return w.grad", "nil"
        ),
        (
            """
            local w, x = tensor{{1, 2}, {3, 4}}:requires_grad(), tensor{{1, 0}, {0, 1}}
            local y = x:matmul(w:t()):relu():softmax(2):log():sum()
            y:backward()
            return w.grad.shape, y:item() == y:totable()
            """,
            "{2, 2}\ntrue"
        ),
        (
            "local w = tensor{4, 16}:requires_grad() tensor.stack({w:sqrt(), w}, 1):slice(1, 1, 1):sum():backward() return w.grad:totable()",
            "{0.25, 0.125}"
        ),
        (
            "local w = tensor{1, 5, 2}:requires_grad() local v, p = w:max(1) v:backward() return p:item(), w.grad:totable()",
            "2\n{0.0, 1.0, 0.0}"
        ),
        (
            "local w = tensor{1, 2}:requires_grad() local y = w * w y:backward({1, 10}) return w.grad:totable()",
            "{2.0, 40.0}"
        ),
        // Values may be looked at, compared and shown.
        ("local w = tensor{1, 2}:requires_grad() return w:gt(1):totable(), w:argmax(), #w", "{false, true}\n2\n2"),
        (
            "return math.type(nn.no_grad(function() local w = tensor{1}:requires_grad() return (w * 2):sum() end))",
            "\"float\""
        ),
    ])
    func gradientsFlow(code: String, expected: String) throws { #expect(try shown(code) == expected) }

    @Test(arguments: [
        ("tensor{1, 2}:backward()", "was not computed from one that asks for gradients"),
        ("tensor{1, 2}:requires_grad():backward()", "starts from a loss of one element, this tensor has shape [2]"),
        (
            "tensor{1, 2}:to('int64'):requires_grad()",
            "only float32 and float64 tensors have gradients, this one is int64"
        ),
        ("local w = tensor{1}:requires_grad() w[1] = 5", "wrap the assignment in nn.no_grad"),
        ("local w = tensor{1}:requires_grad() local x = tensor.zeros(1) x[1] = w * 2", "tensor.stack or tensor.concat"),
        ("local w = tensor{1}:requires_grad() local y = w // 2", "// has no gradient"),
        ("local w = tensor{1}:requires_grad() local y = w * w y:backward() y:backward()", "what it needs was freed"),
        ("local w = tensor{1}:requires_grad() w.grad = 3", "nil, to forget the gradient expected, got 3"),
        (
            "local w, x = tensor{1}:requires_grad(), tensor{2} local y = (w * x):sum() x[1] = 3 y:backward()",
            "changed in place after it was used"
        ),
        ("nn.no_grad(function() error('mine') end)", "mine"),
    ])
    func misuseIsExplained(code: String, words: String) throws {
        let text = try shown(code)
        #expect(text.contains(words), "\(text)")
    }

    @Test func recordingGoesOnAfterAnErrorInsideNoGrad() throws {
        let code = """
            local w = tensor{3}:requires_grad()
            pcall(nn.no_grad, function() error('x') end)
            local y = (w * w):sum()
            y:backward()
            return w.grad:item()
            """
        #expect(try shown(code) == "6.0")
    }

    @Test func assignmentsInsideNoGradAreSeenByTheParameter() throws {
        let code = """
            local w = tensor{1, 2}:requires_grad()
            for step = 1, 3 do
              local loss = (w * w):sum()
              loss:backward()
              nn.no_grad(function() w[{1, 2}] = w - 0.25 * w.grad end)
              w.grad = nil
            end
            return w:totable()
            """
        #expect(try shown(code) == "{0.125, 0.25}")
    }
}
