export type PythonNotationErrorCode =
  | 'PYTHON_LITERAL_MALFORMED'
  | 'PYTHON_TYPE_MALFORMED'
  | 'PYTHON_NESTING_TOO_DEEP'

/** The only error that this package throws. `offset` is the index of the offending character in the text. */
export class PythonNotationError extends Error {
  override readonly name = 'PythonNotationError'
  readonly code: PythonNotationErrorCode
  readonly fault = 'caller'
  readonly canRetry = false
  readonly remedy: string
  readonly offset: number

  constructor(f: { code: PythonNotationErrorCode; message: string; remedy: string; offset: number }) {
    super(`${f.code}: ${f.message}`)
    this.code = f.code
    this.remedy = f.remedy
    this.offset = f.offset
  }
}
