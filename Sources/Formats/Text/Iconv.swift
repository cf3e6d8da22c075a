internal import Glibc

/// One open conversion of the C library. Not for use from two threads at once.
@safe
final class Iconv {
  enum Stop {
    case done
    /// The input ends inside a character that begins at this offset.
    case incomplete(Int)
    /// No character of the source, or none of the target, begins at this offset.
    case invalid(Int)
  }

  private let descriptor: iconv_t

  /// Nil when the C library lacks the conversion.
  init?(from source: String, to target: String) {
    let opened = unsafe iconv_open(target, source)
    // iconv_open reports failure as (iconv_t)-1.
    guard Int(bitPattern: opened) != -1, let opened = unsafe opened else { return nil }
    unsafe descriptor = opened
  }

  deinit { unsafe iconv_close(descriptor) }

  /// Forgets any shift state.
  func reset() {
    unsafe _ = iconv(descriptor, nil, nil, nil, nil)
  }

  /// Converts from `start` as far as possible and appends to `output`.
  func convert(_ input: Span<UInt8>, from start: Int, into output: inout [UInt8]) -> Stop {
    guard start < input.count else { return .done }
    var offset = start
    while true {
      let capacity = max(256, (input.count - offset) &* 3)
      var failure: CInt = 0
      let produced = unsafe [UInt8](unsafeUninitializedCapacity: capacity) { buffer, initialized in
        unsafe input.withUnsafeBufferPointer { source in
          // iconv's prototype lacks const; it does not write through this pointer.
          var from: UnsafeMutablePointer<CChar>? = unsafe UnsafeMutableRawPointer(
            mutating: source.baseAddress! + offset
          ).assumingMemoryBound(to: CChar.self)
          var fromLeft = source.count - offset
          var to: UnsafeMutablePointer<CChar>? = unsafe UnsafeMutableRawPointer(
            buffer.baseAddress!
          ).assumingMemoryBound(to: CChar.self)
          var toLeft = capacity
          let result = unsafe iconv(descriptor, &from, &fromLeft, &to, &toLeft)
          failure = result == -1 ? errno : 0
          offset = source.count - fromLeft
          initialized = capacity - toLeft
        }
      }
      output += produced
      switch failure {
      case 0: return .done
      case E2BIG: continue
      case EINVAL: return .incomplete(offset)
      default: return .invalid(offset)
      }
    }
  }
}
