import Testing

@testable import LuaModules

@Suite struct TextModuleTests {
    private let prompt: Prompt

    init() throws { prompt = try Prompt() }

    @Test func examplesPrintWhatTheySay() { #expect(prompt.wrongExamples(of: .text) == []) }

    @Test(arguments: [
        ("text.words('It’s GREAT -- really')", "{\"it's\", \"great\", \"really\"}"),
        ("text.words('')", "{}"),
        ("text.words('my 手机屏幕', {lang = 'en'})", "{\"my\", \"手机屏幕\"}"),
        ("#text.stopwords('zh') > 300", "true"),
        ("text.keywords({{'apple pie'}, {}, {'phone'}}, {k = 1})", "{{\"apple\"}, {}, {\"phone\"}}"),
        ("text.keywords({'apple pie', 'phone'}, {k = 1, labels = {1, 3}})", "{{\"apple\"}, {}, {\"phone\"}}"),
        ("text.keywords({'apple pie', 'phone'}, {k = 1, labels = {'food', 'tech'}}).tech", "{\"phone\"}"),
        (
            "text.keywords({'apple', 'phone', 'tart'}, {labels = tensor({2, 1, 2}, {dtype = 'int64'})})[2]",
            "{\"apple\", \"tart\"}"
        ),
        ("text.keywords({{'apple apple'}}, {scores = true})[1][1].count", "2"),
        ("text.keywords({})", "{}"),
        (
            "text.keywords(data.table{t = {'apple', 'phone'}}.t, {labels = data.table{g = {2, 1}}.g})",
            "{{\"phone\"}, {\"apple\"}}"
        ),
        ("text.keywords({data.table{t = {'apple'}}.t, {'phone'}})", "{{\"apple\"}, {\"phone\"}}"),
    ])
    func values(code: String, output: String) { #expect(prompt.show(code) == output) }

    @Test(arguments: [
        ("text.words(3)", "bad argument 'str' to text.words: string expected"),
        ("text.stopwords('fr')", "one of 'en', 'zh' expected, got 'fr'"),
        ("text.keywords({'a', 'b'})", "bad argument 'groups' to text.keywords"),
        (
            "text.keywords({'a', 'b'}, {labels = {1}})",
            "bad argument 'labels' to text.keywords: 2 labels, as many as texts expected, got 1"
        ),
        ("text.keywords({'a', 'b'}, {labels = {0, 1}})", "got 0 at position 1"),
        ("text.keywords({{'a'}, 3})", "at position 2"),
        ("text.keywords({{'a', 3}})", "bad argument 'groups' to text.keywords"),
    ])
    func failures(code: String, part: String) {
        let message = prompt.show(code)
        #expect(message.contains(part), "\(message)")
    }
}
