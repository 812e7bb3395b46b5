import Glibc

extension Cancellation {
    private static let key: pthread_key_t = {
        var key = pthread_key_t()
        pthread_key_create(&key, nil)
        return key
    }()

    /// What stops the work that this thread does at present, for routines that are not told about their surroundings; nil where nobody said.
    /// Threads that help with the work do not have it.
    public static var present: Cancellation? {
        pthread_getspecific(key).map { Unmanaged<Cancellation>.fromOpaque($0).takeUnretainedValue() }
    }

    /// Makes `cancellation`, which must live until it is replaced, the present one of this thread. Returns the one before, to be put back.
    @discardableResult public static func replacePresent(with cancellation: Cancellation?) -> Cancellation? {
        let before = present
        pthread_setspecific(key, cancellation.map { UnsafeRawPointer(Unmanaged.passUnretained($0).toOpaque()) })
        return before
    }

    /// Throws if the present work of this thread was asked to stop.
    public static func checkPresent() throws(Failure) { try present?.check() }
}
