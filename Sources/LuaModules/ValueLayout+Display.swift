import Display
import LuaKit

extension ValueLayout {
    /// The layout in which tensors, tables and columns show themselves.
    public static func displaying(width: Int, isColored: Bool = false) -> ValueLayout {
        var layout = ValueLayout(width: width)
        layout.isColored = isColored
        layout.objectText = { object, layout in
            object.get((any Displayable).self)?.text(
                in: Frame(width: layout.width, isWhole: layout.isWhole, isColored: layout.isColored))
        }
        layout.objectSummary = { $0.get((any Displayable).self)?.summary }
        return layout
    }
}
