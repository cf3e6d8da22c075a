internal import CInline

#if canImport(RasterV3)
  internal import RasterV3
#endif

/// Which build of the kernels draws.
///
/// The choice is made once, by what the processor has. Both builds give the same pixels.
package enum ProcessorLevel: Sendable, CaseIterable {
  /// Every processor of the architecture.
  case baseline
  /// AVX2 and what came with it, from about 2013 on.
  case x86v3

  /// The best level that this program holds and this processor runs.
  package static let best: ProcessorLevel = isSupported(.x86v3) ? .x86v3 : .baseline

  package static func isSupported(_ level: ProcessorLevel) -> Bool {
    #if canImport(RasterV3)
      level == .baseline || ci_has_x86_64_v3()
    #else
      level == .baseline
    #endif
  }

  static let kernels = KernelTable(best)
}

/// The kernels of a level.
@safe struct KernelTable: Sendable {
  let fillColour: @Sendable (ci_fill) -> Void
  let fillPicture: @Sendable (ci_fill) -> Void
  let fillMask: @Sendable (ci_fill) -> Void
  let blendRow: @Sendable (UnsafeMutableRawPointer, UnsafeRawPointer, Int, UInt8) -> Void
  let blendMaskRow:
    @Sendable (UnsafeMutableRawPointer, UnsafePointer<UInt8>, Int, UInt32, UInt8) -> Void
  let spread: @Sendable (ci_spreading) -> Void
  let blendLabel: @Sendable (ci_label) -> Void

  init(_ level: ProcessorLevel) {
    #if canImport(RasterV3)
      if level == .x86v3 {
        unsafe fillColour = RasterV3.Kernels.fillColour
        unsafe fillPicture = RasterV3.Kernels.fillPicture
        unsafe fillMask = RasterV3.Kernels.fillMask
        unsafe blendRow = RasterV3.Kernels.blendRow
        unsafe blendMaskRow = RasterV3.Kernels.blendMaskRow
        unsafe spread = RasterV3.Kernels.spread
        unsafe blendLabel = RasterV3.Kernels.blendLabel
        return
      }
    #endif
    unsafe fillColour = Kernels.fillColour
    unsafe fillPicture = Kernels.fillPicture
    unsafe fillMask = Kernels.fillMask
    unsafe blendRow = Kernels.blendRow
    unsafe blendMaskRow = Kernels.blendMaskRow
    unsafe spread = Kernels.spread
    unsafe blendLabel = Kernels.blendLabel
  }
}
