import CUnicode
import Glibc
import Support

/// A token that is found in the text before the model sees it.
struct AddedToken: Equatable, Sendable {
    var id: Int32
    var content: [UInt8]
    /// Counts only where no word character stands beside it.
    var singleWord = false
    /// Takes the blanks before it.
    var stripsLeft = false
    /// Takes the blanks after it.
    var stripsRight = false
    /// Is looked for in the normalised text, otherwise in the text as it came.
    var normalized = false
    /// Is left out when ids are turned back into text.
    var special = false
}

/// A set of added tokens that are looked for together: the longest of those that begin first. A class, so that it is one reference to count for
/// every text.
final class AddedTokenFinder: Sendable {
    /// A part of a text: a token, or text between tokens.
    struct Part {
        var range: Range<Int>
        var id: Int32?
    }

    private let tokens: [AddedToken]
    private let trie: ByteTrie
    private let beginnings: [Bool]
    private let firstBytes: [UInt8]

    /// A finder of `tokens` by `contents`, nil if there are none.
    init?(_ tokens: [AddedToken], contents: [[UInt8]]) throws(Failure) {
        let present = tokens.indices.filter { !contents[$0].isEmpty }
        guard !present.isEmpty else { return nil }
        self.tokens = present.map { tokens[$0] }
        trie = try ByteTrie(present.map { contents[$0] }, values: present.indices.map { Int32($0) })
        var beginnings = [Bool](repeating: false, count: 256)
        for index in present { beginnings[Int(contents[index][0])] = true }
        self.beginnings = beginnings
        firstBytes = (UInt8.min...UInt8.max).filter { beginnings[Int($0)] }
    }

    /// Whether any byte of `text` begins a token.
    func mayBeIn(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let start = text.baseAddress else { return false }
        return firstBytes.contains { memchr(start, Int32($0), text.count) != nil }
    }

    /// Cuts a text into tokens and what is between them.
    func parts(_ text: UnsafeBufferPointer<UInt8>) -> [Part] {
        guard let bytes = text.baseAddress else { return [] }
        var result: [Part] = []
        var done = 0
        var index = 0
        while index < text.count {
            guard beginnings[Int(bytes[index])], let (token, end) = match(bytes, index, text.count) else {
                index += 1
                continue
            }
            var range = index..<end
            index = end
            if token.singleWord, isWord(before: range.lowerBound, bytes) || isWord(at: end, bytes, text.count) {
                continue
            }
            if token.stripsLeft { range = max(blanks(before: range.lowerBound, bytes), done)..<end }
            if token.stripsRight { range = range.lowerBound..<blanks(after: end, bytes, text.count) }
            // Blanks taken by the token before may reach into this one.
            range = max(range.lowerBound, done)..<max(range.upperBound, done)
            if done < range.lowerBound { result.append(Part(range: done..<range.lowerBound, id: nil)) }
            result.append(Part(range: range, id: token.id))
            done = range.upperBound
        }
        if done < text.count { result.append(Part(range: done..<text.count, id: nil)) }
        return result
    }

    private func match(_ bytes: UnsafePointer<UInt8>, _ start: Int, _ count: Int) -> (AddedToken, Int)? {
        var node = ByteTrie.root
        var index = start
        var found: (Int32, Int)?
        while index < count, let next = ByteTrie.step(trie.units, node, bytes[index]) {
            node = next
            index += 1
            if trie.units[Int(node)].value >= 0 { found = (trie.units[Int(node)].value, index) }
        }
        return found.map { (tokens[Int($0.0)], $0.1) }
    }

    private func flags(before index: Int, _ bytes: UnsafePointer<UInt8>) -> (flags: Int, start: Int) {
        var start = index - 1
        while start > 0, bytes[start] & 0xc0 == 0x80 { start -= 1 }
        return (Int(cu_properties_of(UTF8Text.scalar(bytes, start).value).flags), start)
    }

    private func isWord(before index: Int, _ bytes: UnsafePointer<UInt8>) -> Bool {
        index > 0 && flags(before: index, bytes).flags & CU_WORD != 0
    }

    private func isWord(at index: Int, _ bytes: UnsafePointer<UInt8>, _ count: Int) -> Bool {
        index < count && Int(cu_properties_of(UTF8Text.scalar(bytes, index).value).flags) & CU_WORD != 0
    }

    private func blanks(before index: Int, _ bytes: UnsafePointer<UInt8>) -> Int {
        var index = index
        while index > 0 {
            let (flags, start) = flags(before: index, bytes)
            if flags & CU_WHITESPACE == 0 { break }
            index = start
        }
        return index
    }

    private func blanks(after index: Int, _ bytes: UnsafePointer<UInt8>, _ count: Int) -> Int {
        var index = index
        while index < count {
            let (scalar, width) = UTF8Text.scalar(bytes, index)
            if Int(cu_properties_of(scalar).flags) & CU_WHITESPACE == 0 { break }
            index += width
        }
        return index
    }
}
