internal import Geometry
internal import SQLite

/// The standard tables that make the store a GeoPackage 1.3, and its R-tree extension.
enum GeoPackage {
  static let applicationID = 0x4750_4B47
  static let userVersion = 10_300

  /// Creates the standard tables and our own in an empty database.
  static func create(in database: Database) throws(SQLiteError) {
    try createStandard(in: database)
    try database.execute(
      """
      CREATE TABLE machizu_store (name TEXT PRIMARY KEY, value TEXT NOT NULL);
      CREATE TABLE machizu_commits (
        id INTEGER PRIMARY KEY AUTOINCREMENT, time TEXT NOT NULL, author TEXT NOT NULL,
        cause TEXT NOT NULL);
      CREATE TABLE machizu_layers (
        layer TEXT PRIMARY KEY, revision INTEGER NOT NULL, epsg INTEGER NOT NULL);
      CREATE TABLE machizu_fields (
        layer TEXT NOT NULL, position INTEGER NOT NULL, name TEXT NOT NULL, type TEXT NOT NULL,
        PRIMARY KEY (layer, position));
      CREATE TABLE machizu_originals (
        layer TEXT NOT NULL, key TEXT NOT NULL, epsg INTEGER NOT NULL, wkb BLOB NOT NULL,
        PRIMARY KEY (layer, key)) WITHOUT ROWID;
      CREATE TABLE machizu_history (
        commit_id INTEGER NOT NULL, layer TEXT NOT NULL, key TEXT NOT NULL,
        operation TEXT NOT NULL, before TEXT, before_geom BLOB);
      CREATE INDEX machizu_history_key ON machizu_history (layer, key);
      \(LayerStore.attachmentTable)
      """)
  }

  /// Creates the tables of the standard in an empty database.
  static func createStandard(in database: Database) throws(SQLiteError) {
    try database.execute(
      """
      PRAGMA application_id = \(applicationID);
      PRAGMA user_version = \(userVersion);
      CREATE TABLE gpkg_spatial_ref_sys (
        srs_name TEXT NOT NULL, srs_id INTEGER PRIMARY KEY, organization TEXT NOT NULL,
        organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL, description TEXT);
      INSERT INTO gpkg_spatial_ref_sys VALUES
        ('Undefined Cartesian SRS', -1, 'NONE', -1, 'undefined', NULL),
        ('Undefined geographic SRS', 0, 'NONE', 0, 'undefined', NULL),
        ('WGS 84 geodetic', 4326, 'EPSG', 4326, 'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563,AUTHORITY["EPSG","7030"]],AUTHORITY["EPSG","6326"]],PRIMEM["Greenwich",0,AUTHORITY["EPSG","8901"]],UNIT["degree",0.0174532925199433,AUTHORITY["EPSG","9122"]],AUTHORITY["EPSG","4326"]]', NULL);
      CREATE TABLE gpkg_contents (
        table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL, identifier TEXT UNIQUE,
        description TEXT DEFAULT '',
        last_change DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')),
        min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE, srs_id INTEGER,
        CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id));
      CREATE TABLE gpkg_geometry_columns (
        table_name TEXT NOT NULL, column_name TEXT NOT NULL, geometry_type_name TEXT NOT NULL,
        srs_id INTEGER NOT NULL, z TINYINT NOT NULL, m TINYINT NOT NULL,
        CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name),
        CONSTRAINT uk_gc_table_name UNIQUE (table_name),
        CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name),
        CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys (srs_id));
      CREATE TABLE gpkg_extensions (
        table_name TEXT, column_name TEXT, extension_name TEXT NOT NULL, definition TEXT NOT NULL,
        scope TEXT NOT NULL,
        CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name));
      """)
  }

  /// The functions that the R-tree extension's triggers call; without them every write fails.
  static func defineFunctions(in database: Database) throws(SQLiteError) {
    func bounds(_ values: [SQLValue]) -> Box<Native>? {
      if case .blob(let bytes)? = values.first { GeoPackageBlob.bounds(bytes) } else { nil }
    }
    func number(_ value: Double?) -> SQLValue { value.map(SQLValue.real) ?? .null }
    try database.define("ST_IsEmpty", argumentCount: 1) { values in
      guard case .blob? = values.first else { return .null }
      return .integer(bounds(values) == nil ? 1 : 0)
    }
    try database.define("ST_MinX", argumentCount: 1) { number(bounds($0)?.minX) }
    try database.define("ST_MaxX", argumentCount: 1) { number(bounds($0)?.maxX) }
    try database.define("ST_MinY", argumentCount: 1) { number(bounds($0)?.minY) }
    try database.define("ST_MaxY", argumentCount: 1) { number(bounds($0)?.maxY) }
  }

