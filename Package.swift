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

func library(_ name: String, _ imports: [String] = [], resources: [Resource] = []) -> Target {
  .target(
    name: name, dependencies: imports.map { .byName(name: $0) }, resources: resources,
    swiftSettings: strict, linkerSettings: [.linkedLibrary("m")])
}

func system(_ name: String, pkgConfig: String, package: String) -> Target {
  .systemLibrary(name: name, pkgConfig: pkgConfig, providers: [.apt([package])])
}

func tests(_ name: String, _ imports: [String], exclude: [String] = []) -> Target {
  .testTarget(
    name: name, dependencies: imports.map { .byName(name: $0) }, exclude: exclude,
    swiftSettings: strict)
}

let package = Package(
  name: "machizu",
  targets: [
    system("CSQLite", pkgConfig: "sqlite3", package: "libsqlite3-dev"),
    system("CUTF8Proc", pkgConfig: "libutf8proc", package: "libutf8proc-dev"),
    system("CProj", pkgConfig: "proj", package: "libproj-dev"),

    library("Geometry"),
    library("JSON"),
    library("SpatialIndex", ["Geometry"]),
    library("Features", ["Geometry", "CUTF8Proc"]),
    library("Projection", ["Geometry", "CProj"]),
    library("SQLite", ["CSQLite"]),
    library("Snapshot", ["Features", "Geometry", "SpatialIndex"]),
    library("Workspace", ["JSON", "Features"]),
    library(
      "LayerStore",
      ["Features", "Geometry", "JSON", "Projection", "SQLite", "Snapshot", "Workspace"]),
    library("Formats", ["Features", "Geometry", "JSON"]),
    library(
      "Import", ["Features", "Formats", "Geometry", "LayerStore", "Projection", "Workspace"]),
    library("Query", ["Features", "Geometry", "JSON", "LayerStore", "Projection"]),
    library("Tiles", ["Geometry"]),
  ]
)
