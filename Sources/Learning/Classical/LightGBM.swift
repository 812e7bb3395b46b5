import Glibc
import Support

/// LightGBM's C interface (c_api.h of version 4), found at run time.
///
/// Its library is looked for in this order: the path in `COHORT_LIGHTGBM`, the system's `lib_lightgbm.so`, then the data folder's `lib`.
public enum LightGBM {
    private static let opened = Locked<Library?>(nil)

    /// Whether the library can be found and opened.
    public static var isInstalled: Bool { (try? library()) != nil }

    /// The library, opened when first asked for. A failure is not kept: it may be installed while the prompt is open.
    static func library() throws(Failure) -> Library {
        let result = opened.withLock { known -> Result<Library, Failure> in
            if let known { return .success(known) }
            do throws(Failure) {
                let library = try open()
                known = library
                return .success(library)
            } catch { return .failure(error) }
        }
        return try result.get()
    }

    private static func open() throws(Failure) -> Library {
        if let path = Folders.variable("COHORT_LIGHTGBM") {
            guard access(path, R_OK) == 0 else {
                throw .file(path, "cannot be read: \(systemError())", hint: "the variable COHORT_LIGHTGBM names it")
            }
            return try load(path)
        }
        let name = "lib_lightgbm.so"
        if let handle = dlopen(name, RTLD_LAZY | RTLD_LOCAL) { return try Library(handle, path: name) }
        let path = "\(Folders.data)/lib/\(name)"
        guard access(path, R_OK) == 0 else {
            throw .operation(
                "LightGBM, which grows boosted trees, is not installed: no \(name) on this system and none in \(Folders.data)/lib",
                hint: "run scripts/quickstart, or set COHORT_LIGHTGBM to the path of \(name), version 4")
        }
        return try load(path)
    }

    private static func load(_ path: String) throws(Failure) -> Library {
        if let handle = dlopen(path, RTLD_LAZY | RTLD_LOCAL) { return try Library(handle, path: path) }
        let reason = dlerror().map { String(cString: $0) } ?? "unknown reason"
        guard reason.contains("libgomp") else { throw .operation("\(path) cannot be loaded: \(reason)") }
        throw .operation(
            "\(path) needs GNU's OpenMP library libgomp.so.1, which is not installed",
            hint: "on Debian: apt-get install libgomp1")
    }

    /// The functions, and what a failed one says.
    struct Library: Sendable {
        typealias Handle = UnsafeMutableRawPointer
        typealias CreateDataset =
            @convention(c) (
                UnsafeRawPointer?, Int32, Int32, Int32, Int32, UnsafePointer<CChar>?, Handle?,
                UnsafeMutablePointer<Handle?>?
            ) -> Int32
        typealias SetField =
            @convention(c) (
                Handle?, UnsafePointer<CChar>?, UnsafeRawPointer?, Int32, Int32
            ) -> Int32
        typealias Free = @convention(c) (Handle?) -> Int32
        typealias CreateBooster =
            @convention(c) (
                Handle?, UnsafePointer<CChar>?, UnsafeMutablePointer<Handle?>?
            ) -> Int32
        typealias AddData = @convention(c) (Handle?, Handle?) -> Int32
        typealias Update = @convention(c) (Handle?, UnsafeMutablePointer<Int32>?) -> Int32
        typealias Evaluate =
            @convention(c) (
                Handle?, Int32, UnsafeMutablePointer<Int32>?, UnsafeMutablePointer<Double>?
            ) -> Int32
        typealias SaveToString =
            @convention(c) (
                Handle?, Int32, Int32, Int32, Int64, UnsafeMutablePointer<Int64>?, UnsafeMutablePointer<CChar>?
            ) -> Int32
        typealias LoadFromString =
            @convention(c) (
                UnsafePointer<CChar>?, UnsafeMutablePointer<Int32>?, UnsafeMutablePointer<Handle?>?
            ) -> Int32
        typealias Predict =
            @convention(c) (
                Handle?, UnsafeRawPointer?, Int32, Int32, Int32, Int32, Int32, Int32, Int32, UnsafePointer<CChar>?,
                UnsafeMutablePointer<Int64>?, UnsafeMutablePointer<Double>?
            ) -> Int32
        typealias Importance = @convention(c) (Handle?, Int32, Int32, UnsafeMutablePointer<Double>?) -> Int32
        typealias Count = @convention(c) (Handle?, UnsafeMutablePointer<Int32>?) -> Int32
        typealias LastError = @convention(c) () -> UnsafePointer<CChar>?
        typealias SetLog = @convention(c) (@convention(c) (UnsafePointer<CChar>?) -> Void) -> Int32

