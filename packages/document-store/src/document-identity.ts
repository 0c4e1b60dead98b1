import { decodeDocument, NdArray, type NamedDocument } from '@beamtime/event-model'

/** What makes a document the same one when it comes again: its kind and uid; for pages all their uids. */
export function identityOf(named: NamedDocument): string {
  switch (named[0]) {
    case 'datum':
      return `datum ${named[1].datum_id}`
    case 'datum_page':
      return `datum_page ${named[1].datum_id.join(' ')}`
    case 'bulk_datum':
      return `bulk_datum ${named[1].datum_ids.join(' ')}`
    case 'event_page':
      return `event_page ${named[1].uid.join(' ')}`
    case 'bulk_events':
      return `bulk_events ${Object.values(named[1])
        .flat()
        .map((event) => event.uid)
        .join(' ')}`
    case 'start':
    case 'stop':
    case 'descriptor':
    case 'event':
    case 'resource':
    case 'stream_resource':
    case 'stream_datum':
      return `${named[0]} ${named[1].uid}`
  }
}

/** 53-bit hash of a text (cyrb53). Fits an SQLite integer and a JavaScript number. */
export function hash53(text: string): number {
  let a = 0xdeadbeef
  let b = 0x41c6ce57
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    a = Math.imul(a ^ code, 2_654_435_761)
    b = Math.imul(b ^ code, 1_597_334_677)
  }
  a = Math.imul(a ^ (a >>> 16), 2_246_822_507) ^ Math.imul(b ^ (b >>> 13), 3_266_489_909)
  b = Math.imul(b ^ (b >>> 16), 2_246_822_507) ^ Math.imul(a ^ (a >>> 13), 3_266_489_909)
  return 4_294_967_296 * (2_097_151 & b) + (a >>> 0)
}

/** True when two encoded documents say the same, whatever the order of keys and the width of numbers. */
export function sameContent(a: Uint8Array, b: Uint8Array): boolean {
  if (Buffer.compare(a, b) === 0) return true
  const [nameA, docA] = decodeDocument(a, { validate: false })
  const [nameB, docB] = decodeDocument(b, { validate: false })
  return nameA === nameB && sameValue(docA, docB)
}

function sameValue(a: unknown, b: unknown): boolean {
  if (Object.is(a, b) || a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  const listA = asList(a)
  const listB = asList(b)
  if (listA || listB) {
    return (
      listA !== null &&
      listB !== null &&
      listA.length === listB.length &&
      listA.every((item, i) => sameValue(item, listB[i]))
    )
  }
  const recordA = a as Readonly<Record<string, unknown>>
  const recordB = b as Readonly<Record<string, unknown>>
  const keys = Object.keys(recordA)
  return (
    keys.length === Object.keys(recordB).length &&
    keys.every((key) => Object.hasOwn(recordB, key) && sameValue(recordA[key], recordB[key]))
  )
}

function asList(value: object): readonly unknown[] | null {
  if (Array.isArray(value)) return value
  if (value instanceof NdArray) return [value.toLists()]
  if (ArrayBuffer.isView(value) && !(value instanceof DataView))
    return Array.from(value as unknown as ArrayLike<unknown>)
  return null
}
