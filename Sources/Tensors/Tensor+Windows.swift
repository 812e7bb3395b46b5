import Support

/// How a window moves over pictures: its size, step, and the border around.
public struct Window: Equatable, Sendable {
    /// Rows and columns of the window.
    public var height: Int, width: Int
    /// How far it moves down and to the right.
    public var down: Int, right: Int
    /// Rows added above and below, columns added left and right.
    public var border: (rows: Int, columns: Int)

    /// A window. Sizes and steps are 1 or more, borders 0 or more.
    public init(height: Int, width: Int, down: Int, right: Int, border: (rows: Int, columns: Int)) {
        (self.height, self.width, self.down, self.right, self.border) = (height, width, down, right, border)
    }

    /// Equal in all sizes.
    public static func == (a: Window, b: Window) -> Bool {
        (a.height, a.width, a.down, a.right) == (b.height, b.width, b.down, b.right) && a.border == b.border
    }

    /// How many places it has on a picture of `rows` x `columns`; nil where it does not fit.
    public func places(rows: Int, columns: Int) -> (rows: Int, columns: Int)? {
        let (tall, wide) = (rows + 2 * border.rows - height, columns + 2 * border.columns - width)
        return tall < 0 || wide < 0 ? nil : (tall / down + 1, wide / right + 1)
    }
}

extension Tensor {
    /// What a window sees at each of its places: [n, c, h, w] of floating point gives [n * places, c * height * width], places row by row.
    /// The border holds `fill`.
    public func windows(_ window: Window, fill: Double = 0, work: Work = Work()) throws(Failure) -> Tensor {
        dtype == .float32
            ? try windows(Float.self, window, fill, work) : try windows(Double.self, window, fill, work)
    }

    /// The reverse on the way back: every element of what `windows` gave is added to where it came from, in a picture of `shape`.
    public func summedWindows(_ window: Window, into shape: [Int], work: Work = Work()) throws(Failure) -> Tensor {
        dtype == .float32
            ? try summedWindows(Float.self, window, shape, work) : try summedWindows(Double.self, window, shape, work)
    }

    private func windows<T: RealElement>(
        _ type: T.Type, _ window: Window, _ fill: Double, _ work: Work
    ) throws(Failure) -> Tensor {
        let walk = try WindowWalk(window, shape)
        let source = try contiguous(work: work)
        let result = try Tensor.uninitialized([walk.pictures * walk.places, walk.columnCount], dtype: dtype)
        try work.forEach(walk.pictures) { picture, _ in
            let x = source.pointer(T.self) + picture * walk.pictureCount
            let r = result.pointer(T.self) + picture * walk.places * walk.columnCount
            walk.visit { place, from in r[place] = from < 0 ? T(fill) : x[from] }
        }
        return result
    }

    private func summedWindows<T: RealElement>(
        _ type: T.Type, _ window: Window, _ shape: [Int], _ work: Work
    ) throws(Failure) -> Tensor {
        let walk = try WindowWalk(window, shape)
        let source = try contiguous(work: work)
        let result = try Tensor.zeros(shape, dtype: dtype)
        try work.forEach(walk.pictures) { picture, _ in
            let r = result.pointer(T.self) + picture * walk.pictureCount
            let x = source.pointer(T.self) + picture * walk.places * walk.columnCount
            walk.visit { place, from in if from >= 0 { r[from] += x[place] } }
        }
        return result
    }
}

/// The places of a window over one picture.
private struct WindowWalk: Sendable {
    let window: Window
    let pictures: Int
    let (channels, rows, columns): (Int, Int, Int)
    let (placeRows, placeColumns): (Int, Int)

    init(_ window: Window, _ shape: [Int]) throws(Failure) {
        guard shape.count == 4, let (down, right) = window.places(rows: shape[2], columns: shape[3]) else {
            throw .operation(
                "a window of \(window.height) x \(window.width) does not fit into shape \(shape) with a border of "
                    + "\(window.border.rows) and \(window.border.columns)")
        }
        self.window = window
        pictures = shape[0]
        (channels, rows, columns) = (shape[1], shape[2], shape[3])
        (placeRows, placeColumns) = (down, right)
    }

    var places: Int { placeRows * placeColumns }
    var columnCount: Int { channels * window.height * window.width }
    var pictureCount: Int { channels * rows * columns }

    /// Every element of every place, and where in the picture it comes from; -1 for the border.
    @inline(__always)
    func visit(_ body: (_ place: Int, _ from: Int) -> Void) {
        var place = 0
        for placeRow in 0..<placeRows {
            for placeColumn in 0..<placeColumns {
                let top = placeRow * window.down - window.border.rows
                let left = placeColumn * window.right - window.border.columns
                for channel in 0..<channels {
                    for i in top..<top + window.height {
                        let line = (channel * rows + i) * columns
                        let isInside = i >= 0 && i < rows
                        for j in left..<left + window.width {
                            body(place, isInside && j >= 0 && j < columns ? line + j : -1)
                            place += 1
                        }
                    }
                }
            }
        }
    }
}