        let createDataset: CreateDataset
        let setField: SetField
        let freeDataset: Free
        let createBooster: CreateBooster
        let addData: AddData
        let update: Update
        let evaluate: Evaluate
        let saveToString: SaveToString
        let loadFromString: LoadFromString
        let predict: Predict
        let importance: Importance
        let classCount: Count
        let columnCount: Count
        let freeBooster: Free
        private let lastError: LastError

        init(_ handle: UnsafeMutableRawPointer, path: String) throws(Failure) {
            func function<T>(_ name: String, _ type: T.Type) throws(Failure) -> T {
                guard let symbol = dlsym(handle, "LGBM_\(name)") else {
                    throw .operation(
                        "\(path) is no LightGBM library: it has no function 'LGBM_\(name)'", hint: "version 4 is needed"
                    )
                }
                return unsafeBitCast(symbol, to: T.self)
            }
            createDataset = try function("DatasetCreateFromMat", CreateDataset.self)
            setField = try function("DatasetSetField", SetField.self)
            freeDataset = try function("DatasetFree", Free.self)
            createBooster = try function("BoosterCreate", CreateBooster.self)
            addData = try function("BoosterAddValidData", AddData.self)
            update = try function("BoosterUpdateOneIter", Update.self)
            evaluate = try function("BoosterGetEval", Evaluate.self)
            saveToString = try function("BoosterSaveModelToString", SaveToString.self)
            loadFromString = try function("BoosterLoadModelFromString", LoadFromString.self)
            predict = try function("BoosterPredictForMat", Predict.self)
            importance = try function("BoosterFeatureImportance", Importance.self)
            classCount = try function("BoosterGetNumClasses", Count.self)
            columnCount = try function("BoosterGetNumFeature", Count.self)
            freeBooster = try function("BoosterFree", Free.self)
            lastError = try function("GetLastError", LastError.self)
            // What it would print is either repeated in its error or of no use to a script.
            _ = try function("RegisterLogCallback", SetLog.self)({ _ in })
        }

        /// Calls a function and throws what it says if it fails. Its threads leave signals to ours.
        func check(_ call: () -> Int32) throws(Failure) {
            guard Threads.withSignalsBlocked(call) == 0 else {
                throw .operation("LightGBM: \(lastError().map { String(cString: $0) } ?? "unknown error")")
            }
        }
    }
}

/// Memory that the library holds, counted with ours as long as this lives. The library cannot be stopped for memory, so it is asked for in advance.
final class BorrowedMemory: Sendable {
    private let bytes: Int

    /// Asks for the sum of products of `parts`.
    init(_ parts: [[Int]]) throws(Failure) {
        var sum = 0
        for part in parts {
            var product = 1
            for factor in part {
                let (next, isTooLarge) = product.multipliedReportingOverflow(by: factor)
                product = isTooLarge ? .max : next
            }
            let (next, isTooLarge) = sum.addingReportingOverflow(product)
            sum = isTooLarge ? .max : next
        }
        try NativeMemory.require(sum)
        bytes = sum
        NativeMemory.record(sum)
    }

    deinit { NativeMemory.record(-bytes) }
}

/// Rows in LightGBM's bins.
final class BoosterData {
    private let library: LightGBM.Library
    private let memory: BorrowedMemory
    private(set) var handle: LightGBM.Library.Handle?

    /// Bins rows, `bins` to a column at most, as those of `reference` where it is given.
    init(
        _ library: LightGBM.Library, _ matrix: FeatureMatrix, bins: Int, parameters: String,
        reference: BoosterData? = nil
    ) throws(Failure) {
        self.library = library
        // Bins by column and, again, by row; a byte each as long as they can be told apart by one.
        memory = try BorrowedMemory([[2, matrix.rows, matrix.columns, bins < 256 ? 1 : 2], [matrix.rows, 8]])
        let tensor = matrix.tensor
        let start = tensor.storage.start + tensor.offset * tensor.dtype.byteCount
        var handle: LightGBM.Library.Handle?
        try library.check {
            library.createDataset(
                start, tensor.dtype == .float32 ? 0 : 1, Int32(clamping: matrix.rows), Int32(clamping: matrix.columns),
                1,
                parameters, reference?.handle, &handle)
        }
        withExtendedLifetime(tensor) {}
        self.handle = handle
    }

