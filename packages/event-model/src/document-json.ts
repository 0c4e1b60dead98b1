import type { DecodeOptions } from './document-decoder.ts'
import { toNamedDocument } from './document-decoder.ts'
import type { NamedDocument } from './documents.ts'
import { EventModelError } from './error.ts'
import { Complex, isNumericArray, NdArray } from './nd-array.ts'

/** `{"name":…,"doc":…}` on one line. Arrays become lists, bytes base64, bigint plain digits; NaN and infinities, which
 * JSON does not have, null. */
export function documentToJson(named: NamedDocument): string {
  return `{"name":"${named[0]}","doc":${toJsonText(named[1])}}`
}

/** JSON text of a document or a part of one; rules as documentToJson. */
export function toJsonText(value: unknown): string {
  return JSON.stringify(isPlainJson(value) ? value : toPlainJson(value)) ?? 'null'
}

/** Reads `{"name","doc"}` or `["name", doc]`. Python's NaN, Infinity and integers beyond 2^53 (bigint) are understood.
 * Throws EVENT_MODEL_MALFORMED, EVENT_MODEL_UNKNOWN_NAME, EVENT_MODEL_INVALID. */
export function documentFromJson(text: string, options: DecodeOptions = {}): NamedDocument {
  const value = parseJson(text)
  if (typeof value === 'object' && value !== null && 'name' in value && 'doc' in value) {
    return toNamedDocument([value.name, value.doc], options)
  }
  return toNamedDocument(value, options)
}

function isPlainJson(value: unknown): boolean {
  if (typeof value === 'bigint') return false
  if (typeof value !== 'object' || value === null) return true
  if (Array.isArray(value)) return value.every(isPlainJson)
  if (ArrayBuffer.isView(value) || value instanceof NdArray || value instanceof Complex) return false
  for (const key in value) {
    if (!isPlainJson((value as Readonly<Record<string, unknown>>)[key])) return false
  }
  return true
}

/* JSON.rawJSON is in Node 24 and not yet in the compiler's library. */
const rawJson = (JSON as unknown as { rawJSON: (text: string) => object }).rawJSON

function toPlainJson(value: unknown): unknown {
  if (typeof value === 'bigint') return rawJson(String(value))
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(toPlainJson)
  if (Buffer.isBuffer(value)) return value.toString('base64')
  if (isNumericArray(value)) return Array.from(value as Iterable<unknown>, toPlainJson)
  if (value instanceof NdArray) return toPlainJson(value.toLists())
  if ('toJSON' in value && typeof value.toJSON === 'function') return value.toJSON()
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toPlainJson(item)]))
}

/** JSON with Python's habits: NaN and Infinity, integers beyond 2^53 as bigint. Throws EVENT_MODEL_MALFORMED. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text, /\d{16}/.test(text) ? keepIntegers : undefined)
  } catch (cause) {
    const parsed = parsePythonJson(text)
    if (parsed.ok) return parsed.value
    throw new EventModelError({
      code: 'EVENT_MODEL_MALFORMED',
      message: `not JSON: ${cause instanceof Error ? cause.message : String(cause)}`,
      fault: 'peer',
      remedy: 'Send one JSON object per document.',
      cause,
    })
  }
}

function keepIntegers(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value
  const source = context?.source ?? ''
  return /^-?\d+$/.test(source) ? BigInt(source) : value
}

const marker = '\u0000float:'

function parsePythonJson(
  text: string,
): { readonly ok: true; readonly value: unknown } | { readonly ok: false } {
  if (!/NaN|Infinity/.test(text)) return { ok: false }
  const marked = text.replace(/"(?:[^"\\]|\\.)*"|NaN|-?Infinity/g, (token) =>
    token.startsWith('"') ? token : JSON.stringify(marker + token),
  )
  try {
    const value: unknown = JSON.parse(marked, (key, item: unknown, ...rest: { source?: string }[]) =>
      typeof item === 'string' && item.startsWith(marker)
        ? Number(item.slice(marker.length))
        : keepIntegers(key, item, rest[0]),
    )
    return { ok: true, value }
  } catch (error) {
    if (error instanceof SyntaxError) return { ok: false }
    throw error
  }
}
