import { PythonFloat } from '@beamtime/python-notation'
import { itemJson } from './item-json.ts'
import { isPlainObject, type PlainObject } from './core/plain-object.ts'
import { scanJson, type JsonScan } from './json-scan.ts'

/** `JSON.parse` that keeps `1.0` apart from `1`, as Python peers do. */
export function parseJson(text: string): unknown {
  return parseScanned(text, scanJson(Buffer.from(text), Number.POSITIVE_INFINITY))
}

/** Looking at each number takes ten times as long as parsing. */
export function parseScanned(text: string, { wholeFloats }: JsonScan): unknown {
  return wholeFloats ? JSON.parse(text, markWholeFloats) : JSON.parse(text)
}

function markWholeFloats(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  if (typeof value !== 'number' || !Number.isInteger(value)) return value
  return /[.eE]/.test(context?.source ?? '') ? new PythonFloat(value) : value
}

/** Lists of this many items are assembled from the texts of the items. */
const largeList = 64

/** JSON of a reply. */
export function writeJson(body: PlainObject): string {
  const { items } = body
  if (!Array.isArray(items) || items.length < largeList || !items.every(isPlainObject))
    return JSON.stringify(body)
  const fields = Object.entries(body).flatMap(([key, value]) => {
    if (value === undefined) return []
    const text = key === 'items' ? `[${items.map(itemJson).join(',')}]` : JSON.stringify(value)
    return [`${JSON.stringify(key)}:${text}`]
  })
  return `{${fields.join(',')}}`
}
