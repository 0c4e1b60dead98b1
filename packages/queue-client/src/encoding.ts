import { QueueClientError } from './error.ts'

/** Encoding of both sockets; a property of the whole manager. */
export type QueueEncoding = 'json' | 'msgpack'

export interface Codec {
  encode(value: unknown): Uint8Array
  decode(bytes: Uint8Array): unknown
}

const text = new TextDecoder('utf-8', { fatal: true })
const json: Codec = {
  encode: (value) => new TextEncoder().encode(JSON.stringify(value)),
  decode: (bytes): unknown => JSON.parse(text.decode(bytes)),
}

/** Returns the codec of an encoding. MessagePack code is loaded only when it is asked for. */
export async function codecOf(encoding: QueueEncoding): Promise<Codec> {
  switch (encoding) {
    case 'json':
      return json
    case 'msgpack': {
      const { Packr } = await import('msgpackr')
      const packr = new Packr({ useRecords: false, mapsAsObjects: true, int64AsType: 'number' })
      return { encode: (value) => packr.pack(value), decode: (bytes): unknown => packr.unpack(bytes) }
    }
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Decodes a message that must be one object. Throws QUEUE_REPLY_MALFORMED. */
export function decodeObject(codec: Codec, bytes: Uint8Array): Record<string, unknown> {
  let value: unknown
  try {
    value = codec.decode(bytes)
  } catch (cause) {
    throw malformed('the message cannot be decoded', cause)
  }
  if (!isObject(value)) throw malformed('the message is not an object')
  return value
}

function malformed(message: string, cause?: unknown): QueueClientError {
  return new QueueClientError({
    code: 'QUEUE_REPLY_MALFORMED',
    message,
    fault: 'peer',
    remedy: "Set the encoding of the client ('json' or 'msgpack') to that of the manager.",
    cause,
  })
}
