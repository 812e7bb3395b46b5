import Support

/// One tensor in NumPy's `.npy` format.
public enum NpyFile {
    /// The tensor in the file at `path`, in memory of its own.
    ///
    /// float16 becomes float32, narrow integers int32, uint32 int64. Column-major ("Fortran order") data keeps its shape and becomes a
    /// transposed view.
    ///
    /// - Throws: `file` if it cannot be read; `format` if it is damaged, or its elements are big-endian, complex, text, 64-bit unsigned,
    ///   records or Python objects.
    public static func read(_ path: String) throws(Failure) -> Tensor {
        let file = try MappedFile(path)
        let header = try NpyHeader(file.bytes, path: path)
        let bytes = UnsafeRawBufferPointer(rebasing: file.bytes[header.dataStart...])
        let shape = header.isColumnMajor ? header.shape.reversed() : header.shape
        guard let stored = try header.type.tensor(bytes, shape: shape, borrowingFrom: file) else {
            throw .format(path, "has boolean elements other than 0 and 1")
        }
        // The user may change what was loaded, and others the file.
        let tensor = stored.storage.isWritable ? stored : try stored.clone()
        guard header.isColumnMajor else { return tensor }
        return Tensor(
            storage: tensor.storage, dtype: tensor.dtype, shape: tensor.shape.reversed(),
            strides: tensor.strides.reversed(),
            offset: tensor.offset)
    }

    /// Writes `tensor` to `path`, whole or not at all, row-major and little-endian, as version 1.0, which every NumPy reads.
    public static func write(_ path: String, _ tensor: Tensor, work: Work = Work()) throws(Failure) {
        let type =
            switch tensor.dtype {
            case .float32: "<f4"
            case .float64: "<f8"
            case .int32: "<i4"
            case .int64: "<i8"
            case .bool: "|b1"
            }
        let sizes = tensor.shape.map(String.init).joined(separator: ", ") + (tensor.rank == 1 ? "," : "")
        var text = Array("{'descr': '\(type)', 'fortran_order': False, 'shape': (\(sizes)), }".utf8)
        // NumPy aligns the data to 64 bytes and ends the header with a line break.
        while (10 + text.count + 1) % 64 != 0 { text.append(UInt8(ascii: " ")) }
        text.append(UInt8(ascii: "\n"))
        guard let length = UInt16(exactly: text.count) else {
            throw .argument("x", expected: "a tensor of fewer dimensions", got: "\(tensor.rank) dimensions")
        }
        var file = try AtomicFile(path, cancellation: work.cancellation)
        try file.write(NpyHeader.magic + [1, 0, UInt8(length & 0xff), UInt8(length >> 8)])
        try file.write(text)
        try tensor.withBytes(work) { (bytes) throws(Failure) in try file.write(bytes) }
        try file.commit()
    }
}
