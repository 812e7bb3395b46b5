import Foundation
import Testing

@testable import Prompt

@Suite struct PlainReaderTests {
    private func reader(of text: String) -> PlainReader {
        let pipe = Pipe()
        pipe.fileHandleForWriting.write(Data(text.utf8))
        try? pipe.fileHandleForWriting.close()
        let copy = dup(pipe.fileHandleForReading.fileDescriptor)
        return PlainReader(descriptor: copy, showsPrompt: false, isInterrupted: { false })
    }

    @Test func linesEndWithOrWithoutALineBreak() {
        let reader = reader(of: "one\n\n三\nlast")
        #expect(reader.readLine(prompt: "> ") == .line("one"))
        #expect(reader.readLine(prompt: "> ") == .line(""))
        #expect(reader.readLine(prompt: "> ") == .line("三"))
        #expect(reader.readLine(prompt: "> ") == .line("last"))
        #expect(reader.readLine(prompt: "> ") == .end)
        #expect(reader.readLine(prompt: "> ") == .end)
    }

    @Test func aLineLongerThanABlockStaysWhole() {
        let long = String(repeating: "x", count: 50_000)
        #expect(reader(of: long + "\n").readLine(prompt: "") == .line(long))
    }
}
