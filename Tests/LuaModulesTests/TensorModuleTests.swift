import Display
import Foundation
import LuaKit
import Support
import Tensors
import Testing

@testable import LuaModules

@Suite struct TensorModuleTests {
    private let state: LuaState

    init() throws { state = try LuaModules.makeState() }

    /// What the prompt shows for an entry, or the message of its error.
    private func show(_ source: String) -> String {
        let layout = ValueLayout.displaying(width: 80)
        switch state.evaluate(source, name: "@t.lua", layout: layout) {
        case .values(let texts): return texts.joined(separator: "\n")
        case .stopped(.failure(let message, _)): return message
        case .stopped(let outcome): return "\(outcome)"
        }
    }

    @Test func examplesPrintWhatTheySay() {
        for signature in LuaModule.tensor.signatures {
            guard let example = signature.example else { continue }
            #expect(show(example.code) == example.output, "\(signature.name)")
        }
    }

    @Test func everyDeclarationHasProseAndAnExample() {
        for signature in LuaModule.tensor.signatures {
            #expect(!signature.prose.isEmpty)
            // Files have no place in an example.
            #expect(signature.example != nil || ["load", "save"].contains(signature.shortName), "\(signature.name)")
            for name in (signature.parameters + signature.options).map(\.name) {
                #expect(!["end", "in", "or", "and", "not", "repeat", "until", "for", "function"].contains(name))
            }
        }
    }

