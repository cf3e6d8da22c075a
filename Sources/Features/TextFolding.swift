internal import CUTF8Proc
public enum TextFolding { public static func fold(_ text: String) -> String { text.lowercased() } }
