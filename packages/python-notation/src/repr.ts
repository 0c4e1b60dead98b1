import { PythonFloat } from './python-float.ts'

/** Deeper values are shown as `...`, so that a hostile value cannot overflow the stack. */
const maxDepth = 500

/**
 * Python's `repr()` of a JSON-like value: `None`, `True`, single quotes, Python's number forms. Objects and `Map`s are
 * dicts, arrays are lists, `Set`s are sets, `Uint8Array`s are bytes. Whole numbers print as `int`; see `PythonFloat`.
 */
export function pyRepr(value: unknown): string {
  return reprAt(value, 0)
}

function reprAt(value: unknown, depth: number): string {
  switch (typeof value) {
    case 'string':
      return reprString(value)
    case 'number':
      return reprNumber(value)
    case 'boolean':
      return value ? 'True' : 'False'
    case 'bigint':
      return value.toString()
    case 'object':
      return value === null ? 'None' : reprObject(value, depth)
    case 'undefined':
      return 'None'
    case 'function':
    case 'symbol':
      return `<${typeof value}>`
  }
}

function reprObject(value: object, depth: number): string {
  if (value instanceof PythonFloat) return reprFloat(value.value)
  if (value instanceof Uint8Array) return reprBytes(value)
  if (depth >= maxDepth) return '...'
  if (Array.isArray(value)) return `[${value.map((item) => reprAt(item, depth + 1)).join(', ')}]`
  if (value instanceof Set) {
    if (value.size === 0) return 'set()'
    return `{${Array.from(value, (item) => reprAt(item, depth + 1)).join(', ')}}`
  }
  const entries = value instanceof Map ? Array.from(value) : Object.entries(value)
  return `{${entries.map(([key, item]) => `${reprAt(key, depth + 1)}: ${reprAt(item, depth + 1)}`).join(', ')}}`
}

function reprNumber(value: number): string {
  if (!Number.isInteger(value)) return reprFloat(value)
  if (Object.is(value, -0)) return '0'
  return Math.abs(value) < 1e21 ? String(value) : BigInt(value).toString()
}

/** CPython prints the shortest digits and takes the exponent form below 1e-4 and from 1e16. */
function reprFloat(value: number): string {
  if (Number.isNaN(value)) return 'nan'
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf'
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0'
  const [mantissa = '', power = '0'] = value.toExponential().split('e')
  const exponent = Number(power)
  if (exponent < -4 || exponent >= 16) {
    const sign = exponent < 0 ? '-' : '+'
    return `${mantissa}e${sign}${String(Math.abs(exponent)).padStart(2, '0')}`
  }
  const negative = mantissa.startsWith('-')
  const digits = mantissa.replace(/[-.]/g, '')
  const text = placePoint(digits, exponent)
  return negative ? `-${text}` : text
}

function placePoint(digits: string, exponent: number): string {
  if (exponent < 0) return `0.${'0'.repeat(-exponent - 1)}${digits}`
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, '0')
  const fraction = digits.slice(exponent + 1)
  return `${whole}.${fraction === '' ? '0' : fraction}`
}

const plainText = /^[\x20-\x26\x28-\x5b\x5d-\x7e]*$/
/** Python's `str.isprintable`: no "other" and no separator but the space. */
const unprintable = /[\p{C}\p{Z}]/u
const shortEscapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' }

function reprString(text: string): string {
  if (plainText.test(text)) return `'${text}'`
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'"
  let body = ''
  for (const character of text) body += escapeCharacter(character, quote)
  return quote + body + quote
}

function escapeCharacter(character: string, quote: string): string {
  if (character === quote) return `\\${character}`
  const short = shortEscapes[character]
  if (short !== undefined) return short
  if (character === ' ' || !unprintable.test(character)) return character
  const code = character.codePointAt(0) ?? 0
  if (code < 0x100) return `\\x${code.toString(16).padStart(2, '0')}`
  if (code < 0x10000) return `\\u${code.toString(16).padStart(4, '0')}`
  return `\\U${code.toString(16).padStart(8, '0')}`
}

function reprBytes(bytes: Uint8Array): string {
  const quote = bytes.includes(0x27) && !bytes.includes(0x22) ? '"' : "'"
  let body = ''
  for (const byte of bytes) {
    const character = String.fromCharCode(byte)
    const printable = byte >= 0x20 && byte < 0x7f
    if (character === quote || character === '\\') body += `\\${character}`
    else if (printable) body += character
    else body += shortEscapes[character] ?? `\\x${byte.toString(16).padStart(2, '0')}`
  }
  return `b${quote}${body}${quote}`
}
