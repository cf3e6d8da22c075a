internal import CGDAL
internal import Glibc

/// The library's state: set up once, silent, without network and without writing beside a source.
enum GDALLibrary {
  /// Sets the library up; later calls cost nothing.
  static func prepare() { _ = prepared }

  private static let prepared: Void = {
    unsafe CPLSetErrorHandler(CPLQuietErrorHandler)
    for (name, value) in settings { unsafe CPLSetConfigOption(name, value) }
    GDALAllRegister()
  }()

  private static let settings = [
    ("GDAL_NUM_THREADS", "1"),
    // No plugins from elsewhere, no look at neighbouring files that were not asked for.
    ("GDAL_DRIVER_PATH", "disable"),
    ("GDAL_DISABLE_READDIR_ON_OPEN", "NO"),
    ("CPL_VSIL_CURL_ALLOWED_EXTENSIONS", "{none}"),
    ("GDAL_PAM_ENABLED", "NO"),
    ("SHAPE_ENCODING", ""),
    ("SHAPE_RESTORE_SHX", "NO"),
    ("CPL_ZIP_ENCODING", "CP932"),
    ("GML_DOWNLOAD_SCHEMA", "NO"),
    ("GML_GFS_TEMPLATE", ""),
    ("OGR_GML_NULL_FIELDS", "NO"),
    ("OGR_SQLITE_LOAD_EXTENSIONS", ""),
    ("SQLITE_LIST_ALL_TABLES", "NO"),
    // DXF text is handed over as it stands and decoded by our own rules.
    ("DXF_ENCODING", "UTF-8"),
    ("OGR_ORGANIZE_POLYGONS", "DEFAULT"),
  ]

  /// Forgets earlier errors, so that `failure` speaks of what follows.
  static func clearErrors() { CPLErrorReset() }

  /// The last failure since `clearErrors`, as the library words it; nil when there was none.
  static var failure: String? {
    guard CPLGetLastErrorType().rawValue >= CE_Failure.rawValue else { return nil }
    return unsafe String(cString: CPLGetLastErrorMsg())
  }

  /// A list of strings in the library's form, for the duration of `body`.
  static func withList<R>(
    _ texts: [String],
    _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?) -> R
  ) -> R {
    var list: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
    for text in texts { unsafe list = CSLAddString(list, text) }
    defer { unsafe CSLDestroy(list) }
    return unsafe body(list)
  }

  /// The strings of a list, which is then freed.
  static func take(
    _ list: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
  ) -> [String] {
    defer { unsafe CSLDestroy(list) }
    var texts: [String] = []
    for index in 0..<(unsafe CSLCount(list)) {
      if let text = unsafe CSLGetField(list, index) { texts.append(unsafe String(cString: text)) }
    }
    return texts
  }
}

/// A file of the library's virtual file system: a plain path, or one inside an archive.
@safe
final class VirtualFile {
  private let handle: UnsafeMutablePointer<VSILFILE>
  let byteCount: Int

  /// Nil when the file cannot be opened.
  init?(path: String) {
    GDALLibrary.prepare()
    guard let handle = unsafe VSIFOpenL(path, "rb") else { return nil }
    unsafe self.handle = unsafe handle
    guard unsafe VSIFSeekL(handle, 0, 2) == 0 else {
      unsafe VSIFCloseL(handle)
      return nil
    }
    byteCount = Int(clamping: unsafe VSIFTellL(handle))
  }

  deinit { unsafe VSIFCloseL(handle) }

  /// Up to `count` bytes from `offset`; fewer only at the end of the file.
  func read(at offset: Int, count: Int) -> [UInt8] {
    guard offset >= 0, offset < byteCount, count > 0 else { return [] }
    let count = min(count, byteCount - offset)
    guard unsafe VSIFSeekL(handle, UInt64(offset), 0) == 0 else { return [] }
    return unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      initialized = unsafe VSIFReadL(buffer.baseAddress, 1, count, handle)
    }
  }

  /// The names in a folder, in no order.
  static func names(in folder: String) -> [String] {
    GDALLibrary.prepare()
    return unsafe GDALLibrary.take(VSIReadDir(folder)).filter { $0 != "." && $0 != ".." }
  }

  /// The paths of all files under a folder or archive, relative to it.
  static func paths(under folder: String) -> [String] {
    GDALLibrary.prepare()
    return unsafe GDALLibrary.take(VSIReadDirRecursive(folder))
  }
}
