import Encoders
import LuaKit
import Support
import Text
import Tokenizers

extension LuaModule {
    static let text = LuaModule(
        "text", "Texts: vectors of their meaning, words, and what sets groups apart.",
        functions: [textEncoder, textTokenizer, words, tag, stopwords, keywords, classTFIDF],
        classes: [TextEncoder.luaClass, Tokenizer.luaClass])

    private static let words = Signature(
        "text.words",
        """
        Splits a text into words, in lower case, without punctuation. Scripts with spaces split where letters and digits end. Chinese splits into \
        the most probable words of the installed dictionary; without one into its characters.
        """,
        parameters: [.required("str", .string, "the text")],
        options: [
            .optional(
                "lang", .choice(WordSplitter.Language.allCases.map(\.rawValue)), default: "auto",
                "\"auto\" goes by the script of each run of characters; \"en\" leaves Chinese runs whole")
        ],
        returns: [.init("list of strings", "the words in their order")],
        example: .init("text.words(\"Don't panic: 42!\")", output: "{\"don't\", \"panic\", \"42\"}"),
        related: ["text.keywords", "text.tag"]
    ) { call throws(Failure) in
        let language = WordSplitter.Language(rawValue: try call.string("lang")) ?? .automatic
        let dictionary = language == .english ? nil : try WordDictionary.installed()
        return .strings(
            try WordSplitter(dictionary: dictionary).words(
                try call.string("str"), language: language, work: call.work))
    }

    private static let tag = Signature(
        "text.tag",
        """
        Splits a text into words like text.words and gives each the part of speech that the installed Chinese dictionary has for it, such as "n" for \
        a noun or "v" for a verb. The tag does not depend on the words around; words that the dictionary lacks have \
        none. Chinese text needs the dictionary.
        """,
        parameters: [.required("str", .string, "the text")],
        returns: [.init("list of records", "word and tag of each word in their order")],
        example: .init("text.tag(\"hello\")", output: "{{word = \"hello\"}}"),
        related: ["text.words"]
    ) { call throws(Failure) in
        let splitter = WordSplitter(dictionary: try WordDictionary.installed())
        return .list(
            try splitter.taggedWords(try call.string("str"), work: call.work).map { word, tag in
                .record([("word", .string(word)), ("tag", .optional(tag.map { .string($0) }))])
            })
    }

    private static let stopwords = Signature(
        "text.stopwords", "Words of a language that say nothing about a text's subject, such as \"the\".",
        parameters: [.required("lang", .choice(Stopwords.Language.allCases.map(\.rawValue)), "the language")],
        returns: [.init("list of strings", "the words, sorted")],
        example: .init("text.stopwords(\"en\")[1]", output: "\"a\""),
        related: ["text.keywords"]
    ) { call throws(Failure) in
        .strings(Stopwords.list(Stopwords.Language(rawValue: try call.string("lang")) ?? .english))
    }

    private static let classTFIDF = Signature(
        "text.class_tf_idf",
        "Weighs words as given by class-based TF-IDF: share of the class's words · ln(1 + A / f), A the mean number of words of a class, f the word's "
            + "count in all.",
        parameters: [.required("classes", .list(of: .list(of: .string)), "the words of each class")],
        returns: [.init("record", "vocab (words in order), idf (of each word), weights (a list for each class)")],
        example: .init(
            "text.class_tf_idf({{\"red\", \"dress\"}, {\"red\", \"phone\"}}).vocab",
            output: "{\"dress\", \"phone\", \"red\"}"),
        related: ["text.keywords"]
    ) { call throws(Failure) in
        let classes = try call.table("classes").list.map { $0.table?.list.compactMap(\.text) ?? [] }
        let result = try ClassTFIDF(classes)
        return .record([
            ("vocab", .strings(result.vocabulary)), ("idf", .numbers(result.idf)),
            ("weights", .list(result.weights.map { .numbers($0) })),
        ])
    }

    private static let keywords = Signature(
        "text.keywords",
        """
        Words that set groups of texts apart, by class-based TF-IDF (Grootendorst 2022): a word's share of the group's words times \
        ln(1 + A / f), where f is its count in all groups and A the mean number of words of a group. Stopwords, numbers and single letters are \
        left out. Chinese words come from the installed dictionary and from the texts themselves, where words that it lacks are found.
        """,
        parameters: [
            .required(
                "groups", .textGroups,
                "a list with a list or column of texts for each group; or all texts in one, with the option labels")
        ],
        options: [
            .optional("k", .integer(1...), default: 5, "words for each group, at most"),
            .optional(
                "labels", .labels, standing: "the groups as given",
                "group of each text: integers from 1 (the labels of a k-means model) or strings"),
            .optional(
                "lang", .choice(WordSplitter.Language.allCases.map(\.rawValue)), default: "auto",
                "as in text.words"),
            .optional("stopwords", .list(of: .string), standing: "none", "further words to leave out"),
            .optional(
                "distinct", .boolean, default: true,
                "multiplies each weight by the group's part in the word, so that words of every group name none"),
            .optional(
                "nouns", .boolean, default: true, "puts Chinese nouns before other words, by the dictionary's tags"),
            .optional("scores", .boolean, default: false, "gives records of word, score and count instead of words"),
        ],
        returns: [
            .init(
                "list of lists",
                "the words of each group, heaviest first; with labels that are strings, a table by label")
        ],
        example: .init(
            """
            local names = text.keywords({{"a red apple", "apple pie"}, {"my phone", "the phone screen"}}, {k = 1})
            return names
            """, output: "{{\"apple\"}, {\"phone\"}}"),
        related: ["text.words", "text.stopwords", "cluster.kmeans"]
    ) { call throws(Failure) in
        let groups = try KeywordGroups(
            try call.converted("groups"), labels: try call.converted(ifGiven: "labels", LabelList.self))
        var options = Keywords.Options()
        options.k = try call.integer("k")
        options.language = WordSplitter.Language(rawValue: try call.string("lang")) ?? .automatic
        options.stopwords = try call.strings(ifGiven: "stopwords") ?? []
        options.distinct = try call.boolean("distinct")
        options.nouns = try call.boolean("nouns")
        let found = try Keywords.find(
            groups.texts, labels: groups.labels, groups: groups.count,
            dictionary: options.language == .english ? nil : try WordDictionary.installed(), options: options,
            work: call.work)
        return groups.result(found, scores: try call.boolean("scores"))
    }
}
