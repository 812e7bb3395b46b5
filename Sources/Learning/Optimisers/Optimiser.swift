import CKernels
import Support
import Tensors

/// Moves parameters against their gradients.
public final class Optimiser: @unchecked Sendable {
    /// How it moves them.
    public enum Method: Sendable, Equatable {
        /// Gradient descent; with momentum, along a running sum of gradients, and further ahead by Nesterov's rule if asked.
        case sgd(momentum: Double, isNesterov: Bool)
        /// Steps scaled by running means of gradients and of their squares (Kingma and Ba 2015). `decouples` weight decay from the
        /// gradient (AdamW, Loshchilov and Hutter 2019).
        case adam(betas: (Double, Double), eps: Double, decouples: Bool)

        /// Equal in all numbers.
        public static func == (a: Method, b: Method) -> Bool {
            switch (a, b) {
            case (.sgd(let m, let n), .sgd(let k, let l)): m == k && n == l
            case (.adam(let x, let y, let z), .adam(let u, let v, let w)): x == u && y == v && z == w
            default: false
            }
        }
    }

    /// What is moved, in order.
    public let parameters: [Tensor]
    /// The method and its numbers.
    public let method: Method
    /// Size of the steps.
    public var rate: Double
    /// Share of each parameter that is added to its gradient, or (AdamW) taken off it at every step.
    public let weightDecay: Double
    /// Steps made.
    public private(set) var steps = 0
    private var states: [State]

    /// What is kept of a parameter between steps.
    struct State {
        /// Steps this parameter was in: it is left out where it has no gradient.
        var steps = 0
        var first: Tensor?
        var second: Tensor?
    }

    /// An optimiser of leaves.
    public init(_ parameters: [Tensor], method: Method, rate: Double, weightDecay: Double = 0) throws(Failure) {
        guard !parameters.isEmpty else {
            throw .argument("params", expected: "at least one parameter to learn", got: "none")
        }
        for (index, parameter) in parameters.enumerated() {
            guard parameter.gradNode?.isLeaf ?? false, parameter.isContiguous else {
                throw .argument(
                    "params", expected: "tensors that ask for gradients",
                    got: "one that does not, at \(index + 1)", hint: "call requires_grad() on it")
            }
        }
        self.parameters = parameters
        (self.method, self.rate, self.weightDecay) = (method, rate, weightDecay)
        states = parameters.map { _ in State() }
    }

    /// Forgets the gradients.
    public func zeroGradients() {
        for parameter in parameters { parameter.gradNode?.clearGradient() }
    }

    /// Moves every parameter that has a gradient. Either all are moved or, where something fails before, none: the step itself cannot
    /// be interrupted.
    public func step(work: Work = Work()) throws(Failure) {
        try work.cancellation.check()
        var moves: [(index: Int, gradient: Tensor)] = []
        for (index, parameter) in parameters.enumerated() {
            guard let gradient = parameter.gradNode?.gradient else { continue }
            guard gradient.shape == parameter.shape, gradient.dtype == parameter.dtype else {
                throw .operation(
                    "a gradient of shape \(gradient.shape) does not fit its parameter of shape \(parameter.shape)")
            }
            moves.append((index, try gradient.contiguous(work: work)))
            try prepare(index)
        }
        let uninterrupted = Work(threads: work.threads, cancellation: Cancellation())
        for (index, gradient) in moves {
            states[index].steps += 1
            try move(parameters[index], gradient, states[index], uninterrupted)
        }
        steps += 1
    }

    // All memory is had before the first parameter moves.
    private func prepare(_ index: Int) throws(Failure) {
        let parameter = parameters[index]
        switch method {
        case .sgd(let momentum, _):
            if momentum != 0, states[index].first == nil {
                states[index].first = try Tensor.zeros(parameter.shape, dtype: parameter.dtype)
            }
        case .adam:
            if states[index].first == nil {
                states[index].first = try Tensor.zeros(parameter.shape, dtype: parameter.dtype)
                states[index].second = try Tensor.zeros(parameter.shape, dtype: parameter.dtype)
            }
        }
    }

    private func move(_ parameter: Tensor, _ gradient: Tensor, _ state: State, _ work: Work) throws(Failure) {
        if case .adam(let betas, let eps, let decouples) = method, parameter.dtype == .float32 {
            let step = AdamStep<Float>(
                rate: rate, betas: betas, eps: eps, decay: weightDecay, decouples: decouples, count: Double(state.steps)
            )
            return try step.runVectors(parameter, gradient, state, work)
        }
        parameter.dtype == .float32
            ? try move(Float.self, parameter, gradient, state) : try move(Double.self, parameter, gradient, state)
    }

    private func move<T: TensorElement & BinaryFloatingPoint>(
        _ type: T.Type, _ parameter: Tensor, _ gradient: Tensor, _ state: State
    ) throws(Failure) {
        let (rate, decay) = (self.rate, weightDecay)
        try gradient.withElements(as: T.self) { (g) throws(Failure) in
            try parameter.updateElements(of: T.self) { (p) throws(Failure) in
                switch method {
                case .sgd(let momentum, let isNesterov):
                    guard let velocity = state.first else {
                        for i in 0..<p.count { p[i] -= T(rate) * (g[i] + T(decay) * p[i]) }
                        return
                    }
                    // The first step begins with the gradient itself, which a velocity of zero gives.
                    try velocity.updateElements(of: T.self) { v in
                        for i in 0..<p.count {
                            let slope = g[i] + T(decay) * p[i]
                            v[i] = T(momentum) * v[i] + slope
                            p[i] -= T(rate) * (isNesterov ? slope + T(momentum) * v[i] : v[i])
                        }
                    }
                case .adam(let betas, let eps, let decouples):
                    try state.first?.updateElements(of: T.self) { (m) throws(Failure) in
                        try state.second?.updateElements(of: T.self) { s in
                            let count = Double(state.steps)
                            let step = AdamStep<T>(
                                rate: rate, betas: betas, eps: eps, decay: decay, decouples: decouples, count: count)
                            step.run(p, g, m, s)
                        }
                    }
                }
            }
        }
    }

