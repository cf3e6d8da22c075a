// swift-tools-version: 6.3
import PackageDescription

// The modules and who may import whom: docs/architecture.md has the reasons, tools/check compares
// the import statements with this list.

let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
]

func library(_ name: String, _ imports: [String] = [], exclude: [String] = []) -> Target {
  .target(
    name: name, dependencies: imports.map { .byName(name: $0) }, exclude: exclude,
    swiftSettings: strict, linkerSettings: [.linkedLibrary("m")])
}

func system(_ name: String, pkgConfig: String?, package: String) -> Target {
  .systemLibrary(name: name, pkgConfig: pkgConfig, providers: [.apt([package])])
}

func tests(_ name: String, _ imports: [String], exclude: [String] = []) -> Target {
  .testTarget(
    name: name, dependencies: imports.map { .byName(name: $0) }, exclude: exclude,
    swiftSettings: strict)
}

// The rasterizer's kernels are built a second time for processors with AVX2 and chosen at run time:
// Sources/RasterV3 is a link to their folder.
#if arch(x86_64)
  let processorLevels = ["RasterV3"]
  let processorLevelTargets: [Target] = [
    .target(
      name: "RasterV3", dependencies: ["CInline"],
      swiftSettings: strict + [.unsafeFlags(["-Xcc", "-march=x86-64-v3"])])
  ]
#else
  let processorLevels: [String] = []
  let processorLevelTargets: [Target] = []
#endif

