import Glibc
import Support

/// How the rate of an optimiser changes over steps: up from 0 in a straight line while warming up, then along its course.
public struct Schedule: Sendable, Equatable {
    /// What comes after warming up.
    public enum Course: String, CaseIterable, Sendable {
        /// Stays.
        case constant
        /// Falls to 0 in a straight line.
        case linear
        /// Falls to 0 along half a cosine.
        case cosine
    }

    /// The course after warming up.
    public let course: Course
    /// Steps of warming up.
    public let warmup: Int
    /// Steps in all.
    public let total: Int

    /// A schedule.
    public init(_ course: Course, warmup: Int, total: Int) {
        (self.course, self.warmup, self.total) = (course, warmup, total)
    }

    /// The factor for the step after `done` others.
    public func factor(done: Int) -> Double {
        if done < warmup { return Double(done + 1) / Double(warmup) }
        let left = max(1, total - warmup)
        let share = min(1, Double(done - warmup) / Double(left))
        switch course {
        case .constant: return 1
        case .linear: return 1 - share
        case .cosine: return (1 + cos(Double.pi * share)) / 2
        }
    }
}
