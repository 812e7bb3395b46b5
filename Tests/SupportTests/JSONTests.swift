import Support
import Testing

@Suite struct JSONTests {
    private func parsed(_ text: String) throws -> JSON { try JSON.parse(text) }

    private func failure(_ text: String) -> Failure? {
        do throws(Failure) { _ = try JSON.parse(text) } catch { return error }
        return nil
    }

    @Test func findsWhatIsSpecialAtEveryPlaceOfAString() throws {
        for length in 0..<20 {
            for place in 0..<length {
                var text = (0..<length).map { _ in "é" }
                text[place] = "\""
                let value = JSON.string(ByteString(text.joined()))
                #expect(try JSON.parse(value.encoded()) == value)
                text[place] = "\\n"
                #expect(try parsed("\"\(text.joined())\"").string?.utf8.count == (length - 1) * 2 + 1)
                text[place] = "\u{1}"
                #expect(failure("\"\(text.joined())\"")?.problem.contains("control character") == true)
            }
            #expect(failure("\"" + String(repeating: "x", count: length))?.problem.contains("never ends") == true)
        }
    }

    @Test func stopsWhenCancelled() {
        let text = Array("[\(Array(repeating: "1", count: 1000).joined(separator: ","))]".utf8)
        let cancellation = Cancellation()
        cancellation.cancel()
        var found: Failure?
        do throws(Failure) { _ = try JSON.parse(text, cancellation: cancellation) } catch { found = error }
        #expect(found == .cancelled)
    }

    @Test func readsEveryKind() throws {
        let json = try parsed(#" {"a":[1,-2,3.5,1e3],"b":null,"c":true,"d":false,"e":"x","f":{},"g":[]} "#)
        #expect(
            json == [
                "a": [1, -2, 3.5, 1000.0], "b": nil, "c": true, "d": false, "e": "x", "f": [:], "g": [],
            ])
        #expect(json["a"]?[2]?.double == 3.5)
        #expect(json["a"]?[3]?.int == 1000)
        #expect(json["a"]?[4] == nil)
        #expect(json["c"]?.bool == true)
        #expect(json["b"]?.isNull == true)
        #expect(json["missing"]?.int == nil)
        #expect(json.object?.keys == ["a", "b", "c", "d", "e", "f", "g"])
    }

    @Test func keepsIntegersExact() throws {
        #expect(try parsed("9223372036854775807") == .int(.max))
        #expect(try parsed("-9223372036854775808") == .int(.min))
        #expect(try parsed("9223372036854775808") == .double(0x1p63))
        #expect(try parsed("1000000000000000019884624838656").double == 1e30)
        #expect(try parsed("-0").double?.sign == .minus)
        #expect(try parsed("512.0").int == 512)
        #expect(try parsed("0.5").int == nil)
    }

    @Test func readsDoublesCorrectlyRounded() throws {
        for text in [
            "0.1", "3.4028234663852886e38", "2.2250738585072011e-308", "5e-324", "1.7976931348623157e308",
            "-3.4635426998138428",
            "123456789012345678901234567890", "1e22", "1e23", "8.5", "9007199254740993.0", "0.000001", "1e-22",
            "1.5E+10", "1e-400",
        ] {
            #expect(try parsed(text).double == Double(text), "\(text)")
        }
        var generator = SeededGenerator(seed: 1)
        for _ in 0..<20000 {
            let value = Double(bitPattern: generator.next())
            guard value.isFinite else { continue }
            #expect(try parsed("\(value)").double == value)
        }
    }

    @Test func tellsCanonicallyEquivalentKeysApart() throws {
        let json = try parsed("{\"\u{e9}\":1,\"e\u{301}\":2}")
        #expect(json.object?.count == 2)
        #expect(json["\u{e9}"]?.int == 1)
        #expect(json["e\u{301}"]?.int == 2)
    }

    @Test func keepsBytesThatAreNoUTF8() throws {
        let json = try JSON.parse([0x22, 0xff, 0xc3, 0x00 | 0x28, 0x22])
        #expect(json.bytes == [0xff, 0xc3, 0x28])
        #expect(try json.encoded() == [0x22, 0xff, 0xc3, 0x28, 0x22])
    }

    @Test func resolvesEscapes() throws {
        #expect(
            try parsed(#""\"\\\/\b\f\n\r\t\u0041\u00e9\u4e2d\ud83d\ude00\u0000""#).string
                == "\"\\/\u{8}\u{c}\n\r\tA\u{e9}中😀\0")
        #expect(try parsed(#""\ud800""#).string == "\u{fffd}")
        #expect(try parsed(#""\ud800\ud83d\ude00""#).string == "\u{fffd}😀")
        #expect(try parsed(#""\udc00x\ud83d\u0041""#).string == "\u{fffd}x\u{fffd}A")
    }

