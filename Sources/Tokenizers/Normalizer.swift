import CUnicode
import Support

/// One step of normalisation, as the `normalizer` of a tokenizer file names it.
indirect enum Normalizer: Sendable {
    case sequence([Normalizer])
    case bert(BertNormalization)
    case characterMap(CharacterMap)
    case replace(TextPattern, [UInt8])
    case form(UnicodeForm)
    case lowercase
    case stripAccents
    case strip(left: Bool, right: Bool)
    case prepend([UInt8])

    /// Normalises `text` in place.
    func apply(to text: inout NormalizedText, _ cancellation: Cancellation) throws(Failure) {
        try cancellation.check()
        switch self {
        case .sequence(let steps): for step in steps { try step.apply(to: &text, cancellation) }
        case .bert(let bert): try bert.apply(to: &text, cancellation)
        case .characterMap(let map): text.apply(map, cancellation)
        case .replace(let pattern, let content):
            text.replace(pattern.matches(in: text.bytes, cancellation), by: content)
        case .form(let form): text.normalize(form)
        case .lowercase: text.lowercase()
        case .stripAccents: text.filter { Int(cu_properties_of($0).flags) & CU_MARK == 0 }
        case .strip(let left, let right): text.strip(left: left, right: right)
        case .prepend(let content): text.prepend(content)
        }
        // Some of these steps end early when they are asked to.
        try cancellation.check()
    }
}

/// The cleaning that BERT's models expect.
struct BertNormalization: Equatable, Sendable {
    /// Drop control characters, make every blank a space.
    var cleanText = true
    /// Set Chinese characters apart.
    var separateChinese = true
    /// Drop accents.
    var stripAccents = true
    /// Lower case.
    var lowercase = true

    func apply(to text: inout NormalizedText, _ cancellation: Cancellation) throws(Failure) {
        if cleanText {
            text.filter { Int(cu_properties_of($0).flags) & CU_REMOVE == 0 }
            text.transform(
                UTF8Text.scalars(text.bytes).map { scalar in
                    (Int(cu_properties_of(scalar).flags) & CU_TO_SPACE != 0 ? 0x20 : scalar, 0)
                })
        }
        try cancellation.check()
        if separateChinese {
            var changes: [NormalizedText.Change] = []
            for scalar in UTF8Text.scalars(text.bytes) {
                if Int(cu_properties_of(scalar).flags) & CU_CJK != 0 {
                    changes += [(0x20, 0), (scalar, 1), (0x20, 1)]
                } else {
                    changes.append((scalar, 0))
                }
            }
            text.transform(changes)
        }
        try cancellation.check()
        if stripAccents {
            text.normalize(.nfd)
            try cancellation.check()
            text.filter { Int(cu_properties_of($0).flags) & CU_ACCENT == 0 }
        }
        if lowercase { text.lowercase() }
    }
}

extension NormalizedText {
    /// Lower case, scalar by scalar.
    mutating func lowercase() {
        var changes: [Change] = []
        changes.reserveCapacity(count)
        for scalar in UTF8Text.scalars(bytes) {
            let mapping = cu_lowercase(scalar)
            guard mapping.count > 0 else {
                changes.append((scalar, 0))
                continue
            }
            for index in 0..<Int(mapping.count) { changes.append((mapping.scalars[index], index == 0 ? 0 : 1)) }
        }
        transform(changes)
    }

    /// Drops blanks at the ends.
    mutating func strip(left: Bool, right: Bool) {
        let scalars = UTF8Text.scalars(bytes)
        func isBlank(_ scalar: UInt32) -> Bool { Int(cu_properties_of(scalar).flags) & CU_WHITESPACE != 0 }
        let leading = left ? scalars.prefix(while: isBlank).count : 0
        let trailing = right ? scalars.dropFirst(leading).reversed().prefix(while: isBlank).count : 0
        guard leading + trailing > 0 else { return }
        var changes = scalars.dropFirst(leading).dropLast(trailing).map { ($0, 0) }
        if !changes.isEmpty { changes[changes.count - 1].1 = -trailing }
        transform(changes, skipped: leading)
    }
}
