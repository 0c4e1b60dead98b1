import type { PythonNotationErrorCode } from './error.ts'
import { malformed } from './malformed.ts'

interface StringStart {
  readonly offset: number
  /** Prefix letters with the first quote, as `rb'`. */
  readonly prefix: string
  readonly code: PythonNotationErrorCode
}

interface StringRead {
  readonly value: string | Uint8Array
  readonly next: number
}

const escapes: Readonly<Record<string, string>> = {
  '\n': '',
  '\\': '\\',
  "'": "'",
  '"': '"',
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
}

/** Reads one string or bytes literal of Python that starts at `offset`. */
export function readStringToken(text: string, start: StringStart): StringRead {
  const letters = start.prefix.slice(0, -1).toLowerCase()
  if (!['', 'b', 'u', 'r', 'br', 'rb'].includes(letters))
    throw fail(start, `unknown string prefix ${letters}`)
  const quote = start.prefix.slice(-1)
  const open = start.offset + letters.length
  const closing = text.startsWith(quote.repeat(3), open) ? quote.repeat(3) : quote
  const isBytes = letters.includes('b')
  let value = ''
  let offset = open + closing.length
  while (!text.startsWith(closing, offset)) {
    const character = text[offset]
    if (character === undefined || (character === '\n' && closing.length === 1)) {
      throw fail(start, 'unterminated string literal')
    }
    if (character !== '\\') {
      value += character
      offset += 1
      continue
    }
    const escape = letters.includes('r') ? rawEscape(text, offset) : readEscape(text, offset, start)
    value += escape.value
    offset += escape.length
  }
  const next = offset + closing.length
  return { value: isBytes ? toBytes(value, start) : value, next }
}

interface Escape {
  readonly value: string
  readonly length: number
}

function rawEscape(text: string, offset: number): Escape {
  const value = text.slice(offset, offset + 2)
  return { value, length: Math.max(1, value.length) }
}

function readEscape(text: string, offset: number, start: StringStart): Escape {
  const letter = text[offset + 1]
  if (letter === undefined) throw fail(start, 'unterminated string literal')
  const simple = escapes[letter]
  if (simple !== undefined && Object.hasOwn(escapes, letter)) return { value: simple, length: 2 }
  const octal = /^[0-7]{1,3}/.exec(text.slice(offset + 1, offset + 4))?.[0]
  if (octal !== undefined)
    return { value: String.fromCharCode(Number.parseInt(octal, 8)), length: 1 + octal.length }
  const isBytes = start.prefix.toLowerCase().includes('b')
  const width = letter === 'x' ? 2 : isBytes ? 0 : letter === 'u' ? 4 : letter === 'U' ? 8 : 0
  if (letter === 'N' && !isBytes) throw fail(start, 'named characters are not supported')
  if (width === 0) return { value: `\\${letter}`, length: 2 }
  const digits = text.slice(offset + 2, offset + 2 + width)
  const code = new RegExp(`^[0-9a-fA-F]{${width}}$`).test(digits) ? Number.parseInt(digits, 16) : Number.NaN
  if (!(code <= 0x10ffff)) throw fail(start, `truncated or illegal \\${letter} escape`)
  return { value: String.fromCodePoint(code), length: 2 + width }
}

function toBytes(value: string, start: StringStart): Uint8Array {
  const bytes = new Uint8Array(value.length)
  for (let index = 0; index < value.length; index += 1) {
    const code = value.charCodeAt(index)
    if (code > 0xff) throw fail(start, 'bytes can only contain ASCII literal characters')
    bytes[index] = code
  }
  return bytes
}

function fail(start: StringStart, message: string): Error {
  return malformed(message, start.offset, start.code)
}
