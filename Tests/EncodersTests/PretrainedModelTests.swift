import Foundation
import Support
import Testing
import Tokenizers

@testable import Encoders

/// The models that the set-up script installs. Without them these tests are skipped; the small models of the repository test the same code.
@Suite(.serialized) struct PretrainedModelTests {
    private static func folder(_ name: String) -> String { "\(Folders.data)/models/\(name)" }
    private static func isInstalled(_ name: String) -> Bool { FileSystem.isFolder(folder(name)) }

    @Test(.enabled(if: isInstalled("all-MiniLM-L6-v2"), "all-MiniLM-L6-v2 is not installed"))
    func `all-MiniLM-L6-v2 agrees with transformers`() throws {
        try check("all-MiniLM-L6-v2", "encoder-minilm.json", dimension: 384)
    }

    @Test(.enabled(if: isInstalled("multilingual-e5-small"), "multilingual-e5-small is not installed"))
    func `multilingual-e5-small agrees with transformers`() throws {
        try check("multilingual-e5-small", "encoder-e5.json", dimension: 384)
    }

    /// What people write, in English and in Chinese.
    private static let english = [
        "The hotel was clean and quiet, but breakfast was expensive for what you get.",
        "Battery life is great; I charge it every second day at most.",
        "Does this jacket run small? I usually wear a medium.",
        "Two-hour delivery, friendly driver, everything still frozen.",
        "I would not buy it again.",
        "How do I cancel my subscription before the free trial ends?",
        "A slow first half, then one of the best finales I have seen in years.",
        "Spring sale: up to 40% off running shoes, this weekend only.",
        "Customer support answered within minutes and replaced the broken lamp for free.",
        "Average price per night in the city centre rose by 12 percent compared with last summer, according to the tourist office's yearly report.",
    ]
    private static let chinese = [
        "房间很干净，服务员态度也好，就是早餐种类太少。", "电池很耐用，充一次电能用两天。", "这件外套偏小，建议买大一号。", "物流很快，包装完好，客服回复及时。",
        "不会再买了。", "免费试用结束之前怎么取消订阅？", "前半段有点拖沓，但是结局非常精彩，值得一看。", "春季大促：跑步鞋低至六折，仅限本周末。",
        "屏幕清晰，拍照效果超出预期，价格也合适，推荐给朋友们。", "这本书适合初学者，例子很多，讲解清楚，可惜印刷质量一般，有几页字迹模糊。",
    ]

    /// Without mixing, the bytes of MiniLM keep 0.9986.
    @Test(
        .enabled(if: isInstalled("all-MiniLM-L6-v2"), "all-MiniLM-L6-v2 is not installed"),
        arguments: [(Precision.bfloat16, 0.9999, 0.9998), (.int8, 0.9992, 0.998)])
    func `all-MiniLM-L6-v2 of less precision keeps what sentences mean`(
        precision: Precision, mean: Double, least: Double
    ) throws {
        try compare("all-MiniLM-L6-v2", Self.english, precision, mean: mean, least: least)
    }

    /// Without mixing, the bytes of e5 keep 0.9997.
    @Test(
        .enabled(if: isInstalled("multilingual-e5-small"), "multilingual-e5-small is not installed"),
        arguments: [(Precision.bfloat16, 0.9999, 0.9999), (.int8, 0.9998, 0.9996)])
    func `multilingual-e5-small of less precision keeps what sentences mean`(
        precision: Precision, mean: Double, least: Double
    ) throws {
        try compare("multilingual-e5-small", Self.chinese + Self.english, precision, mean: mean, least: least)
    }

    private func compare(
        _ name: String, _ texts: [String], _ precision: Precision, mean: Double, least: Double
    ) throws {
        let bytes = texts.map { Array($0.utf8) }
        let exact = try rows(TextEncoder(folder: Self.folder(name)).encode(bytes))
        let less = try rows(TextEncoder(folder: Self.folder(name), precision: precision).encode(bytes))
        let cosines = zip(less, exact).map { cosine($0, $1) }
        let average = cosines.reduce(0, +) / Double(cosines.count)
        #expect(average >= mean, "\(average)")
        #expect((cosines.min() ?? 0) >= least, "\(cosines)")
    }

    /// The golden texts are odder than sentences.
    @Test(
        .enabled(if: isInstalled("all-MiniLM-L6-v2"), "all-MiniLM-L6-v2 is not installed"),
        arguments: [(Precision.bfloat16, 0.9999), (.int8, 0.9991)])
    func `all-MiniLM-L6-v2 of less precision stays near`(precision: Precision, mean: Double) throws {
        try check("all-MiniLM-L6-v2", "encoder-minilm.json", precision, mean: mean)
    }

    @Test(
        .enabled(if: isInstalled("multilingual-e5-small"), "multilingual-e5-small is not installed"),
        arguments: [(Precision.bfloat16, 0.9999), (.int8, 0.9997)])
    func `multilingual-e5-small of less precision stays near`(precision: Precision, mean: Double) throws {
        try check("multilingual-e5-small", "encoder-e5.json", precision, mean: mean)
    }

    private func check(_ name: String, _ file: String, _ precision: Precision, mean: Double) throws {
        let golden = try golden(file, as: GoldenModel.self)
        let encoder = try TextEncoder(folder: Self.folder(name), precision: precision)
        let options = EncodeOptions(prompt: golden.prompt ?? "")
        let result = try rows(encoder.encode(golden.cases.map(\.bytes), options: options))
        let cosines = zip(result, golden.cases).map { cosine($0, $1.vector) }
        let average = cosines.reduce(0, +) / Double(cosines.count)
        #expect(average >= mean, "\(average)")
        #expect((cosines.min() ?? 0) > 0.99)
    }

    /// From text, so that the tokenizer takes part; and the ids themselves.
    private func check(_ name: String, _ file: String, dimension: Int) throws {
        let golden = try golden(file, as: GoldenModel.self)
        let encoder = try TextEncoder(folder: Self.folder(name))
        #expect(encoder.dimension == dimension && encoder.normalizesByItself && golden.cases.count == 30)
        let prompt = golden.prompt ?? ""
        let cut = EncodingOptions(truncation: .init(encoder.maxLength), offsets: false)
        for expected in golden.cases {
            let ids = try encoder.tokenizer.encode(Array(prompt.utf8) + expected.bytes, options: cut).ids
            #expect(ids == expected.ids, "\(expected.text ?? "the long text")")
        }
        let result = try rows(encoder.encode(golden.cases.map(\.bytes), options: EncodeOptions(prompt: prompt)))
        for (row, expected) in zip(result, golden.cases) {
            #expect(cosine(row, expected.vector) >= 0.99999, "\(expected.text ?? "the long text")")
        }
    }
}
