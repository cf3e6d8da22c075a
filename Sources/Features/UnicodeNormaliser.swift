internal import CUTF8Proc
internal import Glibc

/// The one place that calls libutf8proc.
enum UnicodeNormaliser {
  enum Form {
    /// NFKC with full case folding, without invisible characters and variation selectors.
    case compatibleFolded
    /// NFC with full case folding.
    case caseFolded
    /// NFD.
    case decomposed
    /// NFC.
    case composed

    fileprivate var options: UInt32 {
      let stable = UTF8PROC_STABLE.rawValue
      let compose = UTF8PROC_COMPOSE.rawValue
      let fold = UTF8PROC_CASEFOLD.rawValue
      switch self {
      case .compatibleFolded:
        let compatible = UTF8PROC_COMPAT.rawValue
        let ignore = UTF8PROC_IGNORE.rawValue
        return stable | compose | fold | compatible | ignore
      case .caseFolded: return stable | compose | fold
      case .decomposed:
        let decompose = UTF8PROC_DECOMPOSE.rawValue
        return stable | decompose
      case .composed: return stable | compose
      }
    }
  }

  /// The text in the form; the text itself where memory does not suffice.
  static func normalised(_ text: String, _ form: Form) -> String {
    var source = text
    return source.withUTF8 { bytes in
      var result: UnsafeMutablePointer<UInt8>?
      let count = unsafe utf8proc_map(
        bytes.baseAddress, bytes.count, &result, utf8proc_option_t(form.options))
      guard count >= 0, let start = unsafe result else { return text }
      defer { unsafe free(start) }
      return unsafe String(
        decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    }
  }
}
