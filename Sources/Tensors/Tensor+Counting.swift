import Support

extension Tensor {
    /// The different elements in rising order, NaN once and last; for every element the position of its value among them, in this tensor's
    /// shape; and how often each occurs. The latter two are int64.
    public func unique(
        work: Work = Work()
    ) throws(Failure) -> (values: Tensor, positions: Tensor, counts: Tensor) {
        let flat = try reshape([count])
        let (sorted, order) = try flat.sorted(dim: 0, work: work)
        let places = try order.values(as: Int64.self)
        let starts = try sorted.runStarts()
        let inverse = try Tensor.build(shape, of: Int64.self) { target in
            for run in starts.indices {
                let end = run + 1 < starts.count ? starts[run + 1] : places.count
                for position in starts[run]..<end { target[Int(places[position])] = Int64(run) }
            }
        }
        let ends = starts.dropFirst() + [places.count]
        let counts = starts.isEmpty ? [] : zip(starts, ends).map { Int64($1 - $0) }
        return (
            try sorted.rows(starts, work: work), inverse, try Tensor(counts, shape: [counts.count])
        )
    }

    /// Where runs of equal elements begin in a sorted tensor of one dimension.
    private func runStarts() throws(Failure) -> [Int] {
        switch dtype {
        case .float32: try runStarts(Float.self)
        case .float64: try runStarts(Double.self)
        case .int32: try runStarts(Int32.self)
        case .int64: try runStarts(Int64.self)
        case .bool: try to(.int32).runStarts(Int32.self)
        }
    }

    private func runStarts<T: NumericElement>(_ type: T.Type) throws(Failure) -> [Int] {
        try withElements(as: T.self) { (elements) throws(Failure) in
            elements.indices.filter { $0 == 0 || elements[$0].sortKey != elements[$0 - 1].sortKey }
        }
    }

    /// How often each whole number from 0 to the greatest occurs, or the sums of `weights` where it does; at least `count` numbers. int64,
    /// with weights float64.
    public func bincount(
        weights: Tensor? = nil, count least: Int = 0, base: Int = 0, work: Work = Work()
    ) throws(Failure) -> Tensor {
        let codes = try classCodes(base)
        let size = max(least, (codes.max() ?? -1) + 1)
        guard let weights else {
            return try Tensor.build([size], of: Int64.self) { target in for code in codes { target[code] += 1 } }
        }
        guard weights.shape == shape else {
            throw .argument("weights", expected: "shape \(shape)", got: "shape \(weights.shape)")
        }
        let shares = try weights.values(as: Double.self)
        return try Tensor.build([size], of: Double.self) { target in
            for (code, share) in zip(codes, shares) { target[code] += share }
        }
    }

    /// Whole numbers from `base` on as rows of zeros with a one at their place: shape [..., classes].
    public func oneHot(
        classes: Int? = nil, base: Int = 0, dtype: DType = .float32, work: Work = Work()
    ) throws(Failure) -> Tensor {
        let codes = try classCodes(base)
        let size = classes ?? (codes.max() ?? -1) + 1
        if let code = codes.first(where: { $0 >= size }) {
            throw .argument(
                "this", expected: "classes from \(base) to \(base + size - 1)", got: "\(code + base)")
        }
        _ = try Tensor.elementCount(shape + [size])
        let marks = try Tensor.build(shape + [size], of: Bool.self) { target in
            for (row, code) in codes.enumerated() { target[row * size + code] = true }
        }
        return try marks.to(dtype, work: work)
    }

    /// The elements less `base`, each at least 0 and small enough to count by.
    private func classCodes(_ base: Int) throws(Failure) -> [Int] {
        guard dtype != .bool, dtype.isInteger || count == 0 else {
            throw .argument(
                "this", expected: "whole numbers", got: "\(dtype.rawValue) values", hint: "convert with to(\"int64\")")
        }
        let values = try values(as: Int64.self)
        if let value = values.first(where: { $0 < base || $0 > 1 << 40 }) {
            throw .argument("this", expected: "whole numbers from \(base) up", got: "\(value)")
        }
        return values.map { Int($0) - base }
    }

    /// The positions of the elements that are not zero (NaN is not), in order: int64 [count, rank], from 0.
    public func nonzero(work: Work = Work()) throws(Failure) -> Tensor {
        let marks = try to(.bool, work: work).values(as: Bool.self)
        var clock = PollClock(work.cancellation)
        var found: [Int] = []
        for place in marks.indices {
            try clock.check()
            if marks[place] { found.append(place) }
        }
        let shape = shape
        return try Tensor.build([found.count, rank], of: Int64.self) { (target) throws(Failure) in
            for (row, position) in found.enumerated() {
                try clock.check()
                var rest = position
                for dim in shape.indices.reversed() {
                    target[row * shape.count + dim] = Int64(rest % shape[dim])
                    rest /= shape[dim]
                }
            }
        }
    }
}
