import Learning
import LuaKit
import Support
import Tensors

/// Optimisers, their schedules, clipping.
enum NNOptimisers {
    static let all = [sgd, adam, adamw, clip, schedule]

    private static let params = Parameter.required(
        "params",
        .custom("parameters", expected: "module, or list of tensors that ask for gradients") {
            (argument) throws(Failure) -> Bool? in
            argument.kind == .table || argument.object(Layer.self) != nil ? true : nil
        }, "a module, or its parameters()")
    private static func rate(_ value: Double) -> Parameter {
        .optional("lr", .number(0...), default: .number(value), "size of the steps")
    }
    private static func decay(_ value: Double, _ prose: String) -> Parameter {
        .optional("weight_decay", .number(0...), default: .number(value), prose)
    }
    private static let made = [Signature.Returned("nn.Optimizer", "the optimiser")]

    private static let sgd = Signature(
        "nn.sgd", "Gradient descent, with momentum if asked.",
        parameters: [params],
        options: [
            rate(0.001), .optional("momentum", .number(0...1), default: 0.0, "share of the last step that goes on"),
            .optional("nesterov", .boolean, default: false, "whether the gradient counts ahead of the momentum"),
            decay(0, "share of each parameter added to its gradient"),
        ],
        returns: made,
        example: .init(
            """
            local w = tensor{4}:requires_grad()
            local opt = nn.sgd({w}, {lr = 0.25})
            local loss = (w * w):sum()
            loss:backward()
            opt:step()
            return w:item()
            """,
            output: "2.0"),
        related: ["nn.adam", "nn.schedule"]
    ) { call throws(Failure) in
        let method = Optimiser.Method.sgd(
            momentum: try call.number("momentum"), isNesterov: try call.boolean("nesterov"))
        return .object(
            try Optimiser(
                call.parameters("params"), method: method, rate: call.number("lr"),
                weightDecay: call.number("weight_decay")))
    }

    private static let adam = adaptive(
        "adam", decouples: false, 0, "share of each parameter added to its gradient",
        "Adam: steps scaled by running means of the gradients and of their squares.")
    private static let adamw = adaptive(
        "adamw", decouples: true, 0.01, "share of each parameter taken off it, times lr, at every step",
        "Adam with weight decay apart from the gradient.")

    private static func adaptive(
        _ name: String, decouples: Bool, _ standing: Double, _ decayProse: String, _ prose: String
    ) -> Signature {
        Signature(
            "nn.\(name)", prose,
            parameters: [params],
            options: [
                rate(0.001),
                .optional(
                    "betas", .list(of: .number(0...1)), standing: "{0.9, 0.999}", "how slowly the two means move"),
                .optional("eps", .number(0...), default: 1e-8, "added to the root of the mean square"),
                decay(standing, decayProse),
            ],
            returns: made,
            example: .init(
                """
                local w = tensor{4}:requires_grad()
                local opt = nn.\(name)({w}, {lr = 0.5, weight_decay = 0})
                local loss = (w * w):sum()
                loss:backward()
                opt:step()
                return string.format("%.4f", w:item())
                """,
                output: "\"3.5000\""),
            related: ["nn.sgd", "nn.schedule", "nn.clip_grad_norm"]
        ) { call throws(Failure) in
            let betas = try call.given("betas")?.numbers() ?? [0.9, 0.999]
            guard betas.count == 2, betas.allSatisfy({ $0 < 1 }) else {
                throw .argument("betas", expected: "two numbers below 1", got: "\(betas)")
            }
            return .object(
                try Optimiser(
                    call.parameters("params"),
                    method: .adam(betas: (betas[0], betas[1]), eps: call.number("eps"), decouples: decouples),
                    rate: call.number("lr"), weightDecay: call.number("weight_decay")))
        }
    }

    private static let clip = Signature(
        "nn.clip_grad_norm",
        "Makes all gradients shorter together if their common length is above a limit. Call it between backward() and step().",
        parameters: [params, .required("max_norm", .number(above: 0), "the greatest length")],
        returns: [.init("number", "the length before")],
        example: .init(
            """
            local w = tensor{3, 4}:requires_grad()
            w:backward{3, 4}
            return nn.clip_grad_norm({w}, 1)
            """,
            output: "5.0"),
        related: ["nn.adam"]
    ) { call throws(Failure) in
        .number(try clipGradients(call.parameters("params"), greatest: call.number("max_norm"), work: call.work))
    }

