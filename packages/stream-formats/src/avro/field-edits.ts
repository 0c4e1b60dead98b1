import { malformed } from '../error.ts'
import { DatumWalker, encodeLong, type FieldPlace, fieldTree, readBigLong } from './avro-walk.ts'
import type { AvroSchema } from './avro-schema.ts'

/** Value of a field that can be read and replaced in a datum without decoding the rest. */
export type FieldValue = number | bigint | string

/** Reads and replaces single fields of datums of one schema. */
export interface FieldEditor {
  /** Calls `onValue` for each value that stands at one of the paths (nulls are left out), in the order of the datum. */
  read(bytes: Uint8Array, onValue: (path: number, value: FieldValue) => void): void
  /**
   * A copy of the datum with values replaced; what `change` leaves as it is stays byte for byte. A double costs no
   * more than a copy, since its place keeps its size. The datum begins at `from` (default 0); what is before it stays.
   * Throws STREAM_MESSAGE_MALFORMED.
   */
  rewrite(
    bytes: Uint8Array,
    change: (path: number, value: FieldValue) => FieldValue,
    from?: number,
  ): Uint8Array
}

/** `paths` name fields as in `diaSource.midpointMjdTai` and `prvDiaSources[].midpointMjdTai`. */
export function fieldEditor(schema: AvroSchema, paths: readonly string[]): FieldEditor {
  const tree = fieldTree(paths)
  const placesOf = (
    bytes: Uint8Array,
    from: number,
  ): { readonly path: number; readonly place: FieldPlace }[] => {
    const found: { path: number; place: FieldPlace }[] = []
    const walker = new DatumWalker(bytes, from, (path, place) => found.push({ path, place }))
    walker.walk(schema.root, tree)
    if (walker.position !== bytes.length)
      throw malformed(`${bytes.length - walker.position} bytes follow the datum`)
    return found
  }
  return {
    read(bytes, onValue) {
      const view = viewOf(bytes)
      for (const { path, place } of placesOf(bytes, 0)) {
        const value = valueAt(view, place)
        if (value !== null) onValue(path, value)
      }
    },
    rewrite(bytes, change, from = 0) {
      const view = viewOf(bytes)
      const edits: { readonly place: FieldPlace; readonly content: Uint8Array }[] = []
      for (const { path, place } of placesOf(bytes, from)) {
        const value = valueAt(view, place)
        if (value === null) continue
        const changed = change(path, value)
        if (changed !== value) edits.push({ place, content: encoded(place, changed) })
      }
      return spliced(bytes, edits)
    },
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

function bytesOf({ buffer, byteOffset, byteLength }: DataView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength)
}

function valueAt(view: DataView, { start, end, node }: FieldPlace): FieldValue | null {
  // oxlint-disable-next-line typescript/switch-exhaustiveness-check -- the other kinds are no single values
  switch (node.kind) {
    case 'int':
    case 'long': {
      const value = readBigLong(bytesOf(view), start)
      return Number.isSafeInteger(Number(value)) ? Number(value) : value
    }
    case 'float':
      return view.getFloat32(start, true)
    case 'double':
      return view.getFloat64(start, true)
    case 'string': {
      const text = bytesOf(view).subarray(start, end)
      let at = 0
      while ((text[at] ?? 0) >= 0x80) at++
      return new TextDecoder().decode(text.subarray(at + 1))
    }
    default:
      return null // what has no single value
  }
}

function encoded({ node }: FieldPlace, value: FieldValue): Uint8Array {
  if (node.kind === 'string') {
    const text = Buffer.from(String(value))
    return Buffer.concat([encodeLong(BigInt(text.length)), text])
  }
  if (node.kind === 'int' || node.kind === 'long')
    return encodeLong(typeof value === 'bigint' ? value : BigInt(Math.round(Number(value))))
  const bytes = new Uint8Array(node.kind === 'float' ? 4 : 8)
  if (node.kind === 'float') viewOf(bytes).setFloat32(0, Number(value), true)
  else viewOf(bytes).setFloat64(0, Number(value), true)
  return bytes
}

function spliced(
  bytes: Uint8Array,
  edits: readonly { readonly place: FieldPlace; readonly content: Uint8Array }[],
): Uint8Array {
  if (edits.length === 0) return bytes
  const growth = edits.reduce(
    (sum, { place, content }) => sum + content.length - (place.end - place.start),
    0,
  )
  const isInPlace = edits.every(({ place, content }) => content.length === place.end - place.start)
  const result = Buffer.allocUnsafeSlow(bytes.length + growth)
  if (isInPlace) {
    result.set(bytes)
    for (const { place, content } of edits) result.set(content, place.start)
    return result
  }
  let from = 0
  let to = 0
  for (const { place, content } of edits) {
    result.set(bytes.subarray(from, place.start), to)
    to += place.start - from
    result.set(content, to)
    to += content.length
    from = place.end
  }
  result.set(bytes.subarray(from), to)
  return result
}