    /// Sets "label" or "weight", which LightGBM holds in float32.
    func set(_ field: String, _ values: [Double]) throws(Failure) {
        let floats = values.map { Float($0) }
        try library.check { library.setField(handle, field, floats, Int32(clamping: floats.count), 0) }
    }

    deinit { _ = library.freeDataset(handle) }
}

/// Trees of LightGBM's.
final class Booster: @unchecked Sendable {
    // Sendable by hand: after fitting it only predicts, which LightGBM guards with a lock of its own.
    private let library: LightGBM.Library
    private let memory: BorrowedMemory
    private var handle: LightGBM.Library.Handle?

    /// Trees to be grown, which hold `memory` while they grow.
    init(_ library: LightGBM.Library, _ data: BoosterData, parameters: String, memory: BorrowedMemory) throws(Failure) {
        self.library = library
        self.memory = memory
        var handle: LightGBM.Library.Handle?
        try library.check { library.createBooster(data.handle, parameters, &handle) }
        self.handle = handle
    }

    /// Trees as `text` describes them, in LightGBM's own form.
    init(_ library: LightGBM.Library, text: String) throws(Failure) {
        self.library = library
        // Its trees take about what their text takes.
        memory = try BorrowedMemory([[text.utf8.count]])
        var handle: LightGBM.Library.Handle?
        var iterations: Int32 = 0
        try library.check { library.loadFromString(text, &iterations, &handle) }
        self.handle = handle
    }

    /// Rows whose loss `loss(1)` tells.
    func watch(_ data: BoosterData) throws(Failure) {
        try library.check { library.addData(handle, data.handle) }
    }

    /// Grows one more tree (of each class); false if no split is left that helps.
    func grow() throws(Failure) -> Bool {
        var isFinished: Int32 = 0
        try library.check { library.update(handle, &isFinished) }
        return isFinished == 0
    }

    /// The loss on the rows that are watched.
    func loss() throws(Failure) -> Double {
        // One metric is asked for; room for more costs nothing.
        var results = [Double](repeating: 0, count: 16)
        var count: Int32 = 0
        try library.check { library.evaluate(handle, 1, &count, &results) }
        return results[0]
    }

    /// The first `iterations` in LightGBM's own form.
    func text(iterations: Int) throws(Failure) -> String {
        var needed: Int64 = 0
        try library.check { library.saveToString(handle, 0, Int32(clamping: iterations), 0, 0, &needed, nil) }
        var buffer = [CChar](repeating: 0, count: Int(needed) + 1)
        try library.check {
            library.saveToString(handle, 0, Int32(clamping: iterations), 0, needed + 1, &needed, &buffer)
        }
        let text = String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        // The number of threads stands among the parameters, and is no part of the model.
        return text.split(separator: "\n", omittingEmptySubsequences: false).filter { !$0.hasPrefix("[num_threads: ") }
            .joined(separator: "\n")
    }

    /// Numbers per row that `predict` writes, and columns it reads.
    func shape() throws(Failure) -> (outputs: Int, columns: Int) {
        var (outputs, columns): (Int32, Int32) = (0, 0)
        try library.check { library.classCount(handle, &outputs) }
        try library.check { library.columnCount(handle, &columns) }
        return (Int(outputs), Int(columns))
    }

    /// Writes what is predicted for `range` of the rows to `target`.
    func predict(
        _ matrix: FeatureMatrix, _ range: Range<Int>, threads: Int, to target: UnsafeMutablePointer<Double>
    ) throws(Failure) {
        let tensor = matrix.tensor
        let start =
            tensor.storage.start + (tensor.offset + range.lowerBound * matrix.columns) * tensor.dtype.byteCount
        var count: Int64 = 0
        try library.check {
            library.predict(
                handle, start, tensor.dtype == .float32 ? 0 : 1, Int32(clamping: range.count),
                Int32(clamping: matrix.columns),
                1, 0, 0, -1, "num_threads=\(threads)", &count, target)
        }
        withExtendedLifetime(tensor) {}
    }

    /// By how much the splits on each column lowered the loss.
    func gains(columns: Int) throws(Failure) -> [Double] {
        var gains = [Double](repeating: 0, count: columns)
        try library.check { library.importance(handle, -1, 1, &gains) }
        return gains
    }

    deinit { _ = library.freeBooster(handle) }
}