    @Test func lastOfEqualKeysCounts() throws {
        let json = try parsed(#"{"a":1,"b":2,"a":3}"#)
        #expect(json == ["a": 3, "b": 2])
    }

    @Test func findsKeysOfLargeObjects() throws {
        let text = "{" + (0..<5000).map { "\"k\($0)\":\($0)" }.joined(separator: ",") + ",\"k17\":-1}"
        let json = try parsed(text)
        #expect(json.object?.count == 5000)
        for index in 0..<5000 { #expect(json["k\(index)"]?.int == (index == 17 ? -1 : index)) }
        #expect(json["k5000"] == nil)
        #expect(json.object?.members[17].key == "k17")
    }

    @Test func skipsAByteOrderMark() throws {
        #expect(try JSON.parse([0xef, 0xbb, 0xbf] + Array("[1]".utf8)) == [1])
    }

    @Test(arguments: [
        ("", "line 1, column 1"), ("[1,\n 2,,3]", "line 2, column 4"), ("{\"é\" 1}", "line 1, column 6"),
        ("[1] x", "line 1, column 5"),
        ("\"abc", "line 1, column 1"), ("[01]", "line 1, column 2"), ("[1.]", "line 1, column 4"),
        ("[-]", "line 1, column 3"),
        ("nul", "line 1, column 1"), ("\"\\x\"", "line 1, column 2"), ("\"\\u12g4\"", "line 1, column 2"),
        ("{a:1}", "line 1, column 2"),
        ("[1e999]", "line 1, column 2"), ("[NaN]", "line 1, column 2"), ("\"a\nb\"", "line 1, column 3"),
        ("[1,]", "line 1, column 4"),
        ("[1 2]", "line 1, column 4"), ("{\"a\":1 \"b\":2}", "line 1, column 8"), ("\"\\", "line 1, column 2"),
        ("\"\\u1", "line 1, column 2"),
        ("[1e]", "line 1, column 4"),
    ]) func saysWhereTextIsBroken(text: String, place: String) {
        #expect(failure(text)?.kind == .format(path: "JSON text", place: place))
    }

    @Test func limitsDepth() throws {
        let deep = String(repeating: "[", count: JSON.depthLimit) + String(repeating: "]", count: JSON.depthLimit)
        #expect(try parsed(deep).array?.count == 1)
        #expect(failure("[" + deep + "]")?.problem.contains("deep") == true)
        #expect(failure(String(repeating: "{\"a\":", count: 100_000))?.problem.contains("deep") == true)
    }

    @Test func writesOneForm() throws {
        let json: JSON = ["z": [1, 2.0, 0.1, 1e-7, nil], "a": ["k": "é\n\"\\\u{1}\u{7f}"], "e": [], "o": [:]]
        #expect(
            try String(decoding: json.encoded(), as: UTF8.self)
                == #"{"z":[1,2.0,0.1,1e-07,null],"a":{"k":"é\n\"\\\u0001\u007f"},"e":[],"o":{}}"#)
        #expect(
            try String(decoding: (["a": [1, 2], "b": [:]] as JSON).encoded(.pretty), as: UTF8.self)
                == "{\n  \"a\": [\n    1,\n    2\n  ],\n  \"b\": {}\n}")
        #expect(try JSON.parse(json.encoded(.pretty)) == json)
        #expect(throws: Failure.self) { try JSON.double(.nan).encoded() }
        #expect(throws: Failure.self) { try JSON.double(-.infinity).encoded() }
    }

    @Test func readsBackWhatItWrites() throws {
        var generator = SeededGenerator(seed: 3)
        func random(_ depth: Int) -> JSON {
            switch generator.below(depth == 0 ? 5 : 7) {
            case 0: return nil
            case 1: return .bool(generator.below(2) == 0)
            case 2: return .int(Int64(bitPattern: generator.next()) >> Int64(generator.below(60)))
            case 3: return .double(generator.normal() * 1e3)
            case 4: return .string(ByteString((0..<generator.below(12)).map { _ in UInt8(generator.below(256)) }))
            case 5: return .array((0..<generator.below(5)).map { _ in random(depth - 1) })
            default:
                var object = JSONObject()
                for _ in 0..<generator.below(12) { object["k\(generator.below(100))"] = random(depth - 1) }
                return .object(object)
            }
        }
        for _ in 0..<500 {
            let json = random(4)
            #expect(try JSON.parse(json.encoded()) == json)
            #expect(try JSON.parse(json.encoded(.pretty)) == json)
        }
    }

    @Test func writingStopsWhenAsked() throws {
        let cancellation = Cancellation()
        let long = JSON.array((0..<5000).map { JSON($0) })
        #expect(try long.encoded(cancellation: cancellation).count > 5000)
        cancellation.cancel()
        #expect(throws: Failure.cancelled) { try long.encoded(cancellation: cancellation) }
    }

    @Test func survivesRandomDamage() throws {
        let text = Array(#"{"a":[1,-2.5e3,"x\u00e9\ud83d\ude00",true,false,null],"b":{"c":"\\"}}"#.utf8)
        var generator = SeededGenerator(seed: 5)
        for _ in 0..<20000 {
            var damaged = text
            for _ in 0...generator.below(3) { damaged[generator.below(damaged.count)] = UInt8(generator.below(256)) }
            damaged.removeLast(generator.below(damaged.count))
            // Only that it returns counts: a value or a failure.
            _ = try? JSON.parse(damaged)
        }
    }
}
