/* JSON texts that keep their numbers as they are written: 64-bit defaults must not lose digits.
 * Node 24 has JSON.rawJSON and the source text in revivers; TypeScript's library does not know them yet. */

interface SourceJson {
  parse(
    text: string,
    reviver: (key: string, value: unknown, context: { readonly source?: string }) => unknown,
  ): unknown
  rawJSON(text: string): unknown
}
const sourceJson = JSON as unknown as SourceJson

/** The text without white space, or as it is when it is no JSON. */
export function compactJson(text: string): string {
  const value = parsed(text)
  return value === undefined ? text : JSON.stringify(value)
}

/** The order in which Java's Avro prints attributes, so that the order in which a client wrote them makes no difference. */
const attributeOrder = [
  'type',
  'name',
  'namespace',
  'doc',
  'fields',
  'symbols',
  'items',
  'values',
  'size',
  'default',
  'order',
  'aliases',
]

/** Equal for schemas that differ in white space and order of attributes only. */
export function identityOf(text: string): string {
  const value = parsed(text)
  return value === undefined ? text.trim() : JSON.stringify(ordered(value))
}

function parsed(text: string): unknown {
  try {
    return sourceJson.parse(text, (_key, value, { source }) =>
      typeof value === 'number' && source !== undefined ? sourceJson.rawJSON(source) : value,
    )
  } catch {
    return undefined
  }
}

function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered)
  if (typeof value !== 'object' || value === null) return value
  if ('rawJSON' in value) return value
  const entries = Object.entries(value).toSorted(([a], [b]) => rankOf(a) - rankOf(b) || (a < b ? -1 : 1))
  // {"type": "string"} and "string" are one.
  if (entries.length === 1 && entries[0]?.[0] === 'type' && typeof entries[0][1] === 'string')
    return entries[0][1]
  return Object.fromEntries(entries.map(([key, inner]) => [key, ordered(inner)]))
}

function rankOf(attribute: string): number {
  const rank = attributeOrder.indexOf(attribute)
  return rank < 0 ? attributeOrder.length : rank
}
