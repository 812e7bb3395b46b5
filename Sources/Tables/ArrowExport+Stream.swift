import CArrow
import Glibc

extension ArrowExport {
    /// A table as a stream of one batch.
    static func stream(of table: Table) -> ArrowArrayStream {
        ArrowArrayStream(
            get_schema: { stream, out in
                guard let owner = StreamOwner.of(stream), let out else { return EINVAL }
                out.pointee = ArrowExport.schema(of: owner.table)
                return 0
            },
            get_next: { stream, out in
                guard let owner = StreamOwner.of(stream), let out else { return EINVAL }
                out.pointee = ArrowArray()
                if !owner.isDone { out.pointee = ArrowExport.array(of: owner.table) }
                owner.isDone = true
                return 0
            },
            get_last_error: { _ in nil },
            release: { stream in
                guard let stream, let owner = stream.pointee.private_data else { return }
                Unmanaged<StreamOwner>.fromOpaque(owner).release()
                stream.pointee.private_data = nil
                stream.pointee.release = nil
            },
            private_data: Unmanaged.passRetained(StreamOwner(table)).toOpaque())
    }
}

private final class StreamOwner {
    let table: Table
    var isDone = false

    init(_ table: Table) { self.table = table }

    static func of(_ stream: UnsafeMutablePointer<ArrowArrayStream>?) -> StreamOwner? {
        guard let owner = stream?.pointee.private_data else { return nil }
        return Unmanaged<StreamOwner>.fromOpaque(owner).takeUnretainedValue()
    }
}
