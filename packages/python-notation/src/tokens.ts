import type { PythonNotationErrorCode } from './error.ts'
import { malformed } from './malformed.ts'
import { PythonFloat } from './python-float.ts'
import { readStringToken } from './string-token.ts'

export type Token =
  | { readonly kind: 'name'; readonly text: string; readonly offset: number }
  | { readonly kind: 'number'; readonly value: number | bigint | PythonFloat; readonly offset: number }
  | { readonly kind: 'string'; readonly value: string; readonly offset: number }
  | { readonly kind: 'bytes'; readonly value: Uint8Array; readonly offset: number }
  | { readonly kind: 'mark'; readonly text: string; readonly offset: number }
  | { readonly kind: 'end'; readonly text: ''; readonly offset: number }

const blanks = /[ \t\r\n\f]*(?:#[^\n]*[ \t\r\n\f]*)*/y
const stringStart = /[bBuUrR]{0,2}['"]/y
const nameText = /[\p{L}_][\p{L}\p{N}_]*/uy
const numberText =
  /0[xX](?:_?[0-9a-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+|(?:\d(?:_?\d)*\.?(?:\d(?:_?\d)*)?|\.\d(?:_?\d)*)(?:[eE][+-]?\d(?:_?\d)*)?/y
const markText = /\.\.\.|[[\](){},:|+\-.]/y

/** Splits Python source of a literal or a type expression. Throws PythonNotationError with the given code. */
export function tokenize(text: string, code: PythonNotationErrorCode): Token[] {
  const tokens: Token[] = []
  let offset = skip(blanks, text, 0)
  while (offset < text.length) {
    const read = readToken(text, offset, code)
    tokens.push(read.token)
    offset = skip(blanks, text, read.next)
  }
  tokens.push({ kind: 'end', text: '', offset: text.length })
  return tokens
}

function readToken(
  text: string,
  offset: number,
  code: PythonNotationErrorCode,
): { token: Token; next: number } {
  const prefix = match(stringStart, text, offset)
  if (prefix !== undefined) {
    const read = readStringToken(text, { offset, prefix, code })
    const token: Token =
      typeof read.value === 'string'
        ? { kind: 'string', value: read.value, offset }
        : { kind: 'bytes', value: read.value, offset }
    return { token, next: read.next }
  }
  const name = match(nameText, text, offset)
  if (name !== undefined) return { token: { kind: 'name', text: name, offset }, next: offset + name.length }
  const digits = match(numberText, text, offset)
  if (digits !== undefined) {
    const next = offset + digits.length
    if (match(nameText, text, next) !== undefined) throw malformed('invalid decimal literal', offset, code)
    return { token: { kind: 'number', value: numberValue(digits, offset, code), offset }, next }
  }
  const mark = match(markText, text, offset)
  if (mark === undefined)
    throw malformed(`unexpected character ${JSON.stringify(text[offset])}`, offset, code)
  return { token: { kind: 'mark', text: mark, offset }, next: offset + mark.length }
}

function numberValue(
  written: string,
  offset: number,
  code: PythonNotationErrorCode,
): number | bigint | PythonFloat {
  const digits = written.replaceAll('_', '')
  const prefixed = /^0[xob]/i.test(digits)
  if (!prefixed && /[.eE]/.test(digits)) {
    const value = Number(digits)
    return Number.isInteger(value) ? new PythonFloat(value) : value
  }
  if (/^0\d*[1-9]/.test(digits)) {
    throw malformed('leading zeros in decimal integer literals are not permitted', offset, code)
  }
  // CPython refuses longer decimal integers as well (sys.int_info.default_max_str_digits).
  if (digits.length > 4300) throw malformed('integer with more than 4300 digits', offset, code)
  const value = Number(digits)
  return Number.isSafeInteger(value) ? value : BigInt(digits)
}

function skip(pattern: RegExp, text: string, offset: number): number {
  return offset + (match(pattern, text, offset)?.length ?? 0)
}

function match(pattern: RegExp, text: string, offset: number): string | undefined {
  pattern.lastIndex = offset
  return pattern.exec(text)?.[0]
}