let package = Package(
  name: "machizu",
  targets: [
    system("CDeflate", pkgConfig: "libdeflate", package: "libdeflate-dev"),
    system("CFreeType", pkgConfig: "freetype2", package: "libfreetype-dev"),
    system("CGDAL", pkgConfig: "gdal", package: "libgdal-dev"),
    system("CHarfBuzz", pkgConfig: "harfbuzz", package: "libharfbuzz-dev"),
    system("CISAL", pkgConfig: "libisal", package: "libisal-dev"),
    system("CSQLite", pkgConfig: "sqlite3", package: "libsqlite3-dev"),
    system("CUTF8Proc", pkgConfig: nil, package: "libutf8proc-dev"),
    .target(name: "CInline", cSettings: [.unsafeFlags(["-ffp-contract=off"])]),
    .target(name: "CFiles"),
    // Libraries that most commands do without are loaded when they are needed.
    .target(name: "CLoaded"),
    .target(name: "CGEOS", dependencies: ["CLoaded"]),
    .target(name: "CMicrohttpdShim", dependencies: ["CLoaded"]),
    .target(name: "CProj", dependencies: ["CLoaded"]),
    .target(name: "CPNGShim", linkerSettings: [.linkedLibrary("png")]),

    library("Geometry"),
    library("JSON"),
    library("Raster", ["CInline"] + processorLevels),
    library("PNG", ["CInline", "CPNGShim", "CISAL", "CDeflate"]),
    library("Workers"),
    library("SpatialIndex", ["CInline", "Geometry"]),
    library("Features", ["Geometry", "CUTF8Proc"]),
    library("Projection", ["Geometry", "CProj"]),
    library("Topology", ["Geometry", "CGEOS"]),
    library("SQLite", ["CSQLite"]),
    library("Snapshot", ["CInline", "Features", "Geometry", "SpatialIndex"]),
    library("Workspace", ["JSON", "Features"]),
    library(
      "LayerStore",
      [
        "Features", "Geometry", "JSON", "Projection", "SQLite", "Snapshot", "Workers",
        "Workspace",
      ]),
    library("Formats", ["Features", "Geometry", "JSON"]),
    library(
      "Import",
      [
        "Features", "Formats", "Geometry", "LayerStore", "Projection", "Topology", "Workspace",
      ]),
    library(
      "Query",
      [
        "Features", "Formats", "Geometry", "JSON", "LayerStore", "Projection", "Topology",
        "Workspace",
      ]),
    library("Styling", ["JSON", "Features", "Geometry"]),
    library("Lettering", ["Raster", "CInline", "CFreeType", "CHarfBuzz"]),
    library("Symbols", ["Raster"]),
    library("Tiles", ["CFiles", "Geometry", "SQLite", "CDeflate"]),
    library(
      "Rendering",
      ["Features", "Geometry", "Styling", "Raster", "Lettering", "Symbols", "Tiles", "PNG"]),
    library(
      "Serving",
      [
        "CMicrohttpdShim", "Features", "Formats", "Geometry", "JSON", "LayerStore",
        "PNG", "Projection", "Query", "Raster", "Rendering", "Styling", "Tiles", "Workers",
        "Workspace",
      ], exclude: ["Viewer"]),
    .executableTarget(
      name: "machizu",
      dependencies: [
        "CFiles", "Features", "Formats", "Geometry", "Import", "JSON", "LayerStore", "Lettering",
        "PNG", "Projection", "Query", "Raster", "Rendering", "Serving", "Snapshot", "SpatialIndex",
        "Styling", "Tiles", "Workers", "Workspace",
      ], swiftSettings: strict),
    library("Exchange", ["Formats", "Features", "Geometry", "CGDAL"]),
    .executableTarget(
      name: "machizu-exchange", dependencies: ["Exchange"], swiftSettings: strict),

    .target(name: "CAllocationCounter", path: "Tests/CAllocationCounter"),
    .target(name: "SeededRandom", path: "Tests/SeededRandom", swiftSettings: strict),
    .target(
      name: "TestSupport", dependencies: ["PNG"], path: "Tests/TestSupport",
      swiftSettings: strict),
    tests("EndToEndTests", ["TestSupport", "JSON", "SQLite", "SeededRandom", "Tiles"]),
    tests("ExchangeTests", ["Exchange", "Formats", "Geometry", "machizu-exchange"]),
    tests("FeaturesTests", ["Features", "Geometry"]),
    tests("FormatsTests", ["Features", "Formats", "Geometry"]),
    tests("GeometryTests", ["Geometry", "SeededRandom"]),
    tests(
      "ImportTests",
      ["Features", "Geometry", "Import", "LayerStore", "Projection", "SQLite", "Workspace"]),
    tests("JSONTests", ["JSON"]),
    tests(
      "LayerStoreTests",
      ["Features", "Geometry", "JSON", "LayerStore", "Projection", "SQLite", "Workspace"]),
    tests("LetteringTests", ["Lettering", "Raster"]),
    tests("PNGTests", ["PNG", "CAllocationCounter", "CInline"]),
    tests("ProjectionTests", ["Projection", "Geometry"]),
    tests(
      "QueryTests",
      [
        "Features", "Geometry", "Import", "LayerStore", "Projection", "Query", "SQLite",
        "SeededRandom", "Workspace",
      ]),
    tests("RasterTests", ["Raster", "PNG", "CAllocationCounter", "SeededRandom"]),
    tests(
      "RenderingTests",
      ["Rendering", "Features", "Geometry", "Lettering", "Raster", "Snapshot", "Styling", "Tiles"]),
    tests("SQLiteTests", ["SQLite"]),
    tests("SnapshotTests", ["Features", "Geometry", "Snapshot", "SeededRandom"]),
    tests("SpatialIndexTests", ["SpatialIndex", "SeededRandom"]),
    tests("StylingTests", ["Styling", "JSON", "Features"]),
    tests("SymbolsTests", ["Symbols", "Raster"]),
    tests("TilesTests", ["Tiles", "Geometry", "SQLite", "SeededRandom"]),
    tests("TopologyTests", ["Topology", "Geometry"]),
    tests("WorkersTests", ["Workers"]),
    tests("WorkspaceTests", ["Workspace", "Features", "JSON"]),
  ] + processorLevelTargets
)
