import Display
import Support
import Tables
import Tensors
import Testing

/// What holds for everything that is displayed.
@Suite struct FrameTests {
    private func values() throws -> [any Displayable] {
        let long = Value.text(String(repeating: "书店 and more ", count: 100))
        let stamp = Value.integer(1_234_567_890_123)
        var values: [any Displayable] = []
        for count in [1, 2, 3, 40, 2_000] {
            let names = (0..<count).map { "column \($0)" }
            let columns = try names.enumerated().map {
                try Column($0 % 2 == 0 ? [stamp, .null] : [long, .text("👩‍👩‍👧")], name: $1)
            }
            values.append(try Table(names: names, columns: columns))
            values.append(columns[0])
        }
        for shape in [
            [], [0], [1], [5000], [30, 40], [0, 3], [2, 3, 4], [9, 8, 7, 6, 5], [3, 3, 3, 3, 3, 3, 3, 3],
        ] {
            for scale in [1.0, 1e-12, 1e12] {
                let normal = try Tensor.randn(shape, seed: 3).to(.float64)
                values.append(try Tensor.combine(.multiply, .tensor(normal), .scalar(.real(scale))))
            }
            values.append(try Tensor.randn(shape, seed: 3).to(.bool))
        }
        return values
    }

    @Test func everythingFitsEveryWidth() throws {
        for value in try values() {
            for width in [20, 21, 22, 27, 40, 80, 300] {
                let lines = value.text(width: width).split(separator: "\n")
                #expect(lines.count <= 100)
                for line in lines where DisplayWidth.of(String(line)) > width {
                    Issue.record("width \(width), \(value.summary): \(line)")
                }
            }
        }
    }

    @Test func colourAddsNothingButColour() throws {
        for value in try values() {
            let plain = value.text(width: 60)
            let colored = value.text(in: Frame(width: 60, isColored: true))
            #expect(plain == colored.replacing("\u{1B}[2m", with: "").replacing("\u{1B}[22m", with: ""))
            #expect(plain.count < colored.count)
        }
    }
}
