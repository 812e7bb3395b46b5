import LuaKit
import LuaModules
import Testing

/// What the operations of tensors give beyond their examples, and how they refuse.
@Suite struct TensorOperationTests {
    private func outcome(_ code: String) throws -> String {
        let state = try LuaModules.makeState()
        switch state.run("local t = tensor{{1, 2, 3}, {4, 5, 6}} \(code)", name: "@t.lua") {
        case .values(let values):
            return values.map { $0.text ?? $0.int.map(String.init) ?? "\($0)" }.joined(separator: " ")
        case .failure(let message, _): return message
        case let other: return "\(other)"
        }
    }

    @Test(arguments: [
        // In place: the tensor, its views and every name of it change; chains give the tensor itself.
        ("local u = t:slice(2, 1, 1) t:add_(1):mul_(2) return json.encode(u:totable())", "[[4.0],[10.0]]"),
        ("t[1]:zero_() return json.encode(t:totable())", "[[0.0,0.0,0.0],[4.0,5.0,6.0]]"),
        ("t:t():copy_{{1, 2}, {3, 4}, {5, 6}} return json.encode(t:totable())", "[[1.0,3.0,5.0],[2.0,4.0,6.0]]"),
        ("return rawequal(t, t:div_(2)) and 'same' or 'other'", "same"),
        ("t:sub_(t) return t:any() and 'some' or 'none'", "none"),
        ("local i = t:to('int64') i:mul_(3) return json.encode(i[2]:totable())", "[12,15,18]"),
        // Positions count from 1 and from the end.
        ("return json.encode(t:gather(2, {{-1}, {1}}):totable())", "[[3.0],[4.0]]"),
        ("return json.encode(t:scatter(1, {{-1, 1, -1}}, 0):totable())", "[[1.0,0.0,3.0],[0.0,5.0,0.0]]"),
        ("return json.encode(tensor.zeros(2, 0):unique().shape)", "[0]"),
        ("return json.encode(tensor{true, true}:bincount{base = 0}:totable())", "bad argument 'this'"),
        ("return json.encode(tensor({0, 2, 2}, {dtype = 'int64'}):bincount{base = 0}:totable())", "[1,0,2]"),
        (
            "return json.encode(tensor({0, 1}, {dtype = 'int64'}):one_hot(2, {base = 0}):totable())",
            "[[1.0,0.0],[0.0,1.0]]"
        ),
        ("return json.encode(t:squeeze():unsqueeze(-1).shape)", "[2,3,1]"),
        ("return json.encode(t:pad(1).shape)", "[4,5]"),
        ("return json.encode(t:pad({{0, 0}, {1, 0}}, {value = -1})[1]:totable())", "[-1.0,1.0,2.0,3.0]"),
        ("return json.encode(t:prod(2):totable())", "[6.0,120.0]"),
        ("return json.encode(t:permute(2, 1):totable())", "[[1.0,4.0],[2.0,5.0],[3.0,6.0]]"),
        ("return json.encode(t:flip({1, 2}):totable())", "[[6.0,5.0,4.0],[3.0,2.0,1.0]]"),
        ("return json.encode(t:roll(-1, 2):totable())", "[[2.0,3.0,1.0],[5.0,6.0,4.0]]"),
        ("return tensor.einsum('ij->', t)", "21"),
        ("return #tensor.choice(5, 20, {replace = true})", "20"),
        ("return tensor.permutation(50, {seed = 2}):sum()", "1275"),
        ("return t:pca(1).shape[2]", "1"),
        (
            "local a, b = tensor.normal(0, 1, 4, {seed = 3}), tensor.zeros(4):normal_(0, 1, {seed = 3}) return (a:eq(b)):sum()",
            "4"
        ),
        // A loss through new operations.
        (
            "local w = tensor{1, 2}:requires_grad() tensor.einsum('i,i->', w, w):backward() return json.encode(w.grad:totable())",
            "[2.0,4.0]"
        ),
        (
            "local w = tensor{0.5, 3}:requires_grad() w:maximum(1):sum():backward() return json.encode(w.grad:totable())",
            "[0.0,1.0]"
        ),
        (
            "local w = tensor{1, 2}:requires_grad() nn.no_grad(function() w:sub_(1) end) return json.encode(w:totable())",
            "[0.0,1.0]"
        ),
    ])
    func gives(_ code: String, _ expected: String) throws {
        let shown = try outcome(code)
        #expect(shown == expected || expected.hasPrefix("bad") && shown.contains(expected), "\(code): \(shown)")
    }

