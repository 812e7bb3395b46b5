import Display
import Learning
import LuaKit
import Support
import Tensors

extension Tensor: LuaVisible {
    /// How tensors behave in Lua.
    public static var luaClass: LuaClass { tensorClass }
}

private let tensorClass = LuaClass(
    "tensor", for: Tensor.self,
    """
    A table of numbers of any number of dimensions. Rows, dimensions and positions count from 1, negative ones from the end. A row, \
    slice or transpose is a view: assigning to it changes the tensor it was taken from; clone() makes it independent. Operators work \
    element by element, shapes broadcast. Two dtypes meet in the later of bool, int32, int64, float32, float64; a number beside a tensor \
    takes the tensor's dtype, and a fraction beside whole numbers gives float64. Ctrl-C in a method that works in place, or in an assignment, \
    leaves every element as it was or as it was to become.
    """,
    methods: TensorMethods.shape + TensorMethods.element + TensorMethods.reduction + TensorMethods.row
        + TensorMethods.functions + TensorMethods.rearrange + TensorMethods.gathering + TensorMethods.inPlace
        + [TensorMethods.shuffle] + TensorMethods.linearAlgebra + TensorMethods.gradient,
    fields: [
        Field("shape", "list of integers", "size along each dimension") { (t: Tensor) throws(Failure) in
            .integers(t.shape)
        },
        Field("dtype", "string", "type of the elements: float32, float64, int32, int64 or bool") {
            (t: Tensor) throws(Failure) in .string(t.dtype.rawValue)
        },
        Field(
            "grad", "tensor", "the gradient that backward() has added up here; nil before, and after t.grad = nil"
        ) { (t: Tensor) throws(Failure) in
            .optional(t.gradNode?.gradient.map { .object($0) })
        },
    ],
    index: { call throws(Failure) in try TensorIndexing.read(call) },
    newIndex: { call throws(Failure) in
        try TensorIndexing.write(call)
        return .nothing
    },
    length: { call throws(Failure) in
        let tensor = try call.values()
        guard let rows = tensor.shape.first else {
            throw .operation("a tensor of one value has no length", hint: "use t:item()")
        }
        return .integer(rows)
    },
    pairs: { call throws(Failure) in
        let tensor = try call.tracked()
        let recorder = call.recorder
        var position = 0
        let next = LuaValue.iterator { () throws(Failure) in
            guard position < tensor.shape.first ?? 0 else { return .nil }
            position += 1
            return .values([.integer(position), try TensorIndexing.element(tensor, position - 1, recorder)])
        }
        return .values([next, .nil, .nil])
    },
    operators: TensorOperators.all,
    display: { (tensor: Tensor) in tensor.text(width: ScreenWidth.current) })
