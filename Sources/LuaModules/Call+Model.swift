import Encoders
import LuaKit
import Support

extension Call {
    /// What the parameter `model` names: an installed model, which every script may use, or a path that the script may touch.
    func model() throws(Failure) -> String {
        let model = try uncheckedPath("model")
        guard work.files.isRestricted else { return model }
        let isInstalled = ModelStore().installed().contains { $0.name == model }
        let isPath = model.utf8.contains(UInt8(ascii: "/")) || model.hasSuffix(".json") || FileSystem.exists(model)
        if !isInstalled, isPath { try work.files.require(model) }
        return model
    }
}
