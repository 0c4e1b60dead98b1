import { PythonFloat } from './python-float.ts'
import { pyRepr } from './repr.ts'
import { readTokens, type TokenReader } from './token-reader.ts'
import type { Token } from './tokens.ts'

export interface PyLiteralOptions {
  /** Whole floats (`1.0`) as plain numbers (default) or as `PythonFloat`, which keeps them apart from `1`. */
  readonly floats?: 'number' | 'marked'
}

/**
 * Reads a Python literal as `ast.literal_eval` does: numbers, strings, bytes, `None`, booleans, lists, tuples, dicts,
 * sets. Lists and tuples become arrays; a dict becomes an object if all keys are strings, else a `Map`; integers beyond
 * 2^53 become `bigint`. Throws PythonNotationError (PYTHON_LITERAL_MALFORMED, PYTHON_NESTING_TOO_DEEP). Complex
 * numbers and `\N{...}` are refused.
 */
export function parsePyLiteral(text: string, options: PyLiteralOptions = {}): unknown {
  const reader = readTokens(text, 'PYTHON_LITERAL_MALFORMED')
  const marked = options.floats === 'marked'
  const value = readTupleOrValue(reader, marked)
  if (reader.peek().kind !== 'end') throw reader.fail()
  return value
}

/** `1, 2` without parentheses is a tuple as well. */
function readTupleOrValue(reader: TokenReader, marked: boolean): unknown {
  const first = readValue(reader, marked)
  if (!reader.takes(',')) return first
  const items = [first]
  while (reader.peek().kind !== 'end') {
    items.push(readValue(reader, marked))
    if (!reader.takes(',')) break
  }
  return items
}

function readValue(reader: TokenReader, marked: boolean): unknown {
  const token = reader.next()
  switch (token.kind) {
    case 'number':
      return plainNumber(token.value, marked)
    case 'string':
      return joinStrings(token, reader)
    case 'bytes':
      return joinBytes(token, reader)
    case 'name':
      return readName(token, reader)
    case 'mark':
      return readMark(token.text, reader, marked)
    case 'end':
      throw reader.fail('unexpected end')
  }
}

function readName(token: Extract<Token, { kind: 'name' }>, reader: TokenReader): unknown {
  switch (token.text) {
    case 'None':
      return null
    case 'True':
      return true
    case 'False':
      return false
    case 'set':
      if (reader.takes('(') && reader.takes(')')) return new Set()
      break
    // What repr() prints for the two floats without a literal; annotations of real plans contain them.
    case 'inf':
      return Number.POSITIVE_INFINITY
    case 'nan':
      return Number.NaN
  }
  throw reader.fail(`'${token.text}' is not a literal`)
}

function readMark(mark: string, reader: TokenReader, marked: boolean): unknown {
  switch (mark) {
    case '[':
      return reader.deeper(() => readItems(reader, { close: ']', marked }).items)
    case '(':
      return reader.deeper(() => {
        const { items, commas } = readItems(reader, { close: ')', marked })
        return items.length === 1 && commas === 0 ? items[0] : items
      })
    case '{':
      return reader.deeper(() => readBraces(reader, marked))
    case '+':
    case '-':
      return reader.deeper(() => signed(mark, readValue(reader, marked), reader))
    default:
      throw reader.fail(`unexpected '${mark}'`)
  }
}

function readItems(
  reader: TokenReader,
  { close, marked }: { close: string; marked: boolean },
): { items: unknown[]; commas: number } {
  const items: unknown[] = []
  let commas = 0
  while (!reader.takes(close)) {
    items.push(readValue(reader, marked))
    if (reader.takes(',')) commas += 1
    else {
      reader.expect(close)
      break
    }
  }
  return { items, commas }
}

function readBraces(reader: TokenReader, marked: boolean): unknown {
  if (reader.takes('}')) return {}
  const first = readValue(reader, marked)
  if (!reader.takes(':')) {
    const rest = reader.takes(',') ? readItems(reader, { close: '}', marked }).items : closeBrace(reader)
    return new Set([first, ...rest])
  }
  const entries: [unknown, unknown][] = [[first, readValue(reader, marked)]]
  while (!reader.takes('}')) {
    reader.expect(',')
    if (reader.takes('}')) break
    const key = readValue(reader, marked)
    reader.expect(':')
    entries.push([key, readValue(reader, marked)])
  }
  return dictOf(entries, reader)
}

function closeBrace(reader: TokenReader): unknown[] {
  reader.expect('}')
  return []
}

function dictOf(entries: readonly [unknown, unknown][], reader: TokenReader): unknown {
  for (const [key] of entries) {
    if (typeof key === 'object' && key !== null && !(key instanceof PythonFloat) && !Array.isArray(key)) {
      throw reader.fail(`unhashable key ${pyRepr(key)}`)
    }
  }
  if (entries.every((entry): entry is [string, unknown] => typeof entry[0] === 'string')) {
    return Object.fromEntries(entries)
  }
  return new Map(entries)
}

function signed(sign: string, value: unknown, reader: TokenReader): unknown {
  if (typeof value === 'number') return sign === '-' ? (value === 0 ? 0 : -value) : value
  if (typeof value === 'bigint') return sign === '-' ? -value : value
  if (value instanceof PythonFloat) return sign === '-' ? new PythonFloat(-value.value) : value
  throw reader.fail(`'${sign}' needs a number`)
}

function plainNumber(value: number | bigint | PythonFloat, marked: boolean): unknown {
  return value instanceof PythonFloat && !marked ? value.value : value
}

function joinStrings(first: Extract<Token, { kind: 'string' }>, reader: TokenReader): string {
  let text = first.value
  for (let token = reader.peek(); token.kind === 'string'; token = reader.peek()) {
    text += token.value
    reader.next()
  }
  return text
}

function joinBytes(first: Extract<Token, { kind: 'bytes' }>, reader: TokenReader): Uint8Array {
  const parts = [first.value]
  for (let token = reader.peek(); token.kind === 'bytes'; token = reader.peek()) {
    parts.push(token.value)
    reader.next()
  }
  return Uint8Array.from(parts.flatMap((part) => Array.from(part)))
}