    @Test(arguments: [
        (
            "t:to('int64'):add_(0.5)",
            "tensor:add_ gives float64, which this int64 tensor cannot hold (convert it first, as in t = t:to(\"float64\"))"
        ),
        ("t[1]:add_(t)", "a shape that broadcasts to [3] expected, got one that widens it to [2, 3]"),
        ("t:add_(tensor{1, 2})", "a shape that broadcasts with [2, 3] expected, got shape [2]"),
        (
            "t:gather(2, {{0}, {1}})",
            "bad argument 'index' to tensor:gather: integer from 1 to 3 or -3 to -1 expected, got 0"
        ),
        ("t:gather(2, {{1}, {2}, {3}})", "sizes of at most [2, 3] but along dim 2 expected, got shape [3, 1]"),
        ("t:gather(1, t)", "bad argument 'index' to tensor:gather: whole numbers expected, got float32 values"),
        (
            "t:index_add(1, {1}, {{1, 2}})",
            "bad argument 'source' to tensor:index_add: shape [1, 3] expected, got shape [1, 2]"
        ),
        ("t:permute(1, 1)", "each of the 2 dimensions of shape [2, 3] once expected, got [1, 1]"),
        ("t:pad({{1, 1}})", "a pair of widths for each of the 2 dimensions expected, got 1"),
        (
            "t:pad({{1 << 40, 1 << 40}, {1 << 40, 1 << 40}})",
            "bad argument 'widths' to tensor:pad: sizes from 0 up whose product fits in memory expected"
        ),
        (
            "tensor{1}:diag(1 << 40)",
            "bad argument 'diagonal' to tensor:diag: sizes from 0 up whose product fits in memory expected"
        ),
        ("tensor.permutation(math.maxinteger)", "bad argument 'n' to tensor.permutation: sizes from 0 up"),
        ("t:outer(t)", "two vectors expected, got shapes [2, 3] and [2, 3]"),
        ("t:one_hot()", "whole numbers expected, got float32 values (convert with to(\"int64\"))"),
        ("tensor.arange(3):one_hot(2)", "classes from 1 to 2 expected, got 3"),
        ("tensor.full({70}, 2, {dtype = 'int64'}):prod()", "a product does not fit int64 (convert to float64 first)"),
        ("tensor.einsum('ij,jk->ik', t, t)", "one size for 'j' expected, got 3 and 2"),
        ("tensor.einsum('ij->k', t)", "'k' of the result among the letters before '->' expected"),
        ("tensor.einsum('ij', t, t)", "letters for 2 tensors expected, got letters for 1"),
        ("tensor.einsum('i', t)", "2 letters for shape [2, 3] expected, got 'i'"),
        ("tensor.einsum('i...->i', t)", "letters, commas and '->', as in 'ij,jk->ik' expected"),
        ("tensor.beta(0, 1, 3)", "bad argument 'a' to tensor.beta"),
        (
            "tensor.choice(3, 4)",
            "integer from 0 to 3, without replacement expected, got 4 (give replace = true to choose a thing more than once)"
        ),
        ("tensor.choice(3, 1, {weights = {1, 2}})", "3 numbers, one for each expected, got 2"),
        ("t:solve{1, 2}", "solve needs a square matrix, this tensor has shape [2, 3]"),
        ("tensor{{1, 2}, {2, 1}}:cholesky()", "cholesky needs a positive definite matrix, but pivot 2 is -3"),
        ("local w = tensor{{2, 0}, {0, 1}}:requires_grad() w:qr()", "tensor:qr has no gradient"),
        ("local w = tensor{1}:requires_grad() w:add_(1)", "tensor:add_ has no gradient"),
    ])
    func refuses(_ code: String, _ words: String) throws {
        let shown = try outcome(code)
        #expect(shown.contains(words), "\(code): \(shown)")
    }
}
