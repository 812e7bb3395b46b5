import LuaKit
import Testing

struct HelpTextTests {
    private let catalogue = Catalogue(modules: [toys], globals: [])

    @Test func explainsAFunction() {
        let expected = """
            toys.group(x, {k, metric, tolerance, verbose, seed})

            Groups rows.

              x               the rows (list of numbers)

            Options
              k               how many groups (integer from 1 to 200)
              metric          how rows are compared (one of 'euclidean', 'cosine', default
                              "euclidean")
              tolerance       when to stop (number from 0 to 1, default 0.5)
              verbose         say more (true or false, default false)
              seed            Starts the random numbers; the same seed gives the same
                              result. (integer of at least 0, default: the session's seed)

            Returns
              record          what was understood

            Example
              return toys.group({1, 2}, {k = 2}).k
              --> 2

            See also: toys.echo
            """
        guard case .function(let signature) = catalogue.topic("toys.group") else {
            Issue.record("toys.group is unknown")
            return
        }
        #expect(HelpText(width: 80).text(signature) == expected)
    }

    @Test func findsNames() {
        func name(_ word: String) -> String? {
            switch catalogue.topic(word) {
            case .function(let signature): signature.name
            case .module(let module): "module \(module.name)"
            case .luaClass(let luaClass): "class \(luaClass.name)"
            case nil: nil
            }
        }
        #expect(name("toys") == "module toys")
        #expect(name("group") == "toys.group")
        #expect(name("counted.plus") == "counted:plus")
        #expect(name("counted") == "class counted")
        #expect(name("nothing") == nil)
        #expect(catalogue.suggestions(for: "toys.grup") == ["toys.group"])
        #expect(catalogue.suggestions(for: "describ").contains("toys.describe"))
        #expect(catalogue.suggestions(for: "zzzzzz").isEmpty)
    }

    @Test(arguments: [
        ("ks", "k"), ("seeed", "seed"), ("SEED", "seed"), ("mertic", "metric"), ("toler", "tolerance"), ("q", nil),
        ("xyz", nil), ("", nil),
    ])
    func nearNames(word: String, expected: String?) {
        #expect(nearest(to: word, in: ["k", "seed", "metric", "tolerance"]) == expected)
    }
}
