import CUnicode

/// The normalisation forms of Unicode, with the changes that tell where each scalar comes from.
enum UnicodeForm: String, Sendable {
    case nfd = "NFD"
    case nfkd = "NFKD"
    case nfc = "NFC"
    case nfkc = "NFKC"
}

extension NormalizedText {
    /// Puts the text into a normalisation form.
    mutating func normalize(_ form: UnicodeForm) {
        let decomposed = decomposition(compatible: form == .nfkd || form == .nfkc)
        transform(
            form == .nfd || form == .nfkd ? decomposed.map { ($0.scalar, $0.change) } : Self.composition(decomposed))
    }

    private typealias Part = (scalar: UInt32, change: Int, combiningClass: UInt8)

    private func decomposition(compatible: Bool) -> [Part] {
        var parts: [Part] = []
        parts.reserveCapacity(count)
        var firstMark = 0
        // Marks after a starter are ordered by class, equal classes staying as they are.
        func order() {
            let count = parts.count - firstMark
            guard count > 1 else { return }
            if count > 32 {
                let marks = parts[firstMark...].enumerated()
                    .sorted { ($0.element.combiningClass, $0.offset) < ($1.element.combiningClass, $1.offset) }
                parts.replaceSubrange(firstMark..., with: marks.map(\.element))
                return
            }
            // Nearly always there are two or three, which are moved one by one; of many that would take a time quadratic in their number.
            for index in firstMark + 1..<parts.count {
                var place = index
                while place > firstMark, parts[place - 1].combiningClass > parts[place].combiningClass {
                    parts.swapAt(place, place - 1)
                    place -= 1
                }
            }
        }
        func append(_ scalar: UInt32, _ change: Int) {
            let combiningClass = cu_properties_of(scalar).combining_class
            if combiningClass == 0 { order() }
            parts.append((scalar, change, combiningClass))
            if combiningClass == 0 { firstMark = parts.count }
        }
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 3) { storage in
            for scalar in UTF8Text.scalars(bytes) {
                let mapping =
                    compatible
                    ? cu_compatible_decomposition(scalar, storage.baseAddress)
                    : cu_decomposition(scalar, storage.baseAddress)
                guard mapping.count > 0 else {
                    append(scalar, 0)
                    continue
                }
                for index in 0..<Int(mapping.count) { append(mapping.scalars[index], index == 0 ? 0 : 1) }
            }
        }
        order()
        return parts
    }

    private static func composition(_ parts: [Part]) -> [Change] {
        var result: [Change] = []
        result.reserveCapacity(parts.count)
        var starter: Int?
        var lastClass: UInt8?
        for part in parts {
            if let place = starter, lastClass.map({ $0 < part.combiningClass }) ?? true {
                let composite = cu_composition(result[place].scalar, part.scalar)
                if composite != 0 {
                    result[place] = (composite, result[place].change + part.change - 1)
                    continue
                }
            }
            if part.combiningClass == 0 {
                starter = result.count
                lastClass = nil
            } else if starter != nil {
                lastClass = part.combiningClass
            }
            result.append((part.scalar, part.change))
        }
        return result
    }
}