    @Test(arguments: [
        // Making.
        ("tensor{{1, 2}, {3, 4}}.dtype", "\"float32\""),
        ("tensor({1, 2}, {dtype = 'int64'})", "tensor [2] int64\n  1  2"),
        ("tensor{true, false}.dtype", "\"bool\""),
        ("tensor(3.5).shape", "{}"),
        ("tensor{}.shape", "{0}"),
        ("tensor{{}, {}}.shape", "{2, 0}"),
        ("tensor{tensor{1, 2}, tensor{3, 4}}.shape", "{2, 2}"),
        ("local a = tensor{1, 2} local b = tensor(a) b[1] = 5 return a[1]", "1.0"),
        ("tensor.zeros({2, 2}, {dtype = 'bool'})", "tensor [2, 2] bool\n  false  false\n  false  false"),
        ("tensor.zeros().shape", "{}"),
        ("tensor.full({2}, true).dtype", "\"bool\""),
        ("tensor.arange(3, 1, -1):totable()", "{3, 2, 1}"),
        ("tensor.linspace(-1e308, 1e308, 3, {dtype = 'float64'}):totable()", "{-1e+308, 0.0, 1e+308}"),
        ("tensor.linspace(0.1, 0.1, 4, {dtype = 'float64'}):totable()", "{0.1, 0.1, 0.1, 0.1}"),
        ("tensor.arange(0, 1, 0.1).shape", "{11}"),
        ("tensor.arange(2, 1).shape", "{0}"),
        ("#tensor.randn(7, 2)", "7"),
        ("(tensor.rand(3, {seed = 5}):eq(tensor.rand(3, {seed = 5}))):sum()", "3"),
        ("(tensor.rand(30):eq(tensor.rand(30))):sum()", "0"),
        // Rows, slices, views.
        ("tensor{{1, 2}, {3, 4}}[-1]", "tensor [2] float32\n  3  4"),
        ("tensor{{1, 2}, {3, 4}}[2][1]", "3.0"),
        ("tensor({1, 2}, {dtype = 'int32'})[2]", "2"),
        ("tensor{true, false}[2]", "false"),
        (
            "local t = tensor{{1, 2}, {3, 4}} t[1] = {7, 8} t[2][2] = 9 return t",
            "tensor [2, 2] float32\n  7  8\n  3  9"
        ),
        ("local t = tensor{1, -2, 3} t[t:lt(0)] = 0 return t", "tensor [3] float32\n  1  0  3"),
        ("local t = tensor{1, 2, 3} t[{1, -1}] = tensor{8, 9} return t", "tensor [3] float32\n  8  2  9"),
        ("local t = tensor.arange(5) return t[t % 2 == 5 and t or t:gt(3)]", "tensor [2] int64\n  4  5"),
        (
            "local t = tensor.zeros(2, 3) t:slice(2, 2, 3)[1] = 4 return t",
            "tensor [2, 3] float32\n  0  4  4\n  0  0  0"
        ),
        ("tensor.arange(5):slice(1, 2, 1).shape", "{0}"),
        ("local s = 0 for i, x in pairs(tensor{5, 6}) do s = s + i * x end return s", "17.0"),
        // Operators with Lua's meaning.
        ("1 - tensor{1, 2}", "tensor [2] float32\n   0  -1"),
        ("(tensor.arange(3) / 2).dtype", "\"float64\""),
        ("(-tensor.arange(7, 8) // 2):totable()", "{-4, -4}"),
        ("(-tensor.arange(7, 8) % 3):totable()", "{2, 1}"),
        ("(tensor.arange(3) ^ 2):totable()", "{1.0, 4.0, 9.0}"),
        ("(tensor.arange(2) + 0.5).dtype", "\"float64\""),
        ("(tensor{1, 2} + 0.5).dtype", "\"float32\""),
        ("(tensor{1, 2} + {0.5, 1}).dtype", "\"float32\""),
        ("(tensor{1, 2} + tensor.arange(2)).dtype", "\"float32\""),
        ("(tensor{true, false} & true):totable()", "{true, false}"),
        ("(tensor{true, false} | {false, false}):totable()", "{true, false}"),
        ("(~tensor{true, false}):totable()", "{false, true}"),
        ("(tensor{true, false} ~ tensor{true, true}):totable()", "{false, true}"),
        ("(tensor{{1}, {2}} * tensor{1, 10}):totable()", "{{1.0, 10.0}, {2.0, 20.0}}"),
        // Columns stand for their numbers; the table keeps its own.
        ("tensor(data.table{a = {1, 2, 3}}.a)", "tensor [3] float32\n  1  2  3"),
        ("(tensor{1, 2} * data.table{a = {3, 4}}.a):totable()", "{3.0, 8.0}"),
        ("local c = data.table{a = {1.5, 2.5}} local t = c.a:tensor() t[1] = 9 return c.a[1], t[1]", "1.5\n9.0"),
        // Reductions count from 1.
        ("tensor{{1, 2}, {3, 4}}:sum()", "10.0"),
        ("tensor.arange(4):sum()", "10"),
        ("tensor{{1, 2}, {3, 4}}:mean(2, {keepdim = true}).shape", "{2, 1}"),
        ("tensor{{1, 2}, {3, 4}}:mean(-1):totable()", "{1.5, 3.5}"),
        ("tensor{{1, 9}, {3, 4}}:argmax(1):totable()", "{2, 1}"),
        ("tensor{1, 0/0}:max()", "nan"),
        ("select('#', tensor{{1, 2}}:max(2))", "2"),
        ("tensor{1, 2}:matmul{3, 4}", "11.0"),
        ("tensor{2, 0/0, 1}:sort():totable()[1]", "1.0"),
    ])
    func gives(_ source: String, _ expected: String) { #expect(show(source) == expected, "\(source)") }

    @Test(arguments: [
        (
            "tensor{1, 'a'}",
            "bad argument 'x' to tensor: number or tensor, column or list of numbers expected, got 'a' at position 2"
        ),
        ("tensor{1, nil, 3}", "list of numbers expected, got nil at position 2"),
        ("tensor{{1, 2}, {3, '4'}}", "list of numbers expected, got '4' at position [2][2]"),
        ("tensor{1, true}", "got true beside numbers at position 2"),
        (
            "tensor(setmetatable({}, {__len = function() return 2 end, __index = function() return 1 end}))",
            "bad argument 'x' to tensor: plain list of numbers expected, got table whose metatable has __len or __index"
        ),
        ("tensor.zeros(0):argmax()", "argmax of no elements does not exist"),
        ("tensor({0/0}, {dtype = 'int64'})", "for the element nan"),
        (
            "tensor.load('/tmp/' .. ('b'):rep(3000) .. '.npy')",
            "/tmp/bbbbbbbbbbbbbbbbbbbbbbbbb…bbbbbbbbbbbbbbbbbbbbbbbbb.npy: cannot"
        ),
        (
            "tensor.save(('a'):rep(5000), tensor{1})",
            "got 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa…'"
        ),
        (
            "tensor{{1, 2}, {3}}",
            "bad argument 'x' to tensor: lists of one length (2 elements like the first) expected, got a list of 1"
        ),
        (
            "tensor{1, {2}}",
            "bad argument 'x' to tensor: numbers, or lists of one shape expected, got both side by side"
        ),
        ("tensor{1, 2}[3]", "bad argument 'i' to tensor index: integer from 1 to 2 or -2 to -1 expected, got 3"),
        ("tensor{1, 2}[0]", "bad argument 'i' to tensor index: integer from 1 to 2 or -2 to -1 expected, got 0"),
        ("tensor{1, 2}.shpae", "a tensor has no member 'shpae' (did you mean 'shape'?)"),
        (
            "tensor{1, 2} + tensor{1, 2, 3}",
            "bad argument 'other' to tensor add: a shape that broadcasts with [2] expected, got shape [3]"
        ),
        ("tensor{1, 2} < 1", "'<' gives one boolean in Lua and cannot compare the elements of a tensor (use t:lt(1))"),
        (
            "tensor{{1, 2}}:sum(3)",
            "bad argument 'dim' to tensor:sum: integer from 1 to 2 (the dimensions of shape [1, 2]) expected, got 3"
        ),
        (
            "tensor.arange(3) // 0",
            "bad argument 'other' to tensor idiv: a divisor without zeros for int64 expected, got 0"
        ),
        (
            "tensor.zeros(1 << 40, 1 << 40)",
            "bad argument 'shape' to tensor.zeros: sizes from 0 up whose product fits in memory expected"
        ),
        ("tensor.zeros(1 << 40)", "tensor.zeros: 4398.0 GB of memory needed"),
        ("tensor.zeros(-1)", "bad argument 'shape' to tensor.zeros: sizes from 0 up expected, got -1"),
        ("tensor{0/0}:to('int32')", "bad argument 'dtype' to tensor:to: a dtype that holds every element expected"),
        (
            "tensor{1, 2}:matmul(tensor{1, 2, 3})",
            "bad argument 'other' to tensor:matmul: a tensor with 2 rows, for shape [2] expected, got shape [3]"
        ),
        (
            "tensor{1, 2}:topk(3)",
            "bad argument 'k' to tensor:topk: integer from 0 to 2 (the size of dim 1) expected, got 3"
        ),
        ("tensor{}:max()", "max of no elements does not exist"),
        ("tensor{1, 2}:item()", "item() needs a tensor of one element, this one has shape [2]"),
        (
            "tensor{1, 2}:reshape(3)",
            "bad argument 'shape' to tensor:reshape: sizes whose product is 2, for shape [2] expected, got [3]"
        ),
        (
            "tensor{1, 2}:slice(1, 0)",
            "bad argument 'from' to tensor:slice: integer from 1 to 2 (the size of dim 1) or -2 to -1 expected, got 0"
        ),
        ("tensor{1, 2} & true", "bad argument 'this' to tensor band: bool tensor expected, got float32 tensor"),
        (
            "tensor.load('x.txt')",
            "bad argument 'path' to tensor.load: path that ends in .npy or .safetensors expected, got 'x.txt'"
        ),
        (
            "tensor.save('s\\xff.npy', tensor{1})",
            "bad argument 'path' to tensor.save: path that is valid UTF-8 expected, got 's"
        ),
        ("tensor.load('s\\xff.npy')", "path that is valid UTF-8 expected"),
        (
            "tensor.save('x.npy', {a = tensor{1}})",
            "bad argument 'x' to tensor.save: tensor (a .npy file holds one) expected, got table"
        ),
    ])
    func refuses(_ source: String, _ message: String) {
        #expect(show(source).contains(message), "\(show(source))")
    }

    @Test func filesComeBack() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "cohort-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.path
        #expect(
            show("tensor.save('\(path)/a.npy', tensor{{1, 2}}) return tensor.load('\(path)/a.npy')")
                == "tensor [1, 2] float32\n  1  2")
        let source = """
            tensor.save('\(path)/a.safetensors', {w = tensor{1, 2}})
            local t = tensor.load('\(path)/a.safetensors').w
            t[1] = 9
            return t
            """
        #expect(show(source) == "tensor [2] float32\n  9  2")
        // What was assigned stays in memory: the file is as it was.
        #expect(show("return tensor.load('\(path)/a.safetensors').w") == "tensor [2] float32\n  1  2")
    }
}
