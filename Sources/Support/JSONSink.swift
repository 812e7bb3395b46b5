/// Gets the parts of a JSON text in the order in which they stand there.
public protocol JSONSink {
    /// `null`.
    mutating func null() throws(Failure)
    /// `true` or `false`.
    mutating func bool(_ flag: Bool) throws(Failure)
    /// A number written without fraction and exponent that fits 64 bits.
    mutating func int(_ number: Int64) throws(Failure)
    /// Any other number.
    mutating func double(_ number: Double) throws(Failure)
    /// A string's bytes, escapes resolved; valid during the call alone.
    mutating func string(_ bytes: UnsafeBufferPointer<UInt8>) throws(Failure)
    /// A list begins; its items follow.
    mutating func beginArray() throws(Failure)
    /// It has ended with so many items.
    mutating func endArray(_ count: Int) throws(Failure)
    /// An object begins; keys and values follow by turns.
    mutating func beginObject() throws(Failure)
    /// The key of the value that follows. False refuses it: it was there before.
    mutating func key(_ bytes: UnsafeBufferPointer<UInt8>) throws(Failure) -> Bool
    /// It has ended with so many members.
    mutating func endObject(_ count: Int) throws(Failure)
}
