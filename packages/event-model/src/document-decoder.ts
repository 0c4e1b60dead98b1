import { isDocumentName, type NamedDocument } from './documents.ts'
import { EventModelError } from './error.ts'
import { decodeMsgpack, decodeMsgpackStream } from './msgpack-reader.ts'
import { assertPeerDocument } from './validate.ts'

export interface DecodeOptions {
  /** Checks the document against its schema. Default true; false only for bytes that were checked before. */
  readonly validate?: boolean
}

/** Decodes msgpack of `[name, document]`, numpy forms included: ndarrays become typed arrays (one dimension) or NdArray,
 * numpy scalars plain values, bytes `Buffer`, integers beyond 2^53 bigint.
 * Throws EVENT_MODEL_MALFORMED, EVENT_MODEL_UNKNOWN_NAME, EVENT_MODEL_PICKLE_REFUSED, EVENT_MODEL_INVALID. */
export function decodeDocument(bytes: Uint8Array, options: DecodeOptions = {}): NamedDocument {
  return toNamedDocument(decodeMsgpack(bytes), options)
}

/** Decodes concatenated messages, e.g. a msgpack export. Throws as decodeDocument. */
export function* decodeDocumentStream(
  bytes: Uint8Array,
  options: DecodeOptions = {},
): Generator<NamedDocument> {
  for (const value of decodeMsgpackStream(bytes)) yield toNamedDocument(value, options)
}

/** Checks that a decoded value is a `[name, document]` pair. */
export function toNamedDocument(value: unknown, options: DecodeOptions): NamedDocument {
  if (!Array.isArray(value) || value.length !== 2) throw notAPair('expected a list of name and document')
  const [name, doc] = value as [unknown, unknown]
  if (!isDocumentName(name)) {
    const shown = typeof name === 'string' ? `'${name.slice(0, 40)}'` : `of type ${typeof name}`
    throw new EventModelError({
      code: 'EVENT_MODEL_UNKNOWN_NAME',
      message: `unknown document name ${shown}`,
      fault: 'peer',
      remedy: 'Send one of the twelve document names of the event model.',
    })
  }
  if (typeof doc !== 'object' || doc === null || Array.isArray(doc))
    throw notAPair('the document is not a map')
  if (options.validate ?? true) assertPeerDocument(name, doc)
  return [name, doc] as unknown as NamedDocument
}

function notAPair(message: string): EventModelError {
  return new EventModelError({
    code: 'EVENT_MODEL_MALFORMED',
    message: `not a document: ${message}`,
    fault: 'peer',
    remedy: 'Send the pair [name, document].',
  })
}
