/* One literal, as JSON or as Python writes it: numbers, strings in either quote, True/False/None and true/false/null,
 * lists, tuples (become lists), dicts and sets (become lists). Nothing is evaluated. */
export type ParsedLiteral =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly at: number }

class LiteralSyntax extends Error {
  readonly at: number
  constructor(at: number) {
    super(`not a literal at ${at}`)
    this.at = at
  }
}

interface Reader {
  readonly text: string
  at: number
  depth: number
}

/** Reads `text` whole. Nesting is limited to 100 levels, length to 1 MiB. */
export function parseLiteral(text: string): ParsedLiteral {
  const reader: Reader = { text, at: 0, depth: 0 }
  try {
    if (text.length > 1_048_576) throw new LiteralSyntax(0)
    const value = readValue(reader)
    skipSpace(reader)
    if (reader.at < text.length) throw new LiteralSyntax(reader.at)
    return { ok: true, value }
  } catch (error) {
    if (error instanceof LiteralSyntax) return { ok: false, at: error.at }
    throw error
  }
}

const words: Readonly<Record<string, unknown>> = {
  True: true,
  False: false,
  None: null,
  true: true,
  false: false,
  null: null,
}
const numberPattern = /[+-]?(?:\d[\d_]*\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)/y
const wordPattern = /[A-Za-z_]\w*/y

function skipSpace(reader: Reader): void {
  while (/\s/.test(reader.text[reader.at] ?? '')) reader.at += 1
}

function readValue(reader: Reader): unknown {
  skipSpace(reader)
  reader.depth += 1
  if (reader.depth > 100) throw new LiteralSyntax(reader.at)
  const value = readOne(reader, reader.text[reader.at] ?? '')
  reader.depth -= 1
  return value
}

function readOne(reader: Reader, char: string): unknown {
  if (char === '[') return readItems(reader, ']')
  if (char === '(') return readItems(reader, ')')
  if (char === '{') return readBraces(reader)
  if (char === '"' || char === "'") return readText(reader, char)
  const number = matched(reader, numberPattern)
  if (number !== undefined) return Number(number.replaceAll('_', ''))
  const from = reader.at
  const word = matched(reader, wordPattern)
  if (word === undefined || !Object.hasOwn(words, word)) throw new LiteralSyntax(from)
  return words[word]
}

function matched(reader: Reader, pattern: RegExp): string | undefined {
  pattern.lastIndex = reader.at
  const found = pattern.exec(reader.text)?.[0]
  if (found !== undefined) reader.at += found.length
  return found
}

/** After an element: true when the closing bracket was taken. */
function endOfElement(reader: Reader, close: string): boolean {
  skipSpace(reader)
  const char = reader.text[reader.at]
  reader.at += 1
  if (char === close) return true
  if (char !== ',') throw new LiteralSyntax(reader.at - 1)
  skipSpace(reader)
  if (reader.text[reader.at] !== close) return false
  reader.at += 1
  return true
}

function readItems(reader: Reader, close: string): unknown[] {
  reader.at += 1
  const items: unknown[] = []
  skipSpace(reader)
  if (reader.text[reader.at] === close) {
    reader.at += 1
    return items
  }
  do items.push(readValue(reader))
  while (!endOfElement(reader, close))
  return items
}

function readBraces(reader: Reader): unknown {
  const start = reader.at
  reader.at += 1
  skipSpace(reader)
  if (reader.text[reader.at] === '}') {
    reader.at += 1
    return {}
  }
  const first = readValue(reader)
  skipSpace(reader)
  if (reader.text[reader.at] !== ':') {
    reader.at = start
    return readItems(reader, '}')
  }
  const entries: [string, unknown][] = []
  let key = first
  for (;;) {
    if (typeof key !== 'string' && typeof key !== 'number') throw new LiteralSyntax(reader.at)
    if (reader.text[reader.at] !== ':') throw new LiteralSyntax(reader.at)
    reader.at += 1
    entries.push([String(key), readValue(reader)])
    if (endOfElement(reader, '}')) return Object.fromEntries(entries)
    key = readValue(reader)
    skipSpace(reader)
  }
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f', '0': '\0' }

function readText(reader: Reader, quote: string): string {
  reader.at += 1
  let out = ''
  for (;;) {
    const char = reader.text[reader.at]
    if (char === undefined || char === '\n') throw new LiteralSyntax(reader.at)
    reader.at += 1
    if (char === quote) return out
    out += char === '\\' ? readEscape(reader) : char
  }
}

function readEscape(reader: Reader): string {
  const char = reader.text[reader.at] ?? ''
  reader.at += 1
  const digits = char === 'u' ? 4 : char === 'x' ? 2 : 0
  if (digits === 0) return escapes[char] ?? char
  const hex = reader.text.slice(reader.at, reader.at + digits)
  if (!/^[0-9a-fA-F]+$/.test(hex) || hex.length !== digits) throw new LiteralSyntax(reader.at)
  reader.at += digits
  return String.fromCharCode(Number.parseInt(hex, 16))
}

/** How a value is shown for editing: JSON, short. */
export function literalText(value: unknown): string {
  return value === undefined ? '' : JSON.stringify(value)
}
