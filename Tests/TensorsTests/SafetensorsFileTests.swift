import Foundation
import Support
import Testing

@testable import Tensors

@Suite struct SafetensorsFileTests {
    @Test func everyTypeHasTheReferenceValues() throws {
        let file = try SafetensorsFile(FileFixtures.path("types.safetensors"))
        let expected = try #require(try JSON.read(FileFixtures.path("types.json")).object)
        #expect(Set(file.names.map { ByteString($0) }) == Set(expected.keys))
        for (key, value) in expected.members.map({ ($0.key, $0.value) }) {
            let tensor = try file.tensor(named: key.text)
            let items = try #require(value["values"]?.array)
            #expect(tensor.shape == value["shape"]?.array?.compactMap(\.int), "\(key)")
            if tensor.dtype == .int64 {
                // Beyond 2^53 only integers compare exactly.
                #expect(
                    try tensor.values(as: Int64.self)
                        == items.compactMap { if case .int(let i) = $0 { i } else { nil } })
            } else if tensor.dtype == .bool {
                #expect(try tensor.values(as: Bool.self) == items.compactMap(\.bool))
            } else {
                let numbers = items.map { $0.double ?? ($0.string == "inf" ? .infinity : -.infinity) }
                #expect(try tensor.values(as: Double.self) == numbers, "\(key)")
            }
        }
        #expect(file.metadata.map(\.key).sorted() == ["format", "note"])
    }

    @Test func alignedBytesAreNotCopiedAndUnalignedOnesAre() throws {
        try FileFixtures.withFolder { folder in
            for padding in 0..<8 {
                let header =
                    #"{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"# + String(repeating: " ", count: padding)
                var bytes = FileFixtures.safetensors(header, data: 8)
                let values: [Float] = [1.5, -2]
                bytes.replaceSubrange(bytes.count - 8..<bytes.count, with: values.withUnsafeBytes { Array($0) })
                let path = "\(folder)/\(padding).safetensors"
                try FileFixtures.write(bytes, to: path)
                let tensor = try SafetensorsFile(path).tensor(named: "x")
                #expect(try tensor.values(as: Float.self) == values)
                #expect(tensor.storage.isWritable == (header.utf8.count % 4 != 0))
            }
        }
    }

    @Test func everyHalfWidensExactly() {
        for bits in UInt16.min...UInt16.max {
            let exponent = Int(bits >> 10 & 31)
            let fraction = Double(bits & 1023)
            let magnitude =
                switch exponent {
                case 0: fraction * 0x1p-24
                case 31: fraction == 0 ? Double.infinity : .nan
                default: (1024 + fraction) * Double(sign: .plus, exponent: exponent - 25, significand: 1)
                }
            let value = Float(half: bits)
            #expect(value.isNaN == magnitude.isNaN)
            if !magnitude.isNaN {
                #expect(Double(value.magnitude) == magnitude && (value.sign == .minus) == (bits >> 15 == 1))
            }
        }
    }

    @Test(arguments: [
        ("[]", 2, "not a safetensors file"),
        (#"{"x":1}"#, 0, "dtype"),
        (#"{"x":{"dtype":"F8_E4M3","shape":[1],"data_offsets":[0,1]}}"#, 1, "F8_E4M3"),
        (#"{"x":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}"#, 4, "integer from 0 up"),
        (#"{"x":{"dtype":"F32","shape":[1.0],"data_offsets":[0,4]}}"#, 4, "integer from 0 up"),
        (#"{"x":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,4]}}"#, 4, "too large"),
        (
            #"{"x":{"dtype":"F32","shape":[0,4611686018427387904,4611686018427387904],"data_offsets":[0,0]}}"#, 0,
            "too large"
        ),
        (#"{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,9223372036854775807]}}"#, 4, "outside the file"),
        (#"{"x":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}"#, 4, "no range"),
        (#"{"x":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}}"#, 4, "no range"),
        (#"{"x":{"dtype":"F32","shape":[1],"data_offsets":[0]}}"#, 4, "no range"),
        (#"{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}"#, 4, "need 8"),
        (#"{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, 7, "outside the file"),
        (#"{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, 5, "describes 66"),
        (#"{"x":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#, 8, "gap"),
        (
            #"{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"y":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#,
            8,
            "overlaps"
        ),
        (
            #"{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#,
            4,
            "twice"
        ),
        (#"{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}"#, 4, "cannot be read"),
        (#"{"__metadata__":{"a":1}}"#, 0, "string"),
        (#"{"__metadata__":3}"#, 0, "object"),
    ])
    func lyingHeadersAreRefused(_ header: String, _ data: Int, _ word: String) throws {
        try FileFixtures.withFolder { folder in
            let path = "\(folder)/x.safetensors"
            try FileFixtures.write(FileFixtures.safetensors(header, data: data), to: path)
            let failure = #expect(throws: Failure.self) { try SafetensorsFile(path) }
            let message = try #require(failure).description
            #expect(message.contains(word) && message.contains(path), "\(message)")
        }
    }

    @Test func otherFilesAreRefused() throws {
        let valid = try FileFixtures.bytes("types.safetensors")
        var notUTF8 = valid
        notUTF8[20] = 0xff
        var huge = valid
        huge.replaceSubrange(0..<8, with: [UInt8](repeating: 0xff, count: 8))
        var longer = valid
        longer.replaceSubrange(0..<3, with: [0xff, 0xff, 1])
        let pointer = Array("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n".utf8)
        try FileFixtures.withFolder { folder in
            for (bytes, word) in [
                ([], "0 bytes long"), (Array(valid.prefix(9)), "9 bytes long"), (notUTF8, "UTF-8"),
                (huge, "not a safetensors"),
                (longer, "ends inside its header"), (Array("PK\u{3}\u{4} a zip archive".utf8), "not a safetensors"),
                (pointer, "git lfs pull"), (valid.dropLast(), "outside the file"),
            ] as [(any Sequence<UInt8>, String)] {
                try FileFixtures.write(Array(bytes), to: "\(folder)/x.safetensors")
                let failure = #expect(throws: Failure.self) { try SafetensorsFile("\(folder)/x.safetensors") }
                let message = try #require(failure).description
                #expect(message.contains(word), "\(message)")
            }
        }
        #expect(throws: Failure.self) { try SafetensorsFile("/nowhere/x.safetensors") }
        #expect(throws: Failure.self) { try SafetensorsFile(FileFixtures.folder) }
    }

    @Test func boolBytesAreChecked() throws {
        try FileFixtures.withFolder { folder in
            var bytes = FileFixtures.safetensors(#"{"x":{"dtype":"BOOL","shape":[2],"data_offsets":[0,2]}}"#, data: 2)
            bytes[bytes.count - 1] = 2
            try FileFixtures.write(bytes, to: "\(folder)/x.safetensors")
            let file = try SafetensorsFile("\(folder)/x.safetensors")
            #expect(throws: Failure.self) { try file.tensor(named: "x") }
        }
    }

    @Test func aMissingNameSaysWhatIsThere() throws {
        let file = try SafetensorsFile(FileFixtures.path("types.safetensors"))
        let failure = #expect(throws: Failure.self) { try file.tensor(named: "weights") }
        #expect(try #require(failure).description.contains("'int64'"))
        // The same letter as two code points is another name.
        #expect(file.contains("名字 é") && !file.contains("名字 e\u{301}"))
    }

    /// Damaged at random, a header is either refused or still true: every tensor that it then gives can be read to its end.
    @Test func damagedHeadersNeverCrash() throws {
        let valid = try FileFixtures.bytes("types.safetensors")
        let headerEnd = 8 + Int(valid[0]) + Int(valid[1]) << 8
        let pieces = [
            "-", "9", "9999999999999999999", "[", "]", "{", "}", ",", ":", "\"", "null", "1e400", "\\ud800", "F16",
            "I8", "\u{0}",
        ]
        var random = SeededGenerator(seed: 20)
        var refused = 0
        try FileFixtures.withFolder { folder in
            for round in 0..<4000 {
                var bytes = valid
                for _ in 0...random.below(3) {
                    let place = random.below(min(headerEnd, bytes.count))
                    switch random.below(4) {
                    case 0: bytes[place] = UInt8(random.below(256))
                    case 1: bytes.removeSubrange(place..<min(bytes.count, place + 1 + random.below(20)))
                    case 2: bytes.insert(contentsOf: pieces[random.below(pieces.count)].utf8, at: place)
                    default: bytes[place] = UInt8(ascii: "0") + UInt8(random.below(10))
                    }
                    if bytes.isEmpty { bytes = [0] }
                }
                if round % 2 == 0, bytes.count > 8 {
                    // Keep the length honest, so that the damage reaches the parser.
                    let length = headerEnd - 8 + bytes.count - valid.count
                    for index in 0..<8 { bytes[index] = UInt8(truncatingIfNeeded: length >> (8 * index)) }
                }
                let path = "\(folder)/x.safetensors"
                try FileFixtures.write(bytes, to: path)
                do {
                    let file = try SafetensorsFile(path)
                    for name in file.names {
                        let tensor = try file.tensor(named: name)
                        #expect(try tensor.values(as: Double.self).count == tensor.count)
                    }
                } catch is Failure {
                    refused += 1
                }
            }
        }
        #expect(refused > 2000)
    }
}
