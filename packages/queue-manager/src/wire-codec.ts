import type { PlainObject } from './core/plain-object.ts'
import { parseScanned, writeJson } from './json-codec.ts'
import { scanJson } from './json-scan.ts'
import { MsgpackProblem, readMsgpack, writeMsgpack } from './msgpack-codec.ts'

export type Encoding = 'json' | 'msgpack'

type DecodedRequest =
  | { readonly kind: 'body'; readonly body: unknown }
  /** `text` is the whole message of the refusal. */
  | { readonly kind: 'undecodable'; readonly text: string }

/** How both sockets of one manager write and read. */
export interface WireCodec {
  decode(bytes: Uint8Array): DecodedRequest
  encode(body: PlainObject): Uint8Array | string
}

export const wireCodecs: Readonly<Record<Encoding, WireCodec>> = {
  json: { decode: decodeJson, encode: writeJson },
  msgpack: { decode: decodeMsgpack, encode: writeMsgpack },
}

const utf8 = new TextDecoder('utf-8', { fatal: true })
/** Deeper values would overflow the stack of whatever walks over them. */
const maxDepth = 512

function decodeJson(bytes: Uint8Array): DecodedRequest {
  try {
    const text = utf8.decode(bytes)
    const scan = scanJson(bytes, maxDepth)
    if (scan.depth > maxDepth) return undecodable('JSON', 'maximum recursion depth exceeded')
    return { kind: 'body', body: parseScanned(text, scan) }
  } catch (error) {
    return undecodable('JSON', error instanceof Error ? error.message : 'not JSON')
  }
}

function decodeMsgpack(bytes: Uint8Array): DecodedRequest {
  try {
    return { kind: 'body', body: readMsgpack(bytes) }
  } catch (error) {
    if (error instanceof MsgpackProblem) return undecodable('MSGPACK', error.message)
    throw error
  }
}

function undecodable(what: 'JSON' | 'MSGPACK', reason: string): DecodedRequest {
  return { kind: 'undecodable', text: `Failed to decode the request: ${what} decode error: ${reason}` }
}
