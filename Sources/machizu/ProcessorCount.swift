internal import Glibc

/// The processors that this program may use.
enum ProcessorCount {
  static var online: Int { max(sysconf(Int32(_SC_NPROCESSORS_ONLN)), 1) }
}
