import Foundation
import Testing

@testable import Charts

/// Colours as readers see them, with and without a deficiency of colour vision.
struct Colour {
    var red, green, blue: Double

    init(_ hex: String) {
        let value = Int(hex.dropFirst(), radix: 16) ?? 0
        let linear = { (byte: Int) -> Double in
            let share = Double(byte & 255) / 255
            return share <= 0.04045 ? share / 12.92 : pow((share + 0.055) / 1.055, 2.4)
        }
        (red, green, blue) = (linear(value >> 16), linear(value >> 8), linear(value))
    }

    var luminance: Double { 0.2126 * red + 0.7152 * green + 0.0722 * blue }

    /// WCAG 2.2, contrast ratio.
    func contrast(_ other: Colour) -> Double {
        let (light, dark) = (max(luminance, other.luminance), min(luminance, other.luminance))
        return (light + 0.05) / (dark + 0.05)
    }

    /// Machado, Oliveira and Fernandes (2009), severity 1.
    func seen(_ matrix: [Double]) -> Colour {
        var seen = self
        seen.red = max(0, matrix[0] * red + matrix[1] * green + matrix[2] * blue)
        seen.green = max(0, matrix[3] * red + matrix[4] * green + matrix[5] * blue)
        seen.blue = max(0, matrix[6] * red + matrix[7] * green + matrix[8] * blue)
        return seen
    }

    /// Euclidean distance in OKLab (Ottosson 2020), black to white being 1.
    func distance(_ other: Colour) -> Double {
        let lab = { (c: Colour) -> [Double] in
            let l = cbrt(0.4122214708 * c.red + 0.5363325363 * c.green + 0.0514459929 * c.blue)
            let m = cbrt(0.2119034982 * c.red + 0.6806995451 * c.green + 0.1073969566 * c.blue)
            let s = cbrt(0.0883024619 * c.red + 0.2817188376 * c.green + 0.6299787005 * c.blue)
            return [
                0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s,
                1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s,
                0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s,
            ]
        }
        return zip(lab(self), lab(other)).map { ($0 - $1) * ($0 - $1) }.reduce(0, +).squareRoot()
    }
}

@Suite struct PaletteTests {
    static let visions: [(name: String, matrix: [Double])] = [
        ("usual", [1, 0, 0, 0, 1, 0, 0, 0, 1]),
        ("protanopia", [0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998]),
        ("deuteranopia", [0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.011820, 0.042940, 0.968881]),
        ("tritanopia", [1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.303900]),
    ]

    @Test(arguments: [Palette.light, .dark])
    func coloursStandOutFromThePaper(palette: Palette) {
        let paper = Colour(palette.paper)
        for text in palette.series + [palette.ink, palette.muted, palette.good, palette.bad, palette.caution] {
            #expect(Colour(text).contrast(paper) >= 4.5, "\(text) on \(palette.paper): \(Colour(text).contrast(paper))")
        }
        // Cards, code and striped rows.
        let stripe = Colour(palette.stripe)
        for text in [
            palette.ink, palette.muted, palette.good, palette.bad, palette.caution, palette.series[0],
            palette.series[1],
            palette.series[3],
        ] {
            #expect(
                Colour(text).contrast(stripe) >= 4.5, "\(text) on \(palette.stripe): \(Colour(text).contrast(stripe))")
        }
        // The badge of a verdict.
        let onTone = Colour(palette.paper == Palette.dark.paper ? palette.onFar : palette.paper)
        for tone in Tone.allCases {
            let badge = Colour(palette.color(tone))
            #expect(onTone.contrast(badge) >= 4.5, "\(tone): \(onTone.contrast(badge))")
        }
        #expect(Colour(palette.axis).contrast(paper) >= 3)
    }

    @Test(arguments: [Palette.light, .dark])
    func numbersStandOutFromTheirCells(palette: Palette) {
        for (index, cell) in palette.scale.enumerated() {
            let text = index >= 5 ? palette.onFar : palette.onNear
            #expect(
                Colour(text).contrast(Colour(cell)) >= 4.5, "\(text) on \(cell): \(Colour(text).contrast(Colour(cell)))"
            )
        }
        for (index, cell) in palette.diverging.enumerated() {
            let text = (index - 4).magnitude >= 3 ? palette.onFar : palette.onNear
            #expect(
                Colour(text).contrast(Colour(cell)) >= 4.5, "\(text) on \(cell): \(Colour(text).contrast(Colour(cell)))"
            )
        }
    }

    @Test(arguments: [Palette.light, .dark])
    func theFirstSeriesDifferForEveryReader(palette: Palette) {
        for (name, matrix) in Self.visions {
            let seen = palette.series.map { Colour($0).seen(matrix) }
            // Four colours are told apart by themselves; further ones have names and, in text, signs of their own.
            for first in 0..<3 {
                for second in (first + 1)..<3 {
                    let distance = seen[first].distance(seen[second])
                    #expect(
                        distance >= 0.08, "\(palette.series[first]) and \(palette.series[second]), \(name): \(distance)"
                    )
                }
            }
            let tones = [palette.good, palette.bad].map { Colour($0).seen(matrix) }
            #expect(tones[0].distance(tones[1]) >= 0.1, "good and bad, \(name): \(tones[0].distance(tones[1]))")
        }
    }
}
