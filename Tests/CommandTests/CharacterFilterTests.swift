import Testing

@testable import Prompt

@Suite struct CharacterFilterTests {
    private func passed(_ bytes: [UInt8]) -> [UInt8] {
        var filter = CharacterFilter()
        return bytes.flatMap { filter.take($0) }
    }

    @Test func wholeCharactersPass() {
        let text = Array("a é 中 😀 \u{1B}[A\u{7F}\u{10FFFF}".utf8)
        #expect(passed(text) == text)
    }

    @Test func nothingPassesBeforeACharacterIsWhole() {
        var filter = CharacterFilter()
        #expect(filter.take(0xE4) == [])
        #expect(filter.take(0xB8) == [])
        #expect(filter.take(0xAD) == [0xE4, 0xB8, 0xAD])
    }

    @Test(
        arguments: [
            [0xE5, 0x18], [0xC0, 0xAF, 0x18], [0xE0, 0x80, 0x80, 0x18], [0xED, 0xA0, 0x80, 0x18], [0xF5, 0x80, 0x18],
            [0xF4, 0x90, 0x80, 0x80, 0x18], [0xE5, 0xE5, 0x18], [0x80, 0x18], [0xFF, 0xFE, 0x18],
        ] as [[UInt8]])
    func whatIsNoCharacterIsDropped(bytes: [UInt8]) { #expect(passed(bytes) == [0x18]) }

    @Test func aCharacterBehindABrokenOnePasses() { #expect(passed([0xE5, 0xE4, 0xB8, 0xAD]) == [0xE4, 0xB8, 0xAD]) }
}
