import Support
import Tensors

/// Where a training stands: everything that the next epoch depends on.
struct FitState {
    let schedule: Schedule
    /// The rate that the schedule is of.
    var rate: Double
    var history = Fit.History()
    var best: [Tensor]?
    var bestLoss = Double.infinity

    init(schedule: Schedule, rate: Double) { (self.schedule, self.rate) = (schedule, rate) }

    private static let key = "cohort.nn.training"

    /// Writes everything, whole or not at all.
    func write(to path: String, _ fit: Fit) throws(Failure) {
        var extra = fit.optimiser.state().map { (name: "optimiser.\($0.name)", tensor: $0.tensor) }
        if let best {
            extra += zip(fit.learning, best).map { (name: "best.\($0.0.name)", tensor: $0.1) }
        }
        let text = String(decoding: try json(fit).encoded(), as: UTF8.self)
        try ModelFile.write(path, fit.model, extra: extra, metadata: [(Self.key, text)], work: fit.work)
    }

    private func json(_ fit: Fit) -> JSON {
        var kept = JSONObject()
        for (name, value) in settings(fit) { kept[name] = JSON(value) }
        let epochs = history.epochs.map { epoch -> JSON in
            .array(
                [JSON(epoch.number), number(epoch.rate)]
                    + epoch.values.flatMap { [JSON($0.name), number($0.value)] })
        }
        return [
            "settings": .object(kept),
            "rate": number(rate), "best": JSON(history.best), "best_loss": number(bestLoss),
            "end": JSON(history.end.rawValue), "epochs": .array(epochs), "steps": JSON(fit.optimiser.steps),
            "counts": .array(fit.optimiser.counts.map { JSON($0) }),
            "draws": .array(fit.model.layers.map { JSON(String($0.layer.draws)) }),
        ]
    }

    /// What a training may not change while it goes on, under the names of nn.fit's options.
    private func settings(_ fit: Fit) -> [(name: String, value: String)] {
        let optimiser =
            switch fit.optimiser.method {
            case .sgd(let momentum, let isNesterov):
                "sgd with momentum \(momentum)\(isNesterov ? " by Nesterov's rule" : "")"
            case .adam(let betas, let eps, let decouples):
                "\(decouples ? "adamw" : "adam") with betas \(betas.0) and \(betas.1) and eps \(eps)"
            }
        return [
            ("rows", "\(fit.data.count)"), ("batch", "\(fit.options.batch)"), ("seed", "\(fit.options.seed)"),
            ("loss", fit.objective.kind == .other ? "one of its own" : fit.objective.kind.rawValue),
            ("optimizer", optimiser), ("lr", "\(rate)"), ("weight_decay", "\(fit.optimiser.weightDecay)"),
            ("validation", fit.validation.map { "\($0.count) rows" } ?? "none"),
        ]
    }

    // By bits: what a decimal text loses would show in the next epoch.
    private func number(_ value: Double) -> JSON { JSON(String(value.bitPattern, radix: 16)) }

    private static func number(_ json: JSON?) -> Double? {
        json?.string.flatMap { UInt64($0, radix: 16) }.map { Double(bitPattern: $0) }
    }

    /// Goes on from a checkpoint, if there is one; refused if it is of another training.
    mutating func restore(from path: String, _ fit: Fit) throws(Failure) {
        guard FileSystem.exists(path) else { return }
        let file = try SafetensorsFile(path)
        guard let text = file.metadata.first(where: { $0.key == Self.key })?.value else {
            throw .format(path, "is not a checkpoint of nn.fit", hint: "name another file, or leave resume out")
        }
        let json = try JSON.parse(Array(text.utf8))
        for (name, now) in settings(fit) {
            let then = json["settings"]?[name]?.string ?? "unknown"
            guard then != now else { continue }
            throw .format(
                path, "is a checkpoint of another training: its \(name) was \(then), now it is \(now)",
                hint: "begin anew without resume, or with the same options")
        }
        let draws = (json["draws"]?.array ?? []).compactMap { $0.string.flatMap { UInt64($0) } }
        let layers = fit.model.layers
        guard let epochs = json["epochs"]?.array, draws.count == layers.count, let best = json["best"]?.int,
            let bestLoss = Self.number(json["best_loss"]),
            let end = json["end"]?.string.flatMap(Fit.End.init), let steps = json["steps"]?.int
        else { throw .format(path, "is not a whole checkpoint of nn.fit") }
        let tensor: (String) throws(Failure) -> Tensor? = { (name) throws(Failure) in
            file.contains(name) ? try file.tensor(named: name) : nil
        }
        try ModelFile.fill(fit.model, with: tensor, source: path)
        try fit.optimiser.restore(steps: steps, counts: (json["counts"]?.array ?? []).compactMap(\.int)) {
            (name) throws(Failure) in try tensor("optimiser.\(name)")
        }
        for (draw, layer) in zip(draws, layers) { layer.layer.draws = draw }
        history = Fit.History(epochs: epochs.compactMap(Self.epoch), best: best, end: end == .callback ? .epochs : end)
        self.bestLoss = bestLoss
        var kept: [Tensor] = []
        for (name, _) in fit.learning {
            if let values = try tensor("best.\(name)") { kept.append(try values.clone()) }
        }
        self.best = kept.count == fit.learning.count ? kept : nil
    }

    private static func epoch(_ json: JSON) -> Fit.Epoch? {
        guard let parts = json.array, parts.count >= 2, let count = parts[0].int, let rate = number(parts[1]) else {
            return nil
        }
        var values: [(name: String, value: Double)] = []
        for position in stride(from: 2, to: parts.count - 1, by: 2) {
            guard let name = parts[position].string, let value = number(parts[position + 1]) else { return nil }
            values.append((name, value))
        }
        return Fit.Epoch(number: count, rate: rate, values: values)
    }
}
