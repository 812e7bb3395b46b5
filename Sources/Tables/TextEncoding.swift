import Glibc
import Support

/// Text in other encodings than UTF-8, converted by the C library.
enum TextEncoding {
    /// A temporary UTF-8 copy of `bytes`.
    static func converted(
        _ bytes: UnsafeRawBufferPointer, from encoding: String, path: String
    ) throws(Failure) -> AtomicFile {
        guard let converter = open(encoding) else {
            throw .argument(
                "encoding", expected: "an encoding this system knows", got: "'\(encoding)'",
                hint: "such as \"gb18030\", \"big5\", \"shift_jis\", \"windows-1252\", \"utf-16\"")
        }
        defer { iconv_close(converter) }
        var file = try PreparedText.temporaryFile()
        var failure: Failure?
        let consumed = convert(bytes, converter) { block in
            do throws(Failure) { try put(block, &file) } catch { failure = error }
            return failure == nil
        }
        if let failure { throw failure }
        if consumed < bytes.count {
            let line = bytes[..<consumed].reduce(1) { $1 == 0x0a ? $0 + 1 : $0 }
            throw .format(path, at: "line \(line)", "is not \(encoding) text", hint: "name the right encoding")
        }
        return file
    }

    /// The likeliest encoding of bytes that are not UTF-8.
    static func guess(_ bytes: UnsafeRawBufferPointer) -> String {
        // Chinese text has its bytes above ASCII in pairs; in Western text an accented letter stands alone.
        var (paired, run) = (0, 0)
        var single = 0
        for byte in bytes.prefix(1 << 20) {
            if byte >= 0x80 {
                run += 1
                continue
            }
            if run > 1 { paired += run } else { single += run }
            run = 0
        }
        return paired + (run > 1 ? run : 0) > single ? "gb18030" : "windows-1252"
    }

    /// Appends a block without leaving any of it in the file's buffer.
    static func put(_ block: [UInt8], _ file: inout AtomicFile) throws(Failure) {
        var failure: Failure?
        block.withUnsafeBytes { raw in
            do throws(Failure) { try file.write(raw) } catch { failure = error }
        }
        if let failure { throw failure }
    }

    private static func open(_ encoding: String) -> iconv_t? {
        // The C library does not know this common spelling.
        let name = encoding.lowercased() == "latin-1" ? "ISO-8859-1" : encoding
        let converter = iconv_open("UTF-8", name)
        return Int(bitPattern: converter) == -1 ? nil : converter
    }

    /// Converts block by block and returns how many bytes made sense.
    private static func convert(
        _ bytes: UnsafeRawBufferPointer, _ converter: iconv_t, _ use: ([UInt8]) -> Bool
    ) -> Int {
        guard let start = bytes.baseAddress else { return 0 }
        var input: UnsafeMutablePointer<CChar>? = UnsafeMutableRawPointer(mutating: start).assumingMemoryBound(
            to: CChar.self)
        var left = bytes.count
        var block = [UInt8](repeating: 0, count: 1 << 16)
        while left > 0 {
            var (written, code): (Int, Int32) = (0, 0)
            block.withUnsafeMutableBytes { raw in
                var output: UnsafeMutablePointer<CChar>? = raw.baseAddress?.assumingMemoryBound(to: CChar.self)
                var room = raw.count
                let result = iconv(converter, &input, &left, &output, &room)
                code = result == -1 ? errno : 0
                written = raw.count - room
            }
            guard use(Array(block[..<written])) else { break }
            if code != 0, code != E2BIG { break }
        }
        return bytes.count - left
    }
}
