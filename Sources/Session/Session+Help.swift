import LuaKit

extension Session {
    /// What `help` says about a name (`cluster.kmeans`, `tensor`), or the overview if the name is empty.
    public func help(_ topic: String) -> String {
        "help on \(topic)"
    }
}