    private static let schedule = Signature(
        "nn.schedule",
        "Changes the rate of an optimiser over steps: up from 0 while warming up, then constant, in a line to 0, or along a cosine to 0.",
        parameters: [.required("optimizer", .object(Optimiser.self), "the optimiser, with its greatest rate")],
        options: [
            .optional(
                "course", .choice(Schedule.Course.allCases.map(\.rawValue)), default: "linear", "after warming up"),
            .optional("warmup", .integer(0...), default: 0, "steps of warming up"),
            .required("total", .integer(1...), "steps in all"),
        ],
        returns: [.init("nn.Schedule", "call its step() after each step of the optimiser")],
        example: .init(
            """
            local opt = nn.sgd({tensor{1}:requires_grad()}, {lr = 1})
            local s = nn.schedule(opt, {warmup = 2, total = 4})
            local rates = {}
            for i = 1, 4 do rates[i] = opt.lr s:step() end
            return rates
            """,
            output: "{0.5, 1.0, 1.0, 0.5}"),
        related: ["nn.adam", "nn.fit"]
    ) { call throws(Failure) in
        guard let course = Schedule.Course(rawValue: try call.string("course")) else { return .nil }
        let schedule = Schedule(course, warmup: try call.integer("warmup"), total: try call.integer("total"))
        return .object(RunningSchedule(schedule, try call.object("optimizer")))
    }
}

/// A schedule at work on an optimiser.
final class RunningSchedule: @unchecked Sendable {
    private let schedule: Schedule
    private let optimiser: Optimiser
    private let rate: Double
    private var done = 0

    init(_ schedule: Schedule, _ optimiser: Optimiser) {
        (self.schedule, self.optimiser, rate) = (schedule, optimiser, optimiser.rate)
        optimiser.rate = rate * schedule.factor(done: 0)
    }

    func step() {
        done += 1
        optimiser.rate = rate * schedule.factor(done: done)
    }
}

extension RunningSchedule: LuaVisible {
    static let luaClass = LuaClass(
        "nn.Schedule", for: RunningSchedule.self, "Changes the rate of an optimiser over steps.",
        methods: [
            Signature(
                "nn.Schedule:step", "Sets the rate for the next step.",
                example: .init(
                    """
                    local opt = nn.sgd({tensor{1}:requires_grad()}, {lr = 1})
                    nn.schedule(opt, {total = 2}):step()
                    return opt.lr
                    """, output: "0.5"),
                related: ["nn.schedule"]
            ) { call throws(Failure) in
                try call.receiver(RunningSchedule.self).step()
                return .nothing
            }
        ])
}

extension Optimiser: LuaVisible {
    /// How optimisers behave in Lua.
    public static var luaClass: LuaClass { optimiserClass }
}

private let optimiserClass = LuaClass(
    "nn.Optimizer", for: Optimiser.self,
    "Moves parameters against their gradients. Its rate may be set: opt.lr = 0.01.",
    methods: [
        Signature(
            "nn.Optimizer:step",
            "Moves every parameter that has a gradient: all of them or, where something fails, none.",
            example: .init(
                """
                local w = tensor{1}:requires_grad()
                local opt = nn.sgd({w}, {lr = 1})
                w:backward{0.5}
                opt:step()
                return w:item()
                """,
                output: "0.5"),
            related: ["nn.Optimizer:zero_grad", "tensor:backward"]
        ) { call throws(Failure) in
            try call.receiver(Optimiser.self).step(work: call.work)
            return .nothing
        },
        Signature(
            "nn.Optimizer:zero_grad", "Forgets the gradients, which backward() would otherwise add to.",
            example: .init(
                """
                local w = tensor{1}:requires_grad()
                local opt = nn.sgd({w}, {lr = 1})
                w:backward{1}
                opt:zero_grad()
                return w.grad
                """,
                output: "nil"),
            related: ["nn.Optimizer:step"]
        ) { call throws(Failure) in
            try call.receiver(Optimiser.self).zeroGradients()
            return .nothing
        },
    ],
    fields: [
        Field("lr", "number", "size of the steps; may be set") { (o: Optimiser) throws(Failure) in .number(o.rate) },
        Field("steps", "integer", "steps made") { (o: Optimiser) throws(Failure) in .integer(o.steps) },
    ],
    newIndex: { call throws(Failure) in
        guard call.argument(2).text == "lr" else { throw Optimiser.luaClass.noMember(call.argument(2)) }
        guard let rate = call.argument(3).number, rate >= 0 else {
            throw .argument("lr", expected: "number from 0 up", got: call.argument(3).words)
        }
        try call.receiver(Optimiser.self).rate = rate
        return .nothing
    })

extension Call {
    /// Tensors that learn: those of a module, or of a list of tensors and modules.
    func parameters(_ name: String) throws(Failure) -> [Tensor] {
        guard let given = try given(name) else { return [] }
        if let layer = given.object(Layer.self) { return layer.learning }
        if try member("forward", of: given) != nil { return try layer(given, name).learning }
        var tensors: [Tensor] = []
        try given.forEach { (position, element) throws(Failure) in
            if let layer = element.object(Layer.self) {
                tensors += layer.learning
            } else if let tensor = element.object(Tensor.self) {
                tensors.append(tensor)
            } else {
                throw .argument(
                    name, expected: "tensors that ask for gradients", got: "\(element.words) at position \(position)")
            }
        }
        return tensors
    }
}

extension Layer {
    /// The tensors that are not frozen.
    var learning: [Tensor] { parameters.filter { !$0.parameter.isFrozen }.map(\.parameter.tensor) }
}
