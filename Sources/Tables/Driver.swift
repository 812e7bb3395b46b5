import CArrow
import Glibc
import Support

/// An ADBC driver: a shared library that fills in a table of functions. Once loaded it stays loaded, since some drivers bring a
/// run-time system that cannot be stopped.
public final class Driver: @unchecked Sendable {
    // Sendable by hand: the table is written once, by the driver's initialiser.
    /// Where the library was found.
    public let path: String
    let functions: UnsafeMutablePointer<AdbcDriver>
    /// Whether it is DuckDB, which reports memory that it does not get as an error.
    let isDuckDB: Bool

    /// Opens the library at `path` (or found by the system under that name) and calls its initialiser.
    public convenience init(_ path: String, entry: String = "AdbcDriverInit") throws(Failure) {
        try self.init(path, handle: try SharedLibrary.open(path), entry: entry)
    }

    init(_ path: String, handle: SharedLibrary, entry: String) throws(Failure) {
        guard let symbol = handle.symbol(entry) else {
            throw .operation(
                "\(path) is no ADBC driver: it has no function '\(entry)'",
                hint: entry == DuckDB.entry ? "DuckDB 1.5.3 or later is needed" : nil)
        }
        self.path = path
        isDuckDB = entry == DuckDB.entry
        functions = .allocate(capacity: 1)
        // Zeroed, because an older driver leaves the members it does not know alone.
        functions.initialize(to: AdbcDriver())
        let initialise = unsafeBitCast(symbol, to: AdbcDriverInitFunction.self)
        let error = DriverError()
        if initialise(ADBC_VERSION_1_1_0, functions, error.pointer) == 0 { return }
        let olderError = DriverError()
        functions.pointee = AdbcDriver()
        guard initialise(ADBC_VERSION_1_0_0, functions, olderError.pointer) == 0 else {
            throw .operation("\(path) cannot be used as an ADBC driver: \(error.message)")
        }
    }

    deinit {
        // What it filled in belongs to it; the library itself stays.
        let error = DriverError()
        _ = functions.pointee.release?(functions, error.pointer)
        functions.deallocate()
    }

    /// The failure that a database describes with `message`.
    static func failure(_ message: String) -> Failure {
        guard NativeMemory.limit != nil,
            ["Out of Memory Error", "bad_alloc", "bad allocation"].contains(where: message.contains)
        else { return .operation(DriverMessage.cleaned(message)) }
        return NativeMemory.exceeded()
    }

    /// Checks the status a driver's function returned.
    func check(_ status: AdbcStatusCode?, _ error: borrowing DriverError) throws(Failure) {
        guard let status else { throw .operation("the driver \(path) lacks a function that is needed") }
        if status == ADBC_STATUS_CANCELLED { throw .cancelled }
        if status != ADBC_STATUS_OK { throw Self.failure(error.message) }
    }
}

/// The error structure that a call into a driver may fill in; released with the value.
struct DriverError: ~Copyable {
    let pointer: UnsafeMutablePointer<AdbcError>

    init() {
        pointer = .allocate(capacity: 1)
        pointer.initialize(to: AdbcError())
        pointer.pointee.vendor_code = Int32.min
    }

    deinit {
        pointer.pointee.release?(pointer)
        pointer.deallocate()
    }

    var message: String {
        pointer.pointee.message.map { String(cString: $0) } ?? "the database gave no reason"
    }
}

/// Makes one line a person can use out of what a database says.
enum DriverMessage {
    static func cleaned(_ message: String) -> String {
        var lines = message.split(whereSeparator: \.isNewline).map(String.init)
        // DuckDB repeats itself in a trace when it is built for debugging.
        if let trace = lines.firstIndex(where: { $0.hasPrefix("Stack Trace") }) { lines.removeSubrange(trace...) }
        return lines.map(withoutDump).joined(separator: "\n")
    }

    /// The line with an exception that DuckDB dumped into it as JSON put in that exception's own words.
    private static func withoutDump(_ line: String) -> String {
        guard let dump = line.firstRange(of: "{\"exception_type\"") else { return line }
        let words = (try? JSON.parse(String(line[dump.lowerBound...])))?["exception_message"]?.string
        let code = TableReader.number(after: "\"errno\":\"", in: line).flatMap(Int32.init(exactly:))
        guard let words = words ?? code.map({ systemError($0) }) else { return line }
        let label = line.firstRange(of: "Error: ").map { String(line[..<$0.upperBound]) } ?? ""
        return label + words
    }
}
