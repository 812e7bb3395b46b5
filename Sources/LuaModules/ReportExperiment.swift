import Charts
import Experiments
import Glibc
import LuaKit
import Reports
import Support

/// `report.experiment`.
enum ReportExperiment {
    static let experiment = Signature(
        "report.experiment",
        """
        Writes the report of an experiment as a page (.html), as Markdown (.md) or as data (.json): the verdict first, then everything it rests on, \
        down to what is needed to make it again. A page is one file without scripts that needs no network. Never a row of a user; the same result \
        always gives the same bytes.
        """,
        parameters: [
            .required("result", .object(ABResult.self), "what :analyze() gave"),
            .required("path", .path, "the file, ending in .html, .md or .json"),
        ],
        options: [
            .optional(
                "lang", .choice(Language.allCases.map(\.rawValue)), default: "en",
                "the language of the report's own words")
        ],
        example: .init(
            """
            local t = data.table({arm = {"a","a","a","b","b","b"}, spend = {1,2,3,5,6,9}})
            local test = ab.experiment{data = t, variant = "arm", control = "a", metrics = {ab.mean "spend"}, name = "Copy test"}
            local path = os.tmpname() .. ".md"
            report.experiment(test:analyze(), path)
            local file = io.open(path)
            local title = file:read "l"
            file:close()
            os.remove(path)
            return title
            """, output: "\"# Copy test\""),
        related: ["ab.Experiment:analyze"]
    ) { call throws(Failure) in
        let path = try call.path("path")
        guard Document.Form(path: path) != nil else {
            throw .argument("path", expected: "a file ending in .html, .md or .json", got: "'\(path)'")
        }
        let report = ExperimentReport(
            try call.object("result", ABResult.self).result, provenance: try provenance(call),
            language: Language(rawValue: try call.string("lang")) ?? .english)
        try report.write(to: path, cancellation: call.work.cancellation)
        return .nothing
    }

    /// The script that runs, by the session's `arg`; nothing at the prompt.
    private static func provenance(_ call: Call) throws(Failure) -> ExperimentReport.Provenance {
        var provenance = ExperimentReport.Provenance(version: cohortVersion)
        guard let arguments = try call.state.global("arg").table,
            let script = arguments.fields.first(where: { $0.key.int == 0 })?.value.text, !script.isEmpty
        else { return provenance }
        provenance.scriptName = script.split(separator: "/").last.map { String($0) }
        provenance.command = (["cohort", script] + arguments.list.compactMap(\.text)).joined(separator: " ")
        // The script may have put another file's name there.
        if call.work.files.permits(script), let file = try? MappedFile(script) {
            provenance.script = withExtendedLifetime(file) { Array(file.bytes) }
        }
        return provenance
    }
}
