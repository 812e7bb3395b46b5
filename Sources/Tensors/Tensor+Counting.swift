import Support

extension Tensor {
    /// The different elements in rising order, NaN once and last; for every element the position of its value among them, in this tensor's
    /// shape; and how often each occurs. The latter two are int64.
    public func unique(
        work: Work = Work()
    ) throws(Failure) -> (values: Tensor, positions: Tensor, counts: Tensor) {
        let flat = try reshape([count])
        let (sorted, order) = try flat.sorted(dim: 0, work: work)
        let starts = try sorted.runStarts()
        let inverse = try Tensor.build(shape, of: Int64.self) { (target) throws(Failure) in
            try order.withElements(as: Int64.self) { (places) throws(Failure) in
                var run = -1
                try work.inBlocks(places.count) { range in
                    for position in range {
                        if run + 1 < starts.count, starts[run + 1] == position { run += 1 }
                        target[Int(places[position])] = Int64(run)
                    }
                }
            }
        }
        let total = count
        let counts = try work.array(starts.count) { run in
            Int64((run + 1 < starts.count ? starts[run + 1] : total) - starts[run])
        }
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
            try Work().indices(below: elements.count) {
                $0 == 0 || elements[$0].sortKey != elements[$0 - 1].sortKey
            }
        }
    }

    /// How often each whole number from 0 to the greatest occurs, or the sums of `weights` where it does; at least `count` numbers. int64,
    /// with weights float64.
    public func bincount(
        weights: Tensor? = nil, count least: Int = 0, base: Int = 0, work: Work = Work()
    ) throws(Failure) -> Tensor {
        let codes = try classCodes(base)
        let size = max(least, try greatest(codes, work) + 1)
        guard let weights else {
            return try Tensor.build([size], of: Int64.self) { (target) throws(Failure) in
                try work.inBlocks(codes.count) { for i in $0 { target[codes[i]] += 1 } }
            }
        }
        guard weights.shape == shape else {
            throw .argument("weights", expected: "shape \(shape)", got: "shape \(weights.shape)")
        }
        return try Tensor.build([size], of: Double.self) { (target) throws(Failure) in
            try weights.withElements(as: Double.self) { (shares) throws(Failure) in
                try work.inBlocks(codes.count) { for i in $0 { target[codes[i]] += shares[i] } }
            }
        }
    }

    /// Whole numbers from `base` on as rows of zeros with a one at their place: shape [..., classes].
    public func oneHot(
        classes: Int? = nil, base: Int = 0, dtype: DType = .float32, work: Work = Work()
    ) throws(Failure) -> Tensor {
        let codes = try classCodes(base)
        let size = if let classes { classes } else { try greatest(codes, work) + 1 }
        if let place = try work.firstIndex(below: codes.count, where: { codes[$0] >= size }) {
            throw .argument(
                "this", expected: "classes from \(base) to \(base + size - 1)", got: "\(codes[place] + base)")
        }
        _ = try Tensor.elementCount(shape + [size])
        let marks = try Tensor.build(shape + [size], of: Bool.self) { (target) throws(Failure) in
            try work.inBlocks(codes.count) { for row in $0 { target[row * size + codes[row]] = true } }
        }
        return try marks.to(dtype, work: work)
    }

    /// The elements less `base`, each at least 0 and small enough to count by.
    private func classCodes(_ base: Int) throws(Failure) -> [Int] {
        guard dtype != .bool, dtype.isInteger || count == 0 else {
            throw .argument(
                "this", expected: "whole numbers", got: "\(dtype.rawValue) values", hint: "convert with to(\"int64\")")
        }
        return try map(Int64.self) { (value) throws(Failure) in
            guard value >= base, value <= 1 << 40 else {
                throw .argument("this", expected: "whole numbers from \(base) up", got: "\(value)")
            }
            return Int(value) - base
        }
    }

    /// The greatest of the codes, -1 of none.
    private func greatest(_ codes: [Int], _ work: Work) throws(Failure) -> Int {
        var greatest = -1
        try work.inBlocks(codes.count) { for i in $0 { greatest = max(greatest, codes[i]) } }
        return greatest
    }

    /// The positions of the elements that are not zero (NaN is not), in order: int64 [count, rank], from 0.
    public func nonzero(work: Work = Work()) throws(Failure) -> Tensor {
        let found = try to(.bool, work: work).withElements(as: Bool.self) { (marks) throws(Failure) in
            try work.indices(below: marks.count) { marks[$0] }
        }
        let shape = shape
        return try Tensor.build([found.count, rank], of: Int64.self) { (target) throws(Failure) in
            try work.inBlocks(found.count) { range in
                for row in range {
                    var rest = found[row]
                    for dim in shape.indices.reversed() {
                        target[row * shape.count + dim] = Int64(rest % shape[dim])
                        rest /= shape[dim]
                    }
                }
            }
        }
    }
}
