import Foundation
import Testing

@testable import Tables

@Suite struct CivilTimeTests {
    @Test func agreesWithTheCalendar() {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = TimeZone(secondsFromGMT: 0) ?? .current
        for days in stride(from: Int64(-100_000), to: 100_000, by: 37) {
            // Foundation switches to the Julian calendar in 1582; later dates only.
            let parts = calendar.dateComponents(
                [.year, .month, .day], from: Date(timeIntervalSince1970: Double(days) * 86_400))
            let date = CivilTime.date(days: days)
            #expect([date.year, date.month, date.day] == [parts.year, parts.month, parts.day].map { Int64($0 ?? 0) })
            #expect(CivilTime.days(year: date.year, month: date.month, day: date.day) == days)
        }
    }

    @Test func writesTheEndsOfTheRange() {
        #expect(CivilTime.dateText(.max) == "infinity")
        #expect(CivilTime.dateText(-Int32.max) == "-infinity")
        #expect(CivilTime.dateText(.min) == "-5877641-06-23")
        #expect(CivilTime.timestampText(.max, .microsecond, zone: nil) == "infinity")
        #expect(CivilTime.timestampText(.min, .nanosecond, zone: nil) == "1677-09-21T00:12:43.145224192")
        #expect(CivilTime.timestampText(.max - 1, .second, zone: "+08:00").isEmpty == false)
        #expect(CivilTime.dateText(-719_529) == "-0001-12-31")
    }

    @Test func readsZones() {
        #expect(CivilTime.fixedOffset("+08:00") == 28_800)
        #expect(CivilTime.fixedOffset("-0530") == -19_800)
        #expect(CivilTime.fixedOffset("+08") == 28_800)
        #expect(CivilTime.fixedOffset("UTC") == nil)
        #expect(CivilTime.fixedOffset("+8x:00") == nil)
    }
}
