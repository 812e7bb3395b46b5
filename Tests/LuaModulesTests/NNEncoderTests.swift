import Foundation
import LuaKit
import Testing

@testable import LuaModules

/// Encoders that learn, as scripts have them.
@Suite struct NNEncoderTests {
    private let state: LuaState

    init() throws {
        state = try LuaModules.makeState()
        let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Vectors/tiny-bert/base").path
        try state.setGlobal("folder", .string(folder))
        _ = try shown(
            """
            texts, labels = {}, {}
            for i = 1, 12 do
              texts[i] = i % 2 == 0 and "the good book" or "a bad price " .. ("hotel "):rep(i)
              labels[i] = i % 2 + 1
            end
            function make(options)
              return nn.sequential{nn.encoder(folder, options), nn.linear(30, 2, {seed = 1})}
            end
            """, in: state)
    }

    @Test(arguments: [
        ("return nn.encoder(folder)", "nn.encoder(\"base\")"),
        ("return nn.encoder(folder)(texts).shape, nn.encoder(folder)('a book').shape", "{12, 30}\n{1, 30}"),
        (
            "local e = nn.encoder(folder) return e(texts).grad, (e(e:tokens(texts)) - e(texts)):abs():max():item()",
            "nil\n0.0"
        ),
        (
            """
            local a = nn.encoder(folder)(texts)
            local b = text.encoder(folder):encode(texts, {normalize = false})
            return (a - b):abs():max():item() < 2e-5
            """, "true"
        ),
        (
            """
            local m = make()
            local h = nn.fit(m, {x = texts, y = labels}, {loss = "cross_entropy", epochs = 8, batch = 4, lr = 0.005, metrics = {"accuracy"},
              validation = {x = data.table{t = texts}.t, y = labels}})
            return h.epochs[8].accuracy, h.epochs[8].validation_accuracy, m:predict(texts).shape, m:predict("a book").shape
            """, "1.0\n1.0\n{12, 2}\n{1, 2}"
        ),
        // Two texts a row, by one encoder.
        (
            """
            local pair = {tower = nn.encoder(folder)}
            function pair:forward(a, b) return (self.tower(a) * self.tower(b)):mean(2) end
            local h = nn.fit(pair, {x = {texts, texts}, y = labels}, {loss = "mse", epochs = 2, batch = 4})
            return #h.epochs, nn.module(pair):predict{texts, texts}.shape
            """, "2\n{12}"
        ),
        (
            """
            local r = nn.cross_validate(function() return make() end, {x = texts, y = labels}, {loss = "cross_entropy", k = 2, epochs = 1})
            return #r.folds
            """, "2"
        ),
        (
            """
            local e = nn.encoder(folder, {freeze = {"embeddings", layers = {1, 1}}})
            local some = #e:parameters()
            e:unfreeze{layers = 1}
            local more = #e:parameters()
            e:freeze("attention")
            return some, more, #e:parameters(), #e:freeze():parameters(), #e:unfreeze("output.dense"):parameters()
            """, "16\n32\n12\n0\n8"
        ),
        // Everything at once: dropout, a part frozen, stopped and resumed.
        (
            """
            local path = os.tmpname()
            os.remove(path)
            local function run(epochs, resume, stop)
              local m = make{dropout = 0.1, freeze = "embeddings", seed = 5}
              local h = nn.fit(m, {x = texts, y = labels}, {loss = "cross_entropy", epochs = epochs, batch = 5, seed = 2, validation = 0.25,
                checkpoint = path, resume = resume, callbacks = function(e) return e.epoch ~= stop end})
              return h.epochs[#h.epochs].loss, h.epochs[#h.epochs].validation_loss, m:predict(texts)
            end
            local a, b, c = run(4, false)
            os.remove(path)
            run(4, false, 2)
            local d, e, f = run(4, true)
            os.remove(path)
            return a == d, b == e, (c - f):abs():max()
            """, "true\ntrue\n0.0"
        ),
        (
            """
            local path = os.tmpname()
            local m = make()
            m:save(path)
            local read = nn.load(path)
            os.remove(path)
            return read, (m(texts) - read(texts)):abs():max():item()
            """, "nn.sequential{encoder(\"base\"), linear(30, 2)}\n0.0"
        ),
        (
            """
            local place = os.tmpname()
            os.remove(place)
            local m = make()
            m:save_pretrained(place)
            local again = pcall(m.save_pretrained, m, place)
            m:save_pretrained(place, {replace = true})
            local near = (text.encoder(place):encode(texts, {normalize = false}) - m[1](texts)):abs():max():item() < 2e-5
            os.execute("rm -r " .. place)
            return again, near
            """, "false\ntrue"
        ),
        (
            """
            local e = nn.encoder({tokenizer = folder, layers = 2, hidden = 8, heads = 2, max_tokens = 16}, {seed = 1})
            return e, e(texts).shape, #e:parameters()
            """, "nn.encoder(\"new\")\n{12, 8}\n37"
        ),
    ])
    func encodersLearn(code: String, expected: String) throws { #expect(try shown(code, in: state) == expected) }

    @Test(arguments: [
        ("nn.encoder('nothing-here')", "the name of an installed model or the path of a model folder expected"),
        (
            "nn.encoder(folder, {max_tokens = 99})",
            "integer from 2 (the special tokens) to 32 (the positions) expected, got 99"
        ),
        ("nn.encoder(folder, {freeze = {layers = {1, 9}}})", "from 1 to 2 (the number of layers) expected, got {1, 9}"),
        ("nn.encoder(folder):freeze{layers = {2, 1}}", "from 1 to 2 (the number of layers) expected, got {2, 1}"),
        ("nn.encoder(folder):freeze{layers = 'all'}", "from 1 to 2 (the number of layers) expected, got 'all'"),
        ("nn.encoder(folder):freeze('embedings')", "did you mean 'embeddings'?"),
        ("nn.encoder(folder):freeze{layer = 1}", "layers or names of parts expected, got 'layer'"),
        ("nn.linear(2, 2):freeze{layers = 1}", "which has no layers of its own"),
        ("nn.encoder(folder)({})", "at least one text expected, got an empty list"),
        ("nn.fit(make(), {x = {}, y = {}}, {loss = 'cross_entropy'})", "at least one text"),
        ("nn.fit(make(), {x = texts, y = {1, 2}}, {loss = 'cross_entropy'})", "as many rows in inputs and truth"),
        ("labels[3] = 7 nn.fit(make(), {x = texts, y = labels}, {loss = 'cross_entropy'})", "classes from 1 to 2"),
        (
            "nn.fit(nn.linear(3, 2), {x = texts, y = labels}, {loss = 'cross_entropy'})",
            "linear(3, 2) has no encoder to read texts"
        ),
        ("nn.linear(3, 2)('a book')", "has no encoder to read texts"),
        ("nn.linear(3, 2):save_pretrained('x')", "has no encoder"),
        (
            "nn.fit(make(), {x = texts, y = labels}, {loss = 'cross_entropy', batch = 4, lr = 1e30, optimizer = 'sgd'})",
            "at step 2 of epoch 1"
        ),
        (
            """
            local m = make()
            nn.no_grad(function() m[1]["encoder.layer.1"]["output.dense"].weight:mul_(1e38) end)
            nn.fit(m, {x = texts, y = labels}, {loss = 'cross_entropy', batch = 4})
            """, "the numbers run out in layer 1.encoder.layer.1, encoder_layer(30, 3)"
        ),
        ("nn.encoder{layers = 2}", "tokenizer: a model's name, its folder or a tokenizer.json expected, got none"),
        ("nn.encoder{tokenizer = folder, layer = 2}", "did you mean 'layers'?"),
        ("nn.encoder{tokenizer = folder, hidden = 10, heads = 3}", "a multiple of 3 (heads) expected, got 10"),
        ("nn.encoder{tokenizer = folder, layers = 0}", "layers an integer from 1"),
        ("nn.encoder({tokenizer = folder}, {pooling = 'cls'})", "no such option for a new encoder"),
    ])
    func misuseIsExplained(code: String, words: String) throws {
        let text = try shown(code, in: state)
        #expect(text.contains(words), "\(text)")
    }
}
