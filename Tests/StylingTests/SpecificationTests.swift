import Testing

@testable import Styling

@Suite("The specification's own expression cases")
struct SpecificationTests {
  @Test(
    "pass where all their operators are supported, which at least 70 % are",
    .enabled(
      if: !SpecificationCase.all.isEmpty,
      "the cases are not there: ../shared/data/odd/maplibre-expressions"))
  func supportedCasesPass() {
    var supported = 0
    var passed = 0
    var unsupported: [String: Int] = [:]
    for specificationCase in SpecificationCase.all {
      let missing = specificationCase.unsupported
      guard missing.isEmpty else {
        for name in missing { unsupported[name, default: 0] += 1 }
        continue
      }
      supported += 1
      if let disagreement = specificationCase.disagreement() {
        Issue.record("\(specificationCase.name): \(disagreement)")
      } else {
        passed += 1
      }
    }
    let count = SpecificationCase.all.count
    print("expression cases: \(count), supported \(supported), passed \(passed)")
    for (name, cases) in unsupported.sorted(by: { $0.key < $1.key }) {
      print("  not supported: \(name) (\(cases) cases)")
    }
    #expect(Double(supported) >= 0.7 * Double(count))
  }
}
