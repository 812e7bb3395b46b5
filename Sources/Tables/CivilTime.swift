/// Days and seconds since 1970-01-01 as ISO 8601 text and back, in the proleptic Gregorian calendar.
enum CivilTime {
    /// Year, month and day of a count of days (Hinnant 2014, "chrono-compatible low-level date algorithms").
    static func date(days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = days + 719_468
        let era = floorDivide(shifted, 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * marchMonth + 2) / 5 + 1)
    }

    /// Days from 1970-01-01 to a date, nil for a day that the calendar does not have.
    static func days(year: Int64, month: Int64, day: Int64) -> Int64? {
        guard (1...12).contains(month), day >= 1, day <= daysInMonth(year, month) else { return nil }
        let shifted = month <= 2 ? year - 1 : year
        let era = floorDivide(shifted, 400)
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static func daysInMonth(_ year: Int64, _ month: Int64) -> Int64 {
        switch month {
        case 2: (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// `2024-01-31`. Arrow has no infinite dates, but DuckDB writes them as the ends of the range.
    static func dateText(_ days: Int32) -> String {
        if days == .max { return "infinity" }
        if days == -Int32.max { return "-infinity" }
        return dateText(days: Int64(days))
    }

    private static func dateText(days: Int64) -> String {
        let (year, month, day) = date(days: days)
        let yearText = year < 0 ? "-" + padded(-year, 4) : padded(year, 4)
        return "\(yearText)-\(padded(month, 2))-\(padded(day, 2))"
    }

    /// `09:30:00` or `09:30:00.25`: as many decimals as there are.
    static func timeText(_ ticks: Int64, _ unit: ColumnType.TimeUnit) -> String {
        let seconds = floorDivide(ticks, unit.perSecond)
        let fraction = ticks - seconds * unit.perSecond
        var text = "\(padded(seconds / 3600, 2)):\(padded(seconds / 60 % 60, 2)):\(padded(seconds % 60, 2))"
        if fraction > 0 {
            var digits = padded(fraction, String(unit.perSecond).utf8.count - 1)
            while digits.utf8.last == UInt8(ascii: "0") { digits.removeLast() }
            text += ".\(digits)"
        }
        return text
    }

    /// `2024-01-31T09:30:00`, with `Z` or `+08:00` behind it when the type names a zone.
    static func timestampText(_ ticks: Int64, _ unit: ColumnType.TimeUnit, zone: String?) -> String {
        if ticks == .max { return "infinity" }
        if ticks == -Int64.max { return "-infinity" }
        let offset = zone.flatMap(fixedOffset) ?? 0
        let perSecond = unit.perSecond
        let (shifted, overflow) = ticks.addingReportingOverflow(offset * perSecond)
        let local = overflow ? ticks : shifted
        let days = floorDivide(floorDivide(local, perSecond), 86_400)
        let (midnight, tooEarly) = days.multipliedReportingOverflow(by: 86_400 * perSecond)
        let rest = tooEarly ? local &- midnight : local - midnight
        let text = "\(dateText(days: days))T\(timeText(rest, unit))"
        guard zone != nil else { return text }
        if offset == 0 || overflow { return text + "Z" }
        let sign = offset < 0 ? "-" : "+"
        return "\(text)\(sign)\(padded(abs(offset) / 3600, 2)):\(padded(abs(offset) / 60 % 60, 2))"
    }

    /// Seconds east of Greenwich of a zone written as `+08:00`; nil for a named one, whose moments are shown in UTC.
    static func fixedOffset(_ zone: String) -> Int64? {
        let bytes = Array(zone.utf8)
        guard bytes.count == 6 || bytes.count == 5 || bytes.count == 3, bytes[0] == 0x2b || bytes[0] == 0x2d else {
            return nil
        }
        let digits = bytes.dropFirst().filter { $0 != 0x3a }
        guard digits.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), digits.count == 2 || digits.count == 4 else {
            return nil
        }
        let number = digits.reduce(Int64(0)) { $0 * 10 + Int64($1 - 0x30) }
        let seconds = digits.count == 2 ? number * 3600 : number / 100 * 3600 + number % 100 * 60
        return bytes[0] == 0x2d ? -seconds : seconds
    }

    private static func padded(_ number: Int64, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }

    static func floorDivide(_ a: Int64, _ b: Int64) -> Int64 {
        let quotient = a / b
        return a % b != 0 && (a < 0) != (b < 0) ? quotient - 1 : quotient
    }
}
