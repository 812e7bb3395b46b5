extension CivilTime {
    /// Days of `2024-01-31`, nil for any other text.
    static func parseDate(_ text: UnsafeRawBufferPointer) -> Int32? {
        guard text.count == 10, let days = parseDatePart(text) else { return nil }
        return Int32(exactly: days)
    }

    private static func parseDatePart(_ text: UnsafeRawBufferPointer) -> Int64? {
        guard text.count >= 10, text[4] == 0x2d, text[7] == 0x2d, let year = digits(text, 0, 4),
            let month = digits(text, 5, 2), let day = digits(text, 8, 2)
        else { return nil }
        return days(year: year, month: month, day: day)
    }

    /// Microseconds of `2024-01-31 09:30`, `2024-01-31T09:30:00.25` and the like, and whether a zone (`Z`, `+08`, `-05:30`) was given, in
    /// which case they count from 1970 in UTC. Nil for any other text and for more than six decimals.
    static func parseTimestamp(_ text: UnsafeRawBufferPointer) -> (microseconds: Int64, hasZone: Bool)? {
        guard text.count >= 16, text[10] == 0x20 || text[10] == 0x54, text[13] == 0x3a, let days = parseDatePart(text),
            let hour = digits(text, 11, 2), let minute = digits(text, 14, 2), hour < 24, minute < 60
        else { return nil }
        var position = 16
        var micros: Int64 = 0
        if position < text.count, text[position] == 0x3a {
            guard let second = digits(text, 17, 2), second < 60 else { return nil }
            micros = second * 1_000_000
            position = 19
            if position < text.count, text[position] == 0x2e {
                position += 1
                var unit: Int64 = 100_000
                let first = position
                while position < text.count, text[position] >= 0x30, text[position] <= 0x39 {
                    guard unit > 0 else { return nil }
                    micros += Int64(text[position] - 0x30) * unit
                    unit /= 10
                    position += 1
                }
                guard position > first else { return nil }
            }
        }
        micros += (days * 86_400 + hour * 3600 + minute * 60) * 1_000_000
        if position == text.count { return (micros, false) }
        let zone = UnsafeRawBufferPointer(rebasing: text[position...])
        if zone.count == 1, zone[0] == 0x5a { return (micros, true) }
        guard let offset = fixedOffset(String(decoding: zone, as: UTF8.self)) else { return nil }
        return (micros - offset * 1_000_000, true)
    }

    private static func digits(_ text: UnsafeRawBufferPointer, _ start: Int, _ count: Int) -> Int64? {
        guard start + count <= text.count else { return nil }
        var number: Int64 = 0
        for index in start..<start + count {
            guard text[index] >= 0x30, text[index] <= 0x39 else { return nil }
            number = number * 10 + Int64(text[index] - 0x30)
        }
        return number
    }
}
