import Support

extension Tensor {
    /// Writes `value`, broadcast and converted to this tensor's dtype, over the elements of this view; every tensor that shares
    /// the storage sees it. Memory that belongs to a file or a table is copied first, once, and the file or table stays as it is.
    public func assign(_ value: Operand, work: Work = Work()) throws(Failure) {
        if count == 1, storage.isWritable, case .scalar(.real(let number)) = value, dtype.isFloatingPoint {
            // One number into one element, as loops of scripts do.
            try storage.makeWritable()
            if dtype == .float32 {
                pointer(Float.self).pointee = Float(number)
            } else {
                pointer(Double.self).pointee = number
            }
            return
        }
        try write(prepared(value, work), work: work)
    }

    /// Writes `value` where `mask` marks (see `masked(_:)`): one number everywhere, or a tensor that broadcasts to the marked
    /// elements.
    public func assign(_ value: Operand, where mask: Tensor, work: Work = Work()) throws(Failure) {
        let positions = try maskPositions(mask)
        let tail = Array(shape.dropFirst(mask.rank))
        let values = try prepared(value, work).broadcast(to: [positions.count] + tail, parameter: "value")
        // A view with gaps is filled through a copy.
        let whole = try contiguous(work: work)
        let rows = try whole.reshape([mask.count] + tail)
        try rows.storage.makeWritable()
        for (index, position) in positions.enumerated() {
            if index % 4096 == 0 { try work.cancellation.check() }
            try rows.select(0, position).write(values.select(0, index), work: work)
        }
        if whole.storage !== storage { try write(whole, work: work) }
    }

    /// Writes `value`, broadcast to the given rows, over them; of a row that comes several times the last stays.
    public func assign(_ value: Operand, rows: [Int], work: Work = Work()) throws(Failure) {
        try checkDimension(0)
        let values = try prepared(value, work).broadcast(to: [rows.count] + shape.dropFirst(), parameter: "value")
        for (index, row) in rows.enumerated() {
            if index % 4096 == 0 { try work.cancellation.check() }
            try select(0, row).write(values.select(0, index), work: work)
        }
    }

    private func prepared(_ value: Operand, _ work: Work) throws(Failure) -> Tensor {
        switch value {
        case .tensor(let tensor):
            let converted = try tensor.to(dtype, work: work)
            // A view of the memory about to be written is read in full before the first write.
            return converted.storage === storage ? try converted.clone(work: work) : converted
        case .scalar(let scalar): return try Tensor.scalar(scalar, dtype: dtype)
        }
    }

    /// Writes the elements of `source`, of this dtype and in memory of its own, over this view.
    func write(_ source: Tensor, work: Work) throws(Failure) {
        try storage.makeWritable()
        let values = try source.broadcast(to: shape, parameter: "value")
        switch dtype {
        case .float32, .int32: try write(values, of: Int32.self, work)
        case .float64, .int64: try write(values, of: Int64.self, work)
        case .bool: try write(values, of: Bool.self, work)
        }
    }

    // Elements are moved by size: their bits stay what they are.
    private func write<T: TensorElement>(_ values: Tensor, of type: T.Type, _ work: Work) throws(Failure) {
        let walk = StridedWalk(shape: shape, strides, values.strides)
        let (stepTo, stepFrom, _) = walk.step
        try walk.run(work: work) { start, _, count in
            let to = pointer(T.self) + start.a
            let from = values.pointer(T.self) + start.b
            for i in 0..<count { to[i &* stepTo] = from[i &* stepFrom] }
        }
    }
}
