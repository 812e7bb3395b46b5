import Support
import Tensors
import Testing

@testable import Learning

/// What LightGBM would end the process over, or never come back from, is found before.
@Suite(.enabled(if: LightGBM.isInstalled)) struct LightGBMTextTests {
    /// Trees over one column of numbers and one of four categories.
    private static func trees(rowsInLeaf: Int = 20) throws -> String {
        let rows = 300
        var (x, y): ([Double], [Double]) = ([], [])
        for row in 0..<rows {
            let (number, category) = (row * 7 % 31, row % 4)
            x += [Double(number), Double(category)]
            y.append(Double(number % 5 + [1, 3, 2, 5][category]))
        }
        var options = BoostedTrees()
        options.predictsClasses = false
        options.iterations = 3
        options.leaves = 7
        options.minRowsInLeaf = rowsInLeaf
        options.categorical = [1]
        let (features, target) = (try Tensor(x, shape: [rows, 2]), try Tensor(y, shape: [rows]))
        return try options.model(Features(features), .numbers(target)).text
    }

    private func problem(_ text: String, columns: Int = 2, outputs: Int = 1) -> String? {
        do throws(Failure) {
            try LightGBMText.check(text, columns: columns, outputs: outputs)
            return nil
        } catch { return error.problem }
    }

    @Test func whatItWroteIsTaken() throws {
        let text = try Self.trees()
        #expect(text.contains("num_cat=1"))
        #expect(problem(text) == nil)
        #expect(problem(text, columns: 1)?.contains("split_feature") == true)
        #expect(problem(text, outputs: 2) == "trees for another task")
        #expect(problem(text, outputs: 3) == "trees of another number of classes")
        #expect(problem(text.replacing("num_tree_per_iteration=1", with: "num_tree_per_iteration=5")) != nil)
    }

    @Test func aTreeOfOneLeafIsTaken() throws {
        let text = try Self.trees(rowsInLeaf: 1000)
        #expect(text.contains("num_leaves=1\n"))
        #expect(problem(text) == nil)
        #expect(problem(text.replacing("num_cat=", with: "num_cax=")) == "tree 1: no num_cat")
    }

    @Test(arguments: [
        "threshold=", "left_child=", "right_child=", "split_feature=", "decision_type=", "leaf_value=", "num_leaves=",
        "num_cat=",
        "cat_boundaries=", "cat_threshold=", "internal_count=", "shrinkage=", "is_linear=", "Tree=2", "tree_sizes=",
        "end of trees",
    ])
    func aLineThatIsMissingIsTold(_ line: String) throws {
        let text = try Self.trees()
        let place = try #require(text.firstRange(of: line))
        #expect(problem(text.replacingCharacter(at: place.lowerBound, with: "#")) != nil)
    }

    /// A child that is another than it was is that of another parent too, or none.
    @Test func childrenThatLeadBackAreTold() throws {
        let text = try Self.trees()
        for line in ["left_child=", "right_child="] {
            var place = try #require(text.firstRange(of: line)).upperBound
            while text[place] != "\n" {
                for digit in "0123456789" where text[place].isNumber && text[place] != digit {
                    #expect(problem(text.replacingCharacter(at: place, with: digit)) != nil, "\(line) \(digit)")
                }
                place = text.index(after: place)
            }
        }
    }
}

extension String {
    fileprivate func replacingCharacter(at place: Index, with character: Character) -> String {
        self[..<place] + String(character) + self[index(after: place)...]
    }
}
