import CUnicode

/// Where extended grapheme clusters end (UAX #29, Unicode 17).
enum GraphemeClusters {
    /// The end of the cluster that begins at `start`.
    static func end(_ bytes: UnsafePointer<UInt8>, from start: Int, count: Int) -> Int {
        var (scalar, width) = UTF8Text.scalar(bytes, start)
        var index = start + width
        guard index < count else { return count }
        // Two printable ASCII characters are never one cluster.
        if scalar < 0x7f, scalar >= 0x20, bytes[index] < 0x7f { return index }

        var properties = cu_properties_of(scalar)
        // Rule GB11: a pictograph and the extenders after it, then perhaps a joiner.
        var pictograph = false
        var joined = false
        // Rules GB12 and GB13: regional indicators right before the current place.
        var regionals = 0
        // Rule GB9c: a consonant, and whether a linker came after it.
        var consonant = false
        var linked = false
        func has(_ flag: Int) -> Bool { Int(properties.flags) & flag != 0 }
        func note() {
            let kind = Int(properties.grapheme_break)
            joined = pictograph && kind == breakJoiner
            pictograph = has(pictographic) || pictograph && kind == breakExtend
            regionals = kind == breakRegional ? regionals + 1 : 0
            if has(indicConsonant) {
                consonant = true
                linked = false
            } else if has(indicLinker) {
                linked = true
            } else if !has(indicExtend) {
                consonant = false
            }
        }
        note()
        while index < count {
            let before = Int(properties.grapheme_break)
            (scalar, width) = UTF8Text.scalar(bytes, index)
            properties = cu_properties_of(scalar)
            if breaks(
                before, Int(properties.grapheme_break), conjunct: has(indicConsonant) && consonant && linked,
                emoji: has(pictographic) && joined, flag: regionals % 2 == 1)
            {
                return index
            }
            note()
            index += width
        }
        return count
    }

    /// Whether two scalars like this side by side, whichever they are, are never one cluster.
    static func standsAlone(_ properties: cu_properties) -> Bool {
        switch Int(properties.grapheme_break) {
        case breakOther, breakFeed, breakControl, breakLV, breakLVT: Int(properties.flags) & indicLinker == 0
        default: false
        }
    }

    private static func breaks(_ before: Int, _ after: Int, conjunct: Bool, emoji: Bool, flag: Bool) -> Bool {
        switch (before, after) {
        case (breakReturn, breakFeed): false
        case (breakReturn...breakControl, _), (_, breakReturn...breakControl): true
        case (breakL, breakL), (breakL, breakV), (breakL, breakLV), (breakL, breakLVT): false
        case (breakLV, breakV), (breakV, breakV), (breakLV, breakT), (breakV, breakT): false
        case (breakLVT, breakT), (breakT, breakT): false
        case (_, breakExtend), (_, breakJoiner), (_, breakSpacing), (breakPrepend, _): false
        case (breakRegional, breakRegional): !flag
        default: !(conjunct || emoji)
        }
    }
}

private let pictographic = CU_PICTOGRAPHIC
private let indicConsonant = CU_INDIC_CONSONANT
private let indicLinker = CU_INDIC_LINKER
private let indicExtend = CU_INDIC_EXTEND
private let breakOther = CU_BREAK_OTHER
private let breakReturn = CU_BREAK_CR
private let breakFeed = CU_BREAK_LF
private let breakControl = CU_BREAK_CONTROL
private let breakExtend = CU_BREAK_EXTEND
private let breakJoiner = CU_BREAK_ZWJ
private let breakSpacing = CU_BREAK_SPACING_MARK
private let breakPrepend = CU_BREAK_PREPEND
private let breakRegional = CU_BREAK_REGIONAL
private let breakL = CU_BREAK_L
private let breakV = CU_BREAK_V
private let breakT = CU_BREAK_T
private let breakLV = CU_BREAK_LV
private let breakLVT = CU_BREAK_LVT
