import Glibc
import Support

/// A library opened at run time; never closed.
struct SharedLibrary {
    private let handle: UnsafeMutableRawPointer

    func symbol(_ name: String) -> UnsafeMutableRawPointer? { dlsym(handle, name) }

    /// Opens `path`. A Python extension module needs the interpreter's library with global symbols first: it is opened when the first attempt
    /// misses a symbol of Python's.
    static func open(_ path: String) throws(Failure) -> SharedLibrary {
        if let handle = dlopen(path, RTLD_LAZY | RTLD_LOCAL) { return SharedLibrary(handle: handle) }
        let reason = lastError()
        guard reason.contains("undefined symbol: Py") || reason.contains("undefined symbol: _Py") else {
            throw .operation("\(path) cannot be loaded: \(reason)")
        }
        let wanted = pythonVersion(in: path)
        for version in wanted.map({ [$0] }) ?? (9...20).map({ "3.\($0)" }) {
            guard dlopen("libpython\(version).so.1.0", RTLD_LAZY | RTLD_GLOBAL) != nil else { continue }
            if let handle = dlopen(path, RTLD_LAZY | RTLD_LOCAL) { return SharedLibrary(handle: handle) }
        }
        let version = wanted ?? "3.11"
        throw .operation(
            "\(path) needs Python's library libpython\(version).so, which is not installed",
            hint: "on Debian: apt-get install libpython\(version)")
    }

    /// "3.11" out of `…cpython-311-x86_64…`.
    static func pythonVersion(in path: String) -> String? {
        guard let range = path.firstRange(of: "cpython-3") else { return nil }
        let digits = path[range.upperBound...].prefix { $0.isASCII && $0.isNumber }
        return digits.isEmpty ? nil : "3.\(digits)"
    }

    private static func lastError() -> String { dlerror().map { String(cString: $0) } ?? "unknown reason" }
}
