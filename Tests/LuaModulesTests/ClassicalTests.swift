import Learning
import LuaKit
import LuaModules
import Support
import Testing

/// Models of rows of numbers, from Lua.
struct ClassicalTests {
    /// What the beginning of a test says: rows with a text, whole-number and boolean label each.
    private static let rows = "local x, y = {{0, 1}, {1, 0}, {8, 9}, {9, 8}}, {'低', '低', 'high', 'high'} "

    @Test(arguments: [
        // Labels come back as they were given.
        ("return nn.knn{k = 1}:fit(x, y):predict{{0, 0}, {9, 9}}", "{\"低\", \"high\"}"),
        ("return nn.knn{k = 1}:fit(x, {3, 3, -1, -1}):predict(x):totable()", "{3, 3, -1, -1}"),
        ("return nn.knn{k = 1}:fit(x, {true, true, false, false}):predict(x):totable()", "{true, true, false, false}"),
        ("return nn.knn{k = 1}:fit(x, tensor{1, 1, 0, 0}):predict(x):totable()", "{1, 1, 0, 0}"),
        ("return nn.knn{k = 1}:fit(x, {1, 'a', 1, 'a'}):predict(x)", "{1, \"a\", 1, \"a\"}"),
        ("return nn.knn{k = 1}:fit(x, y).classes", "{\"high\", \"低\"}"),
        ("return nn.knn{k = 2, task = 'regression'}:fit(x, {1, 2, 3.5, 4}):predict{{0, 0}}:totable()", "{1.5}"),
        ("return nn.knn{k = 1, task = 'regression'}:fit(x, x):predict{{0, 0}}.shape", "{1, 2}"),
        // A table: names are kept, and columns are found by them in whatever order.
        (
            """
            local t = data.table({b = {0, 1, 8, 9}, a = {1, 0, 9, 8}})
            local m = nn.decision_tree():fit(t, y)
            return m.names, m:predict(data.table({a = {9}, extra = {1}, b = {0}})), m:rules()[1]
            """, "{\"a\", \"b\"}\n{\"high\"}\n\"if a <= 4.5: 低 (2 rows, 低 100 %)\""
        ),
        (
            "local t = data.table({a = {1, 2, 3, 4}, y = {'p', 'p', 'q', 'q'}}) return nn.logistic_regression():fit(t:tensor{'a'}, t.y):predict{{1}, {4}}",
            "{\"p\", \"q\"}"
        ),
        // Fitting hands the model back and can be repeated; a failed fit leaves the old one.
        (
            """
            local m = nn.naive_bayes():fit(x, y)
            local worked = pcall(m.fit, m, x, {'one', 'one', 'one', 'one'})
            return worked, m.classes
            """, "false\n{\"high\", \"低\"}"
        ),
        ("return nn.logistic_regression{class_weights = {['低'] = 3, high = 1}}:fit(x, y):predict(x)[1]", "\"低\""),
        (
            "return nn.logistic_regression{C = 4}:fit(x, y).loss == nn.logistic_regression{l2 = 0.25}:fit(x, y).loss",
            "true"
        ),
        (
            "return tostring(nn.ridge()), tostring(nn.ridge():fit(x, {1, 2, 3, 4}))",
            "\"nn.Ridge(not fitted)\"\n\"nn.Ridge(2 columns, alpha = 1.0)\""
        ),
        (
            "return nn.ridge():fit(x, x).coefficients.shape, nn.ridge():fit(x, {1, 2, 3, 4}).coefficients.shape",
            "{2, 2}\n{2}"
        ),
    ])
    func workAsTold(code: String, expected: String) throws { #expect(try shown(Self.rows + code) == expected) }

    @Test(arguments: [
        ("nn.knn():predict(x)", "has not been fitted"),
        ("nn.knn{k = 9}:fit(x, y)", "'k' to nn.KNN:fit: integer from 1 to 4"),
        (
            "nn.ridge():fit({{1}, {0/0}}, {1, 2})",
            "'x' to nn.Ridge:fit: finite numbers expected, got nan in row 2, column 1"
        ),
        ("nn.logistic_regression():fit(x, {1, 1, 1, 1})", "labels of at least two classes expected, got one class (1)"),
        ("nn.logistic_regression():fit(x, {1, 2})", "one for each of the 4 rows of x expected, got 2"),
        ("nn.logistic_regression():fit(x, {1, 2, 1.5, 2})", "got 1.5 at position 3"),
        ("nn.decision_tree():fit(x, {0.5, 1, 1, 1})", "task = \"regression\""),
        ("nn.logistic_regression():fit(x, data.table({y = {'a', json.null, 'b', 'b'}}).y)", "got NULL at position 2"),
        (
            "nn.logistic_regression():fit(x, y):predict{{1, 2, 3}}",
            "rows of 2 columns, as the model was fitted on expected, got 3 columns"
        ),
        ("nn.knn{k = 1}:fit(x, y):predict{1, 2}", "one row is written {{...}}"),
        ("nn.knn{k = 1}:fit(data.table({a = {1, 2}}), {1, 2}):predict(data.table({b = {1}}))", "without 'a'"),
        ("nn.knn{k = 1}:fit(data.table({a = {'p', 'q'}}), {1, 2})", "('a')"),
        ("nn.logistic_regression{class_weights = 'even'}", "'balanced' or a table of weights by class"),
        ("nn.logistic_regression{C = 1, l2 = 1}", "either C or l2"),
        ("nn.decision_tree{criterion = 'squared_error'}", "'gini' or 'entropy' for classes"),
        ("nn.knn{k = 1, task = 'regression'}:fit(x, {1, 2, 3, 4}):predict_proba(x)", "no probabilities"),
        ("nn.naive_bayes{kind = 'multinomial'}:fit({{1}, {-1}}, {1, 2})", "row 2, column 1"),
        ("nn.knn():fit(x, {{1}, {2}, {1}, {2}})", "labels (integers, strings or booleans) expected"),
        ("nn.knn():fit({}, {})", "bad argument"),
        ("nn.knn():fit(x, {'\\xff', 'a', 'a', 'a'})", "not UTF-8"),
        ("nn.load('/nowhere')", "/nowhere"),
        ("nn.calibrated(nn.ridge())", "a model that predicts classes expected"),
        (
            "nn.calibrated(nn.naive_bayes()):fit(x, y)",
            "bad argument 'y' to nn.Calibrated:fit: at least 5 rows of class 'high', one for each fold expected, got 2"
        ),
        ("nn.calibrated(5)", "model of rows"),
        ("nn.permutation_importance(nn.knn{k = 1}, x, y)", "has not been fitted"),
        ("nn.permutation_importance(nn.knn{k = 1}:fit(x, y), x, y, {metric = 'r2'})", "'accuracy' or 'log_likelihood'"),
    ])
    func mistakesAreNamed(code: String, expected: String) throws {
        let message = try shown(Self.rows + code)
        #expect(message.contains(expected), "\(message)")
    }

    /// What it says is what a loop over the same folds finds.
    @Test(arguments: [
        (
            """
            local x, y = tensor.randn(120, 3, {seed = 1}), {}
            local noise = tensor.randn(120, {seed = 2})
            for i = 1, 120 do y[i] = x[i][1] + noise[i] > 0 and 'stays' or 'leaves' end
            local r = nn.cross_validate(function() return nn.logistic_regression() end, {x, y}, {k = 4, seed = 3})
            local equal = 0
            for i, fold in ipairs(nn.k_fold(120, {k = 4, seed = 3, stratify = y})) do
                local function of(rows) local t = {} for k = 1, #rows do t[k] = y[rows[k]] end return t end
                local m = nn.logistic_regression():fit(x:index(fold.train), of(fold.train))
                local truth, shares = of(fold.test), m:predict_proba(x:index(fold.test))
                local hits = metrics.accuracy(truth, m:predict(x:index(fold.test)))
                local auc = metrics.roc_auc(truth, shares:t()[2], {positive = 'stays'})
                local loss = metrics.log_loss(truth, shares, {labels = m.classes})
                local f = r.folds[i]
                if math.abs(hits - f.accuracy) + math.abs(auc - f.roc_auc) + math.abs(loss - f.loss) < 1e-9 then equal = equal + 1 end
            end
            return #r.folds, equal, r.mean.roc_auc > 0.7, r.std.accuracy > 0
            """, "4\n4\ntrue\ntrue"
        ),
        (
            """
            local a = tensor.linspace(0, 10, 30)
            local r = nn.cross_validate(function() return nn.ridge() end, {x = data.table({a = a}), y = a * 2}, {k = 3})
            return r.mean.r2 > 0.99, r.mean.loss > 0, r.mean.accuracy
            """, "true\ntrue\nnil"
        ),
        ("local a, b = nn.train_test_split(data.table({c = {'x', 'y', 'z', 'w'}})) return #a, #b", "3\n1"),
        ("local a, b = nn.train_test_split({'x', 'y', 'z', 'w'}) return #a, #b", "3\n1"),
    ])
    func modelsOfRowsAreCrossValidated(code: String, expected: String) throws {
        #expect(try shown(code) == expected)
    }

    @Test(arguments: [
        (
            "nn.cross_validate(function() return nn.ridge() end, {x, y}, {k = 2, epochs = 3})",
            "'epochs' to nn.cross_validate: nothing, as models of rows"
        ),
        (
            "nn.cross_validate(function() return nn.linear(2, 1) end, {x, y}, {k = 2})",
            "'loss' to nn.cross_validate: one of 'mse'"
        ),
        (
            "nn.cross_validate(function() return nn.ridge() end, {x, {1, 2}}, {k = 2})",
            "a y for each of the 4 rows expected, got 2"
        ),
        ("nn.cross_validate(function() return 5 end, {x, y}, {loss = 'mse'})", "'make'"),
        ("nn.cross_validate(function() return nn.knn() end, {x}, {k = 2})", "{x, y}"),
    ])
    func crossValidationRefuses(code: String, part: String) throws {
        let message = try shown("local x, y = {{1, 2}, {2, 1}, {3, 3}, {4, 5}}, {1, 2, 1, 2} return " + code)
        #expect(message.contains(part), "\(message)")
    }

    @Test func savedModelsPredictTheSame() throws {
        let code = """
            local path = os.tmpname() .. '.safetensors'
            local models = {
                nn.logistic_regression():fit(x, y), nn.naive_bayes():fit(x, y), nn.knn{k = 1}:fit(x, y),
                nn.decision_tree():fit(x, y), nn.calibrated(nn.decision_tree(), {folds = 2}):fit(x, y),
                nn.ridge():fit(x, {1, 2, 3, 4}),
            }
            local equal = 0
            for _, m in ipairs(models) do
                m:save(path)
                local again = nn.load(path)
                if pretty(again:predict(x)) == pretty(m:predict(x)) and tostring(again) == tostring(m) then equal = equal + 1 end
            end
            nn.load(path):predict(x)
            local _, refit = pcall(function() nn.load(path):fit(x, {1, 2, 3, 4}) end)
            tensor.save(path, {a = tensor{1}})
            local _, other = pcall(nn.load, path)
            os.remove(path)
            return refit, other, equal
            """
        let text = try shown(Self.rows + code)
        #expect(text.hasSuffix("\n6"), "\(text)")
        #expect(text.contains("keeps no options"), "\(text)")
        #expect(text.contains("is not a model that nn saved"), "\(text)")
    }
}

/// Boosted trees from Lua, where LightGBM is installed.
@Suite(.enabled(if: LightGBM.isInstalled)) struct BoostedTreesClassTests {
    private static let table = """
        local job, age, answer = {}, {}, {}
        for i = 1, 120 do
            job[i], age[i] = ({'学生', 'clerk', 'retired'})[i % 3 + 1], i
            answer[i] = job[i] == 'clerk' and 'yes' or 'no'
        end
        local t = data.table({job = job, age = age})

        """

    @Test(arguments: [
        // Texts are categories; nulls, texts never seen and further columns do no harm.
        (
            """
            local m = nn.boosted_trees{iterations = 20}:fit(t, answer)
            local new = data.table({more = {0, 0, 0, 0}, age = {1, 2, nil, 4, n = 4}, job = {'clerk', '学生', 'clerk', 'pilot'}})
            return m:predict(new), m.importances[2] > 0.99, m.trees
            """, "{\"yes\", \"no\", \"yes\", \"no\"}\ntrue\n20"
        ),
        (
            """
            local path = os.tmpname()
            local m = nn.boosted_trees{iterations = 5}:fit(t, answer)
            m:save(path)
            local again = nn.load(path)
            os.remove(path)
            return again:predict_proba(t):eq(m:predict_proba(t)):to('int32'):min(), tostring(again)
            """, "1\n\"nn.BoostedTrees(2 columns, 2 classes, 5 trees)\""
        ),
        (
            """
            local m = nn.boosted_trees{iterations = 300, early_stopping = 4, learning_rate = 0.5, task = 'regression'}
            m:fit(t:tensor{'age'}, t.age, {validation = {{{30}, {31}}, {90, 95}}})
            return m.best < 300, m.trees == m.best, m.losses[m.best] <= m.losses[1], #m.losses == m.best + 4
            """, "true\ntrue\ntrue\ntrue"
        ),
        (
            """
            local m = nn.calibrated(nn.boosted_trees{iterations = 5, min_data_in_leaf = 5}, {folds = 3}):fit(t, answer)
            return m:predict(data.table({job = {'clerk'}, age = {7}})), m.method
            """, "{\"yes\"}\n\"sigmoid\""
        ),
        ("return nn.boosted_trees{iterations = 3, categorical = {'age'}}:fit(t, answer).trees", "3"),
    ])
    func workAsTold(code: String, expected: String) throws { #expect(try shown(Self.table + code) == expected) }

    @Test(arguments: [
        ("nn.boosted_trees{categorical = {'price'}}:fit(t, answer)", "'categorical'"),
        ("nn.boosted_trees{early_stopping = 2}:fit(t, answer)", "{validation = {x, y}}"),
        ("nn.boosted_trees():fit(t, answer, {validation = {t}})", "'validation'"),
        ("nn.boosted_trees():fit(t, answer, {validation = {{{1, 2}}, {'yes'}}})", "'validation'"),
        ("nn.boosted_trees():fit(t, answer):predict(data.table({age = {1}, job = {2}}))", "texts in 'job'"),
        ("nn.boosted_trees{num_leaves = 1}", "num_leaves"),
    ])
    func mistakesAreNamed(code: String, expected: String) throws {
        let message = try shown(Self.table + code)
        #expect(message.contains(expected), "\(message)")
    }
}