    // MARK: - Between sessions

    /// Everything kept between steps, by name.
    public func state() -> [(name: String, tensor: Tensor)] {
        states.enumerated().flatMap { index, state in
            [("first.\(index)", state.first), ("second.\(index)", state.second)].compactMap { name, tensor in
                tensor.map { (name, $0) }
            }
        }
    }

    /// How often each parameter was moved.
    var counts: [Int] { states.map(\.steps) }

    /// Goes on from a saved state.
    func restore(steps: Int, counts: [Int], _ tensor: (String) throws(Failure) -> Tensor?) throws(Failure) {
        var restored: [State] = []
        for (index, parameter) in parameters.enumerated() {
            var state = State(steps: index < counts.count ? counts[index] : 0)
            state.first = try tensor("first.\(index)")?.clone()
            state.second = try tensor("second.\(index)")?.clone()
            for kept in [state.first, state.second] {
                guard kept?.shape ?? parameter.shape == parameter.shape,
                    kept?.dtype ?? parameter.dtype == parameter.dtype
                else { throw .operation("the saved state of the optimiser is of another model") }
            }
            restored.append(state)
        }
        states = restored
        self.steps = steps
    }
}

// The numbers of a step of Adam in the parameters' own type, as PyTorch has them.
private struct AdamStep<T: BinaryFloatingPoint> {
    let size: T
    let root: T
    let beta1: T
    let beta2: T
    let eps: T
    let decay: T
    let shrink: T

    init(
        rate: Double, betas: (Double, Double), eps: Double, decay: Double, decouples: Bool, count: Double
    ) {
        size = T(rate / (1 - power(betas.0, count)))
        root = T((1 - power(betas.1, count)).squareRoot())
        (beta1, beta2) = (T(betas.0), T(betas.1))
        self.eps = T(eps)
        self.decay = decouples ? 0 : T(decay)
        shrink = decouples ? T(1 - rate * decay) : 1
    }

    /// The same by a vector kernel, in blocks that threads share.
    func runVectors(_ parameter: Tensor, _ gradient: Tensor, _ state: Optimiser.State, _ work: Work) throws(Failure)
    where T == Float {
        let step = ck_adam(
            shrink: shrink, decay: decay, beta1: beta1, beta2: beta2, size: size, root: root, eps: eps)
        let block = 1 << 16
        try gradient.withElements(as: Float.self) { (g) throws(Failure) in
            try parameter.updateElements(of: Float.self) { (p) throws(Failure) in
                try state.first?.updateElements(of: Float.self) { (m) throws(Failure) in
                    try state.second?.updateElements(of: Float.self) { (s) throws(Failure) in
                        guard let to = p.baseAddress, let slope = g.baseAddress, let mean = m.baseAddress,
                            let square = s.baseAddress
                        else { return }
                        let count = p.count
                        nonisolated(unsafe) let memory = (to: to, slope: slope, mean: mean, square: square)
                        try work.forEach((count + block - 1) / block) { index, _ in
                            let first = index * block
                            var step = step
                            ck_adam_f32(
                                min(block, count - first), &step, memory.to + first, memory.slope + first,
                                memory.mean + first, memory.square + first)
                        }
                    }
                }
            }
        }
    }

    @inline(__always)
    func run(
        _ p: UnsafeMutableBufferPointer<T>, _ g: UnsafeBufferPointer<T>, _ m: UnsafeMutableBufferPointer<T>,
        _ s: UnsafeMutableBufferPointer<T>
    ) {
        for i in 0..<p.count {
            let held = p[i] * shrink
            let slope = g[i] + decay * held
            m[i] += (1 - beta1) * (slope - m[i])
            s[i] = beta2 * s[i] + (1 - beta2) * slope * slope
            p[i] = held - size * m[i] / (s[i].squareRoot() / root + eps)
        }
    }
}

// base ^ count by repeated squaring.
private func power(_ base: Double, _ count: Double) -> Double {
    var (result, factor, rest) = (1.0, base, Int(count))
    while rest > 0 {
        if rest & 1 == 1 { result *= factor }
        factor *= factor
        rest >>= 1
    }
    return result
}

/// Gradients made shorter together, so that their common Euclidean norm is at most `greatest`. Gives the norm before.
public func clipGradients(_ parameters: [Tensor], greatest: Double, work: Work = Work()) throws(Failure) -> Double {
    var sum = 0.0
    for parameter in parameters {
        guard let gradient = parameter.gradNode?.gradient else { continue }
        let norm = try gradient.norm(work: work)
        sum += norm * norm
    }
    let norm = sum.squareRoot()
    guard norm > greatest, norm.isFinite else { return norm }
    var shorter: [(GradNode, Tensor)] = []
    for parameter in parameters {
        guard let node = parameter.gradNode, let gradient = node.gradient else { continue }
        // The small number keeps the quotient that PyTorch takes.
        shorter.append((node, try product(gradient, greatest / (norm + 1e-6), work)))
    }
    for (node, gradient) in shorter { node.gradient = gradient }
    return norm
}
