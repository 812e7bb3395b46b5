import CArrow
import Glibc
import Support
import Testing

@testable import Tables

@Suite struct ArrowStreamTests {
    /// A stream of three batches of two rows whose third fails if the private pointer is not nil.
    private func stream(failing: Bool) -> ArrowArrayStream {
        let state = UnsafeMutablePointer<Int>.allocate(capacity: 2)
        state[0] = 0
        state[1] = failing ? 1 : 0
        return ArrowArrayStream(
            get_schema: { _, out in
                out?.pointee =
                    Handmade(
                        "+s", length: 0, buffers: [nil], children: [Handmade("i", length: 0, buffers: [], name: "n")]
                    ).schema
                return 0
            },
            get_next: { stream, out in
                guard let state = stream?.pointee.private_data?.assumingMemoryBound(to: Int.self) else { return EINVAL }
                state[0] += 1
                if state[0] == 3, state[1] == 1 { return EIO }
                out?.pointee = ArrowArray()
                if state[0] > 3 { return 0 }
                let numbers = Handmade(
                    "i", length: 2, buffers: [nil, Handmade.bytes([Int32(state[0] * 10), Int32(state[0] * 10 + 1)])])
                out?.pointee = Handmade("+s", length: 2, buffers: [nil], children: [numbers]).array
                return 0
            },
            get_last_error: { _ in UnsafePointer(strdup("the line went dead")) },
            release: { $0?.pointee.release = nil }, private_data: state)
    }

    @Test func joinsBatches() throws {
        var stream = stream(failing: false)
        let table = try Table.reading(&stream, cancellation: Cancellation())
        #expect(table.names == ["n"])
        #expect((0..<6).map { table.columns[0][$0] } == [10, 11, 20, 21, 30, 31].map { .integer($0) })
        #expect(stream.release == nil)
    }

    @Test func reportsAnErrorInTheMiddle() {
        var stream = stream(failing: true)
        #expect(throws: Failure.operation("the line went dead")) {
            try Table.reading(&stream, cancellation: Cancellation())
        }
        #expect(stream.release == nil)
    }

    @Test func stopsWhenCancelled() {
        var stream = stream(failing: false)
        let cancellation = Cancellation()
        cancellation.cancel()
        #expect(throws: Failure.cancelled) { try Table.reading(&stream, cancellation: cancellation) }
        #expect(stream.release == nil)
    }

    @Test func handsOutWhatItReads() throws {
        let table = try Samples.everyType()
        for _ in 0..<2 {
            var stream = ArrowExport.stream(of: table)
            let copy = try Table.reading(&stream, cancellation: Cancellation())
            #expect(copy.names == table.names)
            #expect(copy.columns.map(\.type) == table.columns.map(\.type))
            #expect((0..<table.rowCount).map(copy.row) == (0..<table.rowCount).map(table.row))
        }
    }

    /// In a process of its own: memory is counted for all of it, and other tests hold some for a while.
    @Test func givesItsMemoryBack() async {
        await #expect(processExitsWith: .success) {
            func copy() throws {
                var stream = ArrowExport.stream(of: try Samples.everyType())
                _ = try Table.reading(&stream, cancellation: Cancellation())
            }
            try copy()
            let before = NativeMemory.bytes
            for _ in 0..<100 { try copy() }
            #expect(NativeMemory.bytes == before)
        }
    }
}
