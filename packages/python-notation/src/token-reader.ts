import { PythonNotationError, type PythonNotationErrorCode } from './error.ts'
import { malformed } from './malformed.ts'
import { tokenize, type Token } from './tokens.ts'

/** Brackets may nest this deep; CPython's own parser stops at 200. */
const maxDepth = 200

/** A cursor over tokens, shared by the two parsers of this package. */
export interface TokenReader {
  peek(): Token
  next(): Token
  /** Takes the mark if it is the next token. */
  takes(mark: string): boolean
  expect(mark: string): void
  fail(message?: string): PythonNotationError
  /** Runs `read` one bracket deeper. Throws PYTHON_NESTING_TOO_DEEP beyond 200. */
  deeper<T>(read: () => T): T
}

export function readTokens(text: string, code: PythonNotationErrorCode): TokenReader {
  const tokens = tokenize(text, code)
  const end: Token = { kind: 'end', text: '', offset: text.length }
  let index = 0
  let depth = 0
  const reader: TokenReader = {
    peek: () => tokens[index] ?? end,
    next() {
      const token = reader.peek()
      index += 1
      return token
    },
    takes(mark) {
      const token = reader.peek()
      const found = token.kind === 'mark' && token.text === mark
      if (found) index += 1
      return found
    },
    expect(mark) {
      if (!reader.takes(mark)) throw reader.fail(`expected '${mark}'`)
    },
    fail(message = 'invalid syntax') {
      return malformed(message, reader.peek().offset, code)
    },
    deeper(read) {
      depth += 1
      if (depth > maxDepth) {
        throw new PythonNotationError({
          code: 'PYTHON_NESTING_TOO_DEEP',
          message: `brackets nest more than ${maxDepth} deep`,
          remedy: 'Flatten the value.',
          offset: reader.peek().offset,
        })
      }
      const value = read()
      depth -= 1
      return value
    },
  }
  return reader
}
