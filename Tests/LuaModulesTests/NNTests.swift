import Testing

/// Layers, losses and optimisers as scripts have them.
struct NNTests {
    @Test(arguments: [
        // Layers written in Lua: with metatables, inside each other, as functions.
        (
            """
            local Net = {} Net.__index = Net
            function Net.new() return setmetatable({layers = {nn.linear(2, 3, {seed = 1}), nn.linear(3, 1, {seed = 2})}}, Net) end
            function Net:forward(x)
              for _, layer in ipairs(self.layers) do x = layer(x):tanh() end
              return x
            end
            local model = nn.sequential{nn.flatten(), Net.new(), function(x) return x * 2 end}
            return #model:parameters(), model.size, model(tensor.zeros(4, 2)).shape
            """,
            "4\n13\n{4, 1}"
        ),
        // A tensor or module used twice is one parameter, and a table that holds itself is no trap.
        (
            """
            local shared = nn.linear(2, 2)
            local Net = {a = shared, b = shared, w = tensor{1}:requires_grad(), constant = tensor{5}}
            Net.itself = Net
            function Net:forward(x) return self.b(self.a(x)) * self.w end
            return #nn.module(Net):parameters()
            """,
            "3"
        ),
        (
            """
            local m = nn.sequential{nn.linear(3, 2), nn.dropout(0.5), nn.linear(2, 1)}
            m[1]:freeze()
            local names = {}
            for name in pairs(m:state()) do names[#names + 1] = name end
            table.sort(names)
            return names, #m:parameters(), #m, m[3].weight.shape
            """,
            "{\"1.bias\", \"1.weight\", \"3.bias\", \"3.weight\"}\n2\n3\n{1, 2}"
        ),
        // Learning: a line is found, with every optimiser.
        (
            """
            local x = tensor.linspace(-1, 1, 20):reshape(20, 1)
            local y = x * 3 + 1
            local far = {}
            for i, make in ipairs{nn.sgd, nn.adam, nn.adamw} do
              local m = nn.linear(1, 1, {seed = 3})
              local opt = make(m, {lr = 0.1, weight_decay = 0})
              for step = 1, 300 do
                opt:zero_grad()
                local loss = nn.mse(m(x), y)
                loss:backward()
                opt:step()
              end
              far[i] = math.abs(m.weight:item() - 3) + math.abs(m.bias:item() - 1) < 0.01
            end
            return far
            """,
            "{true, true, true}"
        ),
        // What learns inside a custom module is the script's own tensor.
        (
            """
            local Net = {w = tensor{2}:requires_grad()}
            function Net:forward(x) return x * self.w end
            local m = nn.module(Net)
            local opt = nn.sgd(m, {lr = 0.5})
            local loss = m(tensor{1}):sum()
            loss:backward()
            opt:step()
            return Net.w:item(), nn.no_grad(function() return m(tensor{10}):item() end)
            """,
            "1.5\n15.0"
        ),
        ("local m = nn.sequential{nn.linear(2, 1)} nn.sgd(m, {lr = 1}).lr = 3 return m", "nn.sequential{linear(2, 1)}"),
        ("local a, b = nn.linear(3, 3), nn.linear(3, 3) return (a.weight - b.weight):abs():max():item() > 0", "true"),
        (
            "return nn.linear(3, 3, {seed = 4}).weight[1][1]:item() == nn.linear(3, 3, {seed = 4}).weight[1][1]:item()",
            "true"
        ),
        (
            "local e = nn.embedding(3, 2, {base = 0}) return e(tensor{0, 2}:to('int64')).shape, math.type(nn.mse({1}, {2}))",
            "{2, 2}\n\"float\""
        ),
        (
            """
            local x, mask = tensor.randn(2, 3, 4, {seed = 1}), tensor{{true, true, false}, {true, true, true}}
            local m = nn.transformer_encoder(4, 2, {layers = 2, dropout = 0, seed = 1})
            local before = m(x, mask):detach():clone()
            x[1][3] = 9
            local after = m(x, mask):detach()
            return (before[1]:slice(1, 1, 2) - after[1]:slice(1, 1, 2)):abs():max() == 0
            """,
            "true"
        ),
    ])
    func modelsCompute(code: String, expected: String) throws { #expect(try shown(code) == expected) }

    @Test(arguments: [
        ("nn.linear(4, 2)(tensor.zeros(3, 5))", "linear(4, 2) takes 4 features a row, got 5 (shape [3, 5])"),
        ("nn.sequential{nn.linear(4, 2), 5}", "module, table with a method forward, or function expected"),
        ("nn.module({1, 2})", "as in function Net:forward(x)"),
        (
            "nn.module{forward = function() return 'x' end}(tensor{1})",
            "method forward of a module returns a tensor, got string"
        ),
        ("nn.module(function() error('mine') end)(tensor{1})", "mine"),
        ("nn.cross_entropy(tensor.zeros(2, 3), {1, 9})", "class numbers from 1 to 3 expected, got 9 in row 2"),
        ("nn.cross_entropy(tensor.zeros(0, 3), tensor.zeros(0))", "is the batch empty?"),
        (
            "nn.mse(tensor.zeros(2, 3), tensor.zeros(3, 2))",
            "tensor of the prediction's shape [2, 3] expected, got shape [3, 2]"
        ),
        ("nn.adam({})", "at least one parameter to learn"),
        ("nn.adam({tensor{1}})", "call requires_grad() on it"),
        ("nn.adam(nn.linear(1, 1), {betas = {0.9}})", "two numbers below 1"),
        ("nn.sgd(nn.linear(1, 1)).lr = 'x'", "number from 0 up"),
        ("nn.sgd(nn.linear(1, 1)).rate = 1", "rate"),
        ("return nn.linear(1, 1).wieght", "did you mean 'weight'?"),
        ("nn.attention(5, 2)", "a multiple of 2 (heads) expected, got 5"),
        ("nn.linear(2, 2):load_state{weight = tensor.zeros(2, 2)}", "the state is of another model: it has no 'bias'"),
        (
            "nn.linear(2, 2):load_state{weight = tensor.zeros(2, 2), bias = tensor.zeros(2), wieght = tensor.zeros(2)}",
            "the state is of another model: this one has no 'wieght'"
        ),
        (
            "local path = os.tmpname() nn.sequential{nn.linear(1, 1), nn.linear(1, 1)}:save(path) "
                + "nn.sequential{nn.linear(1, 1)}:load_state(path)",
            "is of another model: this one has no '2.bias' and 1 more"
        ),
        (
            "nn.fit(nn.linear(1, 1), {tensor.rand(4, 1), tensor.rand(4, 1)}, {loss = 'mse', metrics = {'accuracy'}})",
            "\"mae\" or \"rmse\" beside loss \"mse\" expected, got \"accuracy\""
        ),
        (
            "nn.fit(nn.linear(1, 2), {tensor.rand(4, 1), {1, 2, 1, 2}}, {loss = 'cross_entropy', metrics = {'rmse'}})",
            "\"accuracy\" beside loss \"cross_entropy\" expected, got \"rmse\""
        ),
        ("nn.load('/nonexistent/model')", "/nonexistent/model"),
        ("nn.max_pool2d(2, {padding = 2})", "at most half the kernel"),
        ("nn.conv2d(1, 1, {3})", "one number, or {rows, columns}"),
        ("nn.conv2d(1 << 32, 1 << 32, 1)", "do not fit in memory"),
        ("nn.conv1d(1 << 50, 1, 1 << 16)", "do not fit in memory"),
        ("nn.gru(2, math.maxinteger)", "do not fit in memory"),
        ("nn.attention(math.maxinteger, 1)", "do not fit in memory"),
        ("nn.transformer_encoder(math.maxinteger, 1)", "do not fit in memory"),
        ("nn.linear(1000000000000, 1000000000000)", "[1000000000000, 1000000000000] do not fit in memory"),
    ])
    func misuseIsExplained(code: String, words: String) throws {
        let text = try shown(code)
        #expect(text.contains(words), "\(text)")
    }

    /// x in two columns, y 1 where their sum is above 0, else 2.
    private static let classes = """
        local x = tensor.randn(60, 2, {seed = 3})
        local y = (x:sum(2):gt(0)):where(1, 2)
        local function make() return nn.sequential{nn.linear(2, 8, {seed = 1}), nn.tanh(), nn.linear(8, 2, {seed = 2})} end

        """

    @Test(arguments: [
        (
            """
            local model = make()
            local seen = {}
            local h = nn.fit(model, {x, y}, {loss = nn.cross_entropy, epochs = 40, batch = 16, lr = 0.05, validation = 0.25,
              metrics = {"accuracy", twos = function(p, t) return (t:eq(2)):sum() end},
              callbacks = function(e) seen[#seen + 1] = e.epoch end})
            local e = h.epochs[h.best]
            return #seen, h.stopped, e.validation_accuracy > 0.8, math.type(e.twos), e.validation_loss < 0.5, model:predict(x).shape
            """,
            "40\n\"epochs\"\ntrue\n\"float\"\ntrue\n{60, 2}"
        ),
        // A loss in Lua, a model in Lua, an optimiser of one's own, stopped by a callback.
        (
            """
            local Net = {inner = nn.linear(2, 1, {seed = 1})}
            function Net:forward(x) return self.inner(x) end
            local before = Net.inner.weight:detach():clone()
            local h = nn.fit(Net, {x = x, y = x:sum(2, {keepdim = true})}, {
              loss = function(p, t) return ((p - t) ^ 2):mean() end, epochs = 50, validation = {x, x:sum(2, {keepdim = true})},
              optimizer = nn.sgd(Net.inner, {lr = 0.1}), callbacks = {function(e) return e.epoch < 5 end}})
            return #h.epochs, h.stopped, h.epochs[5].loss < h.epochs[1].loss, (Net.inner.weight - before):abs():max():item() > 0
            """,
            "5\n\"callback\"\ntrue\ntrue"
        ),
        // Several inputs.
        (
            """
            local Net = {a = nn.linear(2, 4, {seed = 1}), b = nn.linear(2, 1, {seed = 1})}
            function Net:forward(p, q) return self.b(p + q) end
            local h = nn.fit(Net, {x = {x, x}, y = x:sum(2)}, {loss = "mse", epochs = 2})
            return #h.epochs, nn.module(Net):predict({x, x}, {batch = 7}).shape
            """,
            "2\n{60, 1}"
        ),
        // Inputs that have nothing in common but their rows: numbers of users, and which mail they got.
        (
            """
            local Net = {user = nn.linear(2, 3, {seed = 1}), mail = nn.embedding(4, 3, {seed = 2}), head = nn.linear(6, 1, {seed = 3})}
            function Net:forward(user, mail) return self.head(tensor.concat({self.user(user), self.mail(mail)}, 2)) end
            local net, mails = nn.module(Net), tensor.randint(1, 4, 60, {seed = 1})
            nn.fit(net, {x = {x, mails}, y = x:sum(2, {keepdim = true})}, {loss = "mse", epochs = 2})
            return net:predict({x, mails}, {batch = 7}).shape, (net:predict({x, mails}) - net:predict({x, mails}, {batch = 7})):abs():max() < 1e-6
            """,
            "{60, 1}\ntrue"
        ),
        (
            """
            local r = nn.cross_validate(make, {x, y}, {loss = "cross_entropy", k = 3, epochs = 20, lr = 0.05, batch = 10, metrics = {"accuracy"}})
            return #r.folds, r.mean.accuracy > 0.8, r.std.loss >= 0
            """,
            "3\ntrue\ntrue"
        ),
        (
            "local train, test = nn.train_test_split(10, {test = 0.3, seed = 1}) return #train, #test, tensor.concat{train, test}:sort():totable()",
            "7\n3\n{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}"
        ),
        (
            "local f = nn.k_fold(4, {k = 2, groups = {'a', 'b', 'a', 'b'}}) return f[1].test:totable(), f[2].test:totable()",
            "{2, 4}\n{1, 3}"
        ),
    ])
    func modelsAreFitted(code: String, expected: String) throws {
        let text = try shown(Self.classes + code)
        if code.contains("groups") {
            #expect(text == expected || text == "{1, 3}\n{2, 4}")
        } else {
            #expect(text == expected)
        }
    }

    @Test(arguments: [
        ("nn.fit(make(), {x, y}, {})", "loss"),
        ("nn.fit(make(), {x}, {loss = 'mse'})", "{x, y} or {x = ..., y = ...} expected"),
        ("nn.fit(make(), {x, y:slice(1, 1, 5)}, {loss = 'mse'})", "inputs of shape [60, 2] and truth of shape [5]"),
        (
            "nn.fit(make(), {x, y + 1}, {loss = 'cross_entropy'})",
            "classes from 1 to 2, as many as the model gives scores expected, got 3 in row"
        ),
        ("nn.fit(make(), {x, y * 0 + 1}, {loss = 'cross_entropy'})", "one class only, 1, in all 60 rows"),
        (
            "nn.fit(make(), {x, x}, {loss = function(p, t) return 3 end})",
            "function that gives a tensor of one element expected, got number"
        ),
        ("nn.fit(make(), {x, y}, {loss = 'mse', resume = true})", "a checkpoint to go on from"),
        (
            "nn.fit(make(), {x, {'yes', 'no'}}, {loss = 'cross_entropy'})",
            "numbers as truth: a tensor, column or list expected, got a list with 'yes'"
        ),
        (
            "nn.fit(make(), {x, y}, {loss = 'cross_entropy', validation = {x * 0 / 0, y}})",
            "the loss of the validation data is not a number after epoch 1"
        ),
        (
            """
            local path = os.tmpname()
            nn.fit(make(), {x, y}, {loss = 'cross_entropy', epochs = 1, checkpoint = path})
            local _, problem = pcall(nn.fit, make(), {x, y}, {loss = 'cross_entropy', optimizer = 'sgd', checkpoint = path, resume = true})
            os.remove(path)
            error(problem, 0)
            """, "is a checkpoint of another training: its optimizer was adam with betas 0.9 and 0.999"
        ),
        ("nn.bce_with_logits({5, 5}, {1, -3})", "numbers from 0 (no) to 1 (yes) expected, got -3.0 at 2"),
        ("nn.fit(make(), {x, y}, {loss = 'cross_entropy', metrics = {'f1'}})", "give others a name"),
        ("nn.fit(make():freeze(), {x, y}, {loss = 'cross_entropy'})", "a model with parameters to learn"),
        (
            "nn.fit(make(), {x * 0 / 0, y}, {loss = 'cross_entropy'})",
            "the input has a number that is not finite in row"
        ),
        (
            "nn.fit(make(), {x:slice(2, 1, 1), y}, {loss = 'cross_entropy'})",
            "linear(2, 8) takes 2 features a row, got 1 (shape [1, 1])"
        ),
        ("make():predict({x, x:slice(1, 1, 3)})", "rows in every tensor, as in the first expected, got shape [3, "),
        ("nn.conv2d(1, 2, 3, {padding = 2^31 | 0})", "bad argument 'padding' to nn.conv2d: integer from 0 to 65536"),
        (
            "nn.max_pool1d(2, {padding = math.maxinteger})",
            "bad argument 'padding' to nn.max_pool1d: integer from 0 to 65536"
        ),
        ("nn.gru(3, 4, {layers = 2^53 | 0})", "integer from 1 to 1000 expected"),
        ("nn.k_fold(3, {k = 4})", "integer from 2 to 3 (the rows) expected, got 4"),
        ("nn.train_test_split({1})", "bad argument 'rows' to nn.train_test_split: at least 2 expected, got 1"),
        ("nn.train_test_split(4, {stratify = {1, 2}})", "4 labels, one a row expected, got 2"),
        ("nn.train_test_split(4, {groups = {1, 1, 1, 1}})", "at least 2 different groups"),
    ])
    func trainingExplainsWhatItCannotDo(code: String, words: String) throws {
        let text = try shown(Self.classes + code)
        #expect(text.contains(words), "\(text)")
    }

    /// As many epochs and rows a batch as there are numbers: all of them, until patience ends.
    @Test func trainingTakesTheLargestNumbers() throws {
        let code = """
            local options = {loss = 'cross_entropy', epochs = math.maxinteger, batch = math.maxinteger, patience = 1, lr = 0,
                optimizer = 'sgd', schedule = 'linear', validation = {x, y}}
            local history = nn.fit(make(), {x, y}, options)
            return #history.epochs, history.best
            """
        #expect(try shown(Self.classes + code) == "2\n1")
    }

    @Test func customModulesAreSavedByTheirParameters() throws {
        let code = """
            local function make(seed)
              local Net = {inner = nn.linear(2, 2, {seed = seed})}
              function Net:forward(x) return self.inner(x) end
              return nn.module(Net)
            end
            local path = os.tmpname()
            local a, b = make(1), make(2)
            a:save(path)
            local refused = select(2, pcall(nn.load, path))
            b:load_state(path)
            os.remove(path)
            local x = tensor{{1, 2}}
            return (a(x) - b(x)):abs():max():item(), refused:match('written in Lua') ~= nil
            """
        #expect(try shown(code) == "0.0\ntrue")
    }
}
