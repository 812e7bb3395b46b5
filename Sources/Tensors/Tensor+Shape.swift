import Support

extension Tensor {
    /// A view with `shape`, along whose added or single dimensions the elements repeat. Its elements must not be written.
    public func broadcast(to target: [Int], parameter: String = "other") throws(Failure) -> Tensor {
        if shape == target { return self }
        let added = target.count - rank
        var steps = [Int](repeating: 0, count: target.count)
        var fits = added >= 0
        for dim in shape.indices where fits {
            let size = target[added + dim]
            if shape[dim] == size {
                steps[added + dim] = strides[dim]
            } else if shape[dim] != 1 {
                fits = false
            }
        }
        guard fits else {
            throw .argument(parameter, expected: "a shape that broadcasts to \(target)", got: "shape \(shape)")
        }
        _ = try Tensor.elementCount(target)
        return Tensor(storage: storage, dtype: dtype, shape: target, strides: steps, offset: offset)
    }

    /// The shape two shapes broadcast to: aligned at their last dimensions, where sizes must be equal or one of them 1.
    public static func broadcastShape(_ a: [Int], _ b: [Int], parameter: String = "other") throws(Failure) -> [Int] {
        if a == b { return a }
        var result = a.count >= b.count ? a : b
        for back in 1..<(min(a.count, b.count) + 1) {
            let (x, y) = (a[a.count - back], b[b.count - back])
            guard x == y || x == 1 || y == 1 else {
                throw .argument(
                    parameter, expected: "a shape that broadcasts with \(a)", got: "shape \(b)",
                    hint: "shapes are aligned at their last dimension; sizes must be equal or one of them 1")
            }
            result[result.count - back] = x == 1 ? y : x
        }
        return result
    }

    /// The elements in row-major order under another shape: a view if they are contiguous, otherwise a copy. One size may be -1
    /// and is then computed.
    public func reshape(_ sizes: [Int]) throws(Failure) -> Tensor {
        var target = sizes
        func refused() -> Failure {
            .argument("shape", expected: "sizes whose product is \(count), for shape \(shape)", got: "\(sizes)")
        }
        let open = sizes.indices.filter { sizes[$0] == -1 }
        guard open.count <= 1, !sizes.contains(where: { $0 < -1 }) else {
            throw .argument("shape", expected: "sizes from 0 up, at most one of them -1", got: "\(sizes)")
        }
        if let dim = open.first {
            target.remove(at: dim)
            let known = try Tensor.elementCount(target)
            guard known > 0, count % known == 0 else { throw refused() }
            target.insert(count / known, at: dim)
        }
        guard try Tensor.elementCount(target) == count else { throw refused() }
        let source = try contiguous()
        return Tensor(
            storage: source.storage, dtype: dtype, shape: target, strides: Tensor.contiguousStrides(target),
            offset: source.offset)
    }

    /// A view with two dimensions exchanged.
    public func transpose(_ a: Int, _ b: Int) throws(Failure) -> Tensor {
        try checkDimension(a, "a")
        try checkDimension(b, "b")
        var (sizes, steps) = (shape, strides)
        sizes.swapAt(a, b)
        steps.swapAt(a, b)
        return Tensor(storage: storage, dtype: dtype, shape: sizes, strides: steps, offset: offset)
    }

    /// The transpose of a matrix; a tensor of fewer than two dimensions is its own.
    public func transposed() throws(Failure) -> Tensor {
        guard rank <= 2 else {
            throw .operation(
                "t() needs at most 2 dimensions, this tensor has shape \(shape)", hint: "name two with transpose(a, b)")
        }
        return rank < 2 ? self : try transpose(0, 1)
    }

    /// Tensors of one shape side by side along a new dimension `dim`; dtypes meet as in arithmetic.
    public static func stack(_ tensors: [Tensor], dim: Int, work: Work = Work()) throws(Failure) -> Tensor {
        guard let first = tensors.first else { throw .argument("list", expected: "at least one tensor", got: "none") }
        guard dim >= 0, dim <= first.rank else {
            throw .argument("dim", expected: "integer from 1 to \(first.rank + 1)", got: "\(dim + 1)")
        }
        var expanded: [Tensor] = []
        for (index, tensor) in tensors.enumerated() {
            guard tensor.shape == first.shape else {
                throw .argument(
                    "list", expected: "tensors of one shape",
                    got: "shape \(first.shape) and, at \(index + 1), shape \(tensor.shape)")
            }
            var (sizes, steps) = (tensor.shape, tensor.strides)
            sizes.insert(1, at: dim)
            steps.insert(0, at: dim)
            expanded.append(
                Tensor(
                    storage: tensor.storage, dtype: tensor.dtype, shape: sizes, strides: steps, offset: tensor.offset))
        }
        return try concat(expanded, dim: dim, work: work)
    }

    /// Tensors one after the other along `dim`; their other sizes must agree, and dtypes meet as in arithmetic.
    public static func concat(_ tensors: [Tensor], dim: Int, work: Work = Work()) throws(Failure) -> Tensor {
        guard let first = tensors.first else { throw .argument("list", expected: "at least one tensor", got: "none") }
        try first.checkDimension(dim)
        var shape = first.shape
        var dtype = first.dtype
        for (index, tensor) in tensors.enumerated().dropFirst() {
            var comparable = tensor.shape
            if dim < comparable.count { comparable[dim] = first.shape[dim] }
            guard comparable == first.shape else {
                throw .argument(
                    "list", expected: "tensors whose shapes differ at dim \(dim + 1) only",
                    got: "shape \(first.shape) and, at \(index + 1), shape \(tensor.shape)")
            }
            let (size, overflow) = shape[dim].addingReportingOverflow(tensor.shape[dim])
            guard !overflow else { throw Failure(.memory, "a tensor of that size does not fit in memory") }
            shape[dim] = size
            dtype = .promoted(dtype, tensor.dtype)
        }
        let result = try Tensor.uninitialized(shape, dtype: dtype)
        var from = 0
        for tensor in tensors {
            let to = from + tensor.shape[dim]
            try result.slice(dim, from..<to).write(tensor.to(dtype, work: work), work: work)
            from = to
        }
        return result
    }

    /// Refuses a dimension the tensor does not have.
    func checkDimension(_ dim: Int, _ parameter: String = "dim") throws(Failure) {
        guard dim >= 0, dim < rank else {
            throw .argument(
                parameter,
                expected: rank == 0 ? "a tensor with dimensions" : "integer from 1 to \(rank), for shape \(shape)",
                got: rank == 0 ? "a single value" : "\(dim + 1)")
        }
    }
}