  /// The reference system's row, with the definition that PROJ gives.
  static func addReferenceSystem(
    epsg: Int, definition: String, in database: Database
  ) throws(SQLiteError) {
    try database.run(
      "INSERT OR IGNORE INTO gpkg_spatial_ref_sys VALUES (?, ?, 'EPSG', ?, ?, NULL)",
      [
        .text("EPSG:\(epsg)"), .integer(Int64(epsg)), .integer(Int64(epsg)), .text(definition),
      ])
  }

  /// Source: OGC 12-128r19, annex F.3, "RTree Spatial Indexes".
  static func createIndex(table: String, in database: Database) throws(SQLiteError) {
    try createTree(table: table, in: database)
    try createTriggers(table: table, in: database)
  }

  /// The index without the triggers that keep it: whoever writes rows must write their boxes too.
  static func createTree(table: String, in database: Database) throws(SQLiteError) {
    let tree = Database.quoted("rtree_\(table)_geom")
    try database.execute(
      """
      CREATE VIRTUAL TABLE \(tree) USING rtree(id, minx, maxx, miny, maxy);
      INSERT OR IGNORE INTO gpkg_extensions VALUES ('\(table)', 'geom', 'gpkg_rtree_index',
        'http://www.geopackage.org/spec120/#extension_rtree', 'write-only');
      """)
  }

  static func createTriggers(table: String, in database: Database) throws(SQLiteError) {
    let name = Database.quoted(table)
    let tree = Database.quoted("rtree_\(table)_geom")
    func trigger(_ suffix: String) -> String { Database.quoted("rtree_\(table)_geom_\(suffix)") }
    let box = "NEW.fid, ST_MinX(NEW.geom), ST_MaxX(NEW.geom), ST_MinY(NEW.geom), ST_MaxY(NEW.geom)"
    try database.execute(
      """
      CREATE TRIGGER \(trigger("insert")) AFTER INSERT ON \(name)
        WHEN (NEW.geom NOT NULL AND NOT ST_IsEmpty(NEW.geom))
      BEGIN INSERT OR REPLACE INTO \(tree) VALUES (\(box)); END;
      CREATE TRIGGER \(trigger("update6")) AFTER UPDATE OF geom ON \(name)
        WHEN OLD.fid = NEW.fid AND (NEW.geom NOTNULL AND NOT ST_IsEmpty(NEW.geom))
          AND (OLD.geom NOTNULL AND NOT ST_IsEmpty(OLD.geom))
      BEGIN UPDATE \(tree) SET minx = ST_MinX(NEW.geom), maxx = ST_MaxX(NEW.geom),
        miny = ST_MinY(NEW.geom), maxy = ST_MaxY(NEW.geom) WHERE id = NEW.fid; END;
      CREATE TRIGGER \(trigger("update7")) AFTER UPDATE OF geom ON \(name)
        WHEN OLD.fid = NEW.fid AND (NEW.geom NOTNULL AND NOT ST_IsEmpty(NEW.geom))
          AND (OLD.geom ISNULL OR ST_IsEmpty(OLD.geom))
      BEGIN INSERT INTO \(tree) VALUES (\(box)); END;
      CREATE TRIGGER \(trigger("update2")) AFTER UPDATE OF geom ON \(name)
        WHEN OLD.fid = NEW.fid AND (NEW.geom ISNULL OR ST_IsEmpty(NEW.geom))
      BEGIN DELETE FROM \(tree) WHERE id = OLD.fid; END;
      CREATE TRIGGER \(trigger("update5")) AFTER UPDATE ON \(name)
        WHEN OLD.fid != NEW.fid AND (NEW.geom NOTNULL AND NOT ST_IsEmpty(NEW.geom))
      BEGIN DELETE FROM \(tree) WHERE id = OLD.fid;
        INSERT OR REPLACE INTO \(tree) VALUES (\(box)); END;
      CREATE TRIGGER \(trigger("update4")) AFTER UPDATE ON \(name)
        WHEN OLD.fid != NEW.fid AND (NEW.geom ISNULL OR ST_IsEmpty(NEW.geom))
      BEGIN DELETE FROM \(tree) WHERE id IN (OLD.fid, NEW.fid); END;
      CREATE TRIGGER \(trigger("delete")) AFTER DELETE ON \(name) WHEN OLD.geom NOT NULL
      BEGIN DELETE FROM \(tree) WHERE id = OLD.fid; END;
      """)
  }
}
