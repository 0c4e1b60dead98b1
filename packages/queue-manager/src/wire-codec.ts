import type { PlainObject } from './core/plain-object.ts'
import { parseJson, writeJson } from './json-codec.ts'
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
    if (nestsTooDeep(text)) return undecodable('JSON', 'maximum recursion depth exceeded')
    return { kind: 'body', body: parseJson(text) }
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

/** Counts brackets outside of strings. */
function nestsTooDeep(text: string): boolean {
  if (text.length <= maxDepth) return false
  let depth = 0
  let inString = false
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index)
    if (inString) {
      if (code === 0x5c) index += 1
      else if (code === 0x22) inString = false
    } else if (code === 0x22) inString = true
    else if (code === 0x5b || code === 0x7b) {
      depth += 1
      if (depth > maxDepth) return true
    } else if (code === 0x5d || code === 0x7d) depth -= 1
  }
  return false
}
