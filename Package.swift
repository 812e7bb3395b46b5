// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "cohort",
    products: [
        .executable(name: "cohort", targets: ["cohort"])
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")
    ],
    targets: [
        // The command and the front end over it.
        .executableTarget(
            name: "cohort",
            dependencies: [
                "Prompt", "Session", "LuaModules", "Reports", "Encoders", "Learning", "Support",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),
        .target(name: "Prompt", dependencies: ["Session", "Support", "CReadline"]),
        .systemLibrary(name: "CReadline", providers: [.apt(["libreadline-dev"])]),
        .target(
            name: "Session",
            dependencies: ["LuaModules", "Reports", "Charts", "LuaKit", "Display", "Encoders", "Support"]),

        // Lua.
        .target(
            name: "LuaModules",
            dependencies: [
                "LuaKit", "Reports", "Charts", "Display", "Encoders", "Text", "Tokenizers", "Clustering", "Learning",
                "Metrics", "Experiments", "Statistics", "Tables", "Tensors", "Support",
            ]),
        .target(name: "LuaKit", dependencies: ["CLua", "Support"]),
        .target(name: "CLua", dependencies: ["CLua54"]),
        .systemLibrary(
            name: "CLua54", pkgConfig: "lua5.4", providers: [.apt(["liblua5.4-dev"])]),

        // The core: knows nothing of Lua.
        .target(name: "Display", dependencies: ["Charts", "Tables", "Tensors", "Support"]),
        .target(name: "Reports", dependencies: ["Charts", "CMarkdown", "Experiments", "Statistics", "Support"]),
        .systemLibrary(
            name: "CMarkdown",
            providers: [.apt(["libcmark-gfm-dev", "libcmark-gfm-extensions-dev"])]),
        .target(name: "Charts", dependencies: ["Support"]),
        .target(name: "Encoders", dependencies: ["Learning", "Tokenizers", "Tensors", "CKernels", "CZlib", "Support"]),
        .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
        .target(name: "Text", dependencies: ["Support"]),
        .target(name: "Tokenizers", dependencies: ["CUnicode", "Support"]),
        .target(name: "Clustering", dependencies: ["Metrics", "Tensors", "CKernels", "Support"]),
        .target(name: "Learning", dependencies: ["Tensors", "CKernels", "Support"]),
        .target(name: "Metrics", dependencies: ["Statistics", "Tensors", "Support"]),
        .target(name: "Experiments", dependencies: ["Statistics", "Tables", "Tensors", "Support"]),
        .target(name: "Statistics", dependencies: ["Support"]),
        .target(name: "Tables", dependencies: ["CArrow", "Tensors", "Support"]),
        .target(name: "CArrow"),
        .target(name: "Tensors", dependencies: ["CKernels", "Support"]),
        .target(name: "CKernels"),
        .target(name: "Support", dependencies: ["CSystem", "CUnicode"]),
        .target(name: "CSystem"),
        .target(name: "CUnicode"),

        .testTarget(name: "SupportTests", dependencies: ["Support"]),
        .testTarget(name: "ReportsTests", dependencies: ["Reports", "Charts", "Support"]),
        .testTarget(name: "ChartsTests", dependencies: ["Charts", "Support"]),
        .testTarget(name: "KernelTests", dependencies: ["CKernels", "Support"]),
        .testTarget(name: "TensorsTests", dependencies: ["Tensors", "Statistics"]),
        .testTarget(name: "TokenizersTests", dependencies: ["Tokenizers", "CUnicode", "Support"]),
        .testTarget(name: "EncodersTests", dependencies: ["Encoders", "Learning"]),
        .testTarget(name: "TextTests", dependencies: ["Text", "Support"]),
        .testTarget(name: "ClusteringTests", dependencies: ["Clustering", "Metrics"]),
        .testTarget(name: "LearningTests", dependencies: ["Learning", "Tensors", "CKernels", "Support"]),
        .testTarget(name: "MetricsTests", dependencies: ["Metrics"]),
        .testTarget(name: "StatisticsTests", dependencies: ["Statistics", "Support"]),
        .testTarget(
            name: "ExperimentsTests",
            dependencies: ["Experiments", "Reports", "Charts", "Statistics", "Tables", "Tensors", "Support"]),
        .testTarget(name: "TablesTests", dependencies: ["Tables"]),
        .testTarget(name: "DisplayTests", dependencies: ["Display"]),
        .testTarget(name: "LuaKitTests", dependencies: ["LuaKit", "CLua"]),
        .testTarget(name: "LuaModulesTests", dependencies: ["LuaModules", "Session", "Encoders", "Learning"]),
        .testTarget(name: "SessionTests", dependencies: ["Session", "Reports"]),
        .testTarget(name: "CommandTests", dependencies: ["cohort", "Prompt", "Support"]),
    ],
    swiftLanguageModes: [.v6],
    cLanguageStandard: .c17
)
