import Glibc

/// What the last failed system call said, in words ("No such file or directory").
public func systemError(_ code: Int32 = errno) -> String {
    guard let text = strerror(code) else { return "error \(code)" }
    return String(cString: text)
}

func naturalLogarithm(_ value: Double) -> Double { log(value) }
