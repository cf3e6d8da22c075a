/// `text` with full-width digits and Latin letters in half width, as labels show them whatever the
/// ledger holds.
///
/// The signs － ． ， ／ ： become half width only between two digits, where they belong to the number;
/// elsewhere they are Japanese punctuation and stay.
public func halfWidthDigits(_ text: String) -> String {
  // All of these characters begin with this byte.
  guard text.utf8.contains(0xEF) else { return text }
  let scalars = Array(text.unicodeScalars)
  guard scalars.contains(where: { (0xFF01...0xFF5E).contains($0.value) }) else { return text }
  var result = String.UnicodeScalarView()
  for (index, scalar) in scalars.enumerated() {
    let narrow = Unicode.Scalar(scalar.value &- 0xFEE0)
    switch scalar {
    case "０"..."９", "Ａ"..."Ｚ", "ａ"..."ｚ":
      result.append(narrow ?? scalar)
    case "－", "．", "，", "／", "：":
      let isInside =
        index > 0 && isDigit(scalars[index - 1]) && index + 1 < scalars.count
        && isDigit(scalars[index + 1])
      result.append(isInside ? narrow ?? scalar : scalar)
    default:
      result.append(scalar)
    }
  }
  return String(result)
}

/// Whether `scalar` is a digit in half or full width.
func isDigit(_ scalar: Unicode.Scalar) -> Bool {
  ("0"..."9").contains(scalar) || ("０"..."９").contains(scalar)
}
