internal import Features
internal import Formats
internal import Import
internal import LayerStore
internal import Lettering
internal import PNG
internal import Query
internal import Rendering
internal import Serving
internal import Styling
internal import Tiles
internal import Workspace

/// What ends a command early, with the exit status that the contract gives it.
enum CommandError: Error {
  /// 1: the work failed or was done in part.
  case failed(String)
  /// 2: wrong usage, or an unknown layer or style.
  case usage(String)
  /// 3: unreadable or refused input.
  case refused(String)

  var status: Int32 {
    switch self {
    case .failed: 1
    case .usage: 2
    case .refused: 3
    }
  }

  var message: String {
    switch self {
    case .failed(let message), .usage(let message), .refused(let message): message
    }
  }

  /// Every error of the modules below, by what it means for the caller.
  init(_ error: any Error, language: Language = .english) {
    let english = Self(english: error, language: language)
    guard language == .japanese, let text = JapaneseErrors.text(of: error) else {
      self = english
      return
    }
    self =
      switch english {
      case .failed: .failed(text)
      case .usage: .usage(text)
      case .refused: .refused(text)
      }
  }

  /// - Parameter language: of errors that tell themselves in both.
  private init(english error: any Error, language: Language) {
    switch error {
    case let error as CommandError: self = error
    case let error as BilingualError:
      let text = error.title.text(in: language)
      self = error.isRefusedInput ? .refused(text) : .failed(text)
    case let error as WorkspaceError: self = .refused(error.text(in: language))
    case let error as StyleError: self = .refused(error.description)
    case let error as FormatError: self = .refused(error.text(in: language))
    case let error as ImportError:
      let message = error.text(in: language)
      self = error.isRefusedInput ? .refused(message) : .failed(message)
    case let error as QueryError:
      switch error {
      case .unreadable, .damaged: self = .failed(error.description)
      default: self = .usage(error.description)
      }
    case let error as ExportError:
      switch error {
      case .format(let error): self = .failed(error.description)
      case .store(let error): self = CommandError(error)
      case .query(let error): self = CommandError(error)
      case .encoding: self = .usage(error.description)
      case .changed, .unreadable: self = .failed(error.description)
      }
    case let error as StoreError:
      switch error {
      case .unknownLayer, .unknownKey: self = .usage(error.description)
      case .unreadableDeclaration, .notAStore: self = .refused(error.description)
      default: self = .failed(error.description)
      }
    case let error as RenderError:
      if case .unknownLayer = error {
        self = .usage(error.description)
      } else {
        self = .failed(error.description)
      }
    case let error as LetteringError: self = .failed(error.description)
    case let error as PNGError: self = .failed(error.description)
    case let error as ServingError:
      switch error {
      case .damagedArchive, .wrongAudience: self = .refused(error.description)
      default: self = .failed(error.description)
      }
    case let error as ArchiveError:
      self = error.isRefusedInput ? .refused(error.description) : .failed(error.description)
    default: self = .failed("\(error)")
    }
  }
}
