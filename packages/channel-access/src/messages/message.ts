import { encodeMessage, type Header } from './header.ts'

type Slot = 'dataType' | 'count' | 'p1' | 'p2'
type Slots = { readonly [S in Slot]?: string }
type NumberFields<S extends Slots> = { readonly [K in Extract<S[keyof S], string>]: number }

/** How a payload becomes one named field. */
export interface PayloadField<N extends string, V> {
  readonly name: N
  read(payload: Uint8Array): V
  write(value: V): Uint8Array | undefined
}

/** One kind of message: which header field means what, and the payload. */
export interface CaMessage<K extends string, F> {
  readonly kind: K
  readonly command: number
  encode(fields: F, peerMinor?: number): Uint8Array
  decode(header: Header, payload: Uint8Array): F & { readonly kind: K }
}

interface Layout<K extends string, S extends Slots, N extends string, V> {
  readonly kind: K
  readonly command: number
  /** Header field to name. Those not named are 0. */
  readonly slots: S
  /** Header fields that always hold the same number. */
  readonly fixed?: { readonly [F in Slot]?: number }
  readonly payload: PayloadField<N, V>
}

/** Builds the codec of a message from its layout. */
export function caMessage<const K extends string, const S extends Slots, N extends string, V>(
  layout: Layout<K, S, N, V>,
): CaMessage<K, NumberFields<S> & { readonly [P in N]: V }> {
  type Fields = NumberFields<S> & { readonly [P in N]: V }
  const { kind, command, payload, fixed } = layout
  const named = Object.entries(layout.slots) as [Slot, string][]
  return {
    kind,
    command,
    encode(fields, peerMinor) {
      const parts = { command, dataType: 0, count: 0, p1: 0, p2: 0, ...fixed }
      const values = fields as Record<string, unknown>
      for (const [slot, name] of named) parts[slot] = values[name] as number
      const bytes = payload.write(fields[payload.name])
      return encodeMessage(bytes === undefined ? parts : { ...parts, payload: bytes }, peerMinor)
    },
    decode(header, bytes) {
      const fields: Record<string, unknown> = { kind }
      for (const [slot, name] of named) fields[name] = header[slot]
      if (payload.name !== '') fields[payload.name] = payload.read(bytes)
      return fields as Fields & { readonly kind: K }
    },
  }
}

/** No payload; what a peer sends all the same is skipped. */
export const noPayload: PayloadField<never, never> = {
  name: '' as never,
  read: () => undefined as never,
  write: () => undefined,
}

/** The payload as it is, padding included. */
export const rawPayload: PayloadField<'payload', Uint8Array> = {
  name: 'payload',
  read: (payload) => payload,
  write: (payload) => payload,
}

const encoder = new TextEncoder()
const utf8 = new TextDecoder('utf-8', { fatal: true })
const latin1 = new TextDecoder('latin1')

/** Text up to a NUL or the end, UTF-8 with Latin-1 as the way out: records hold whatever their database file was written in. */
export function readText(bytes: Uint8Array, start: number, limit: number): string {
  let end = start
  let high = 0
  while (end < limit) {
    const byte = bytes[end] ?? 0
    if (byte === 0) break
    high |= byte
    end += 1
  }
  if (high < 0x80 && end - start < 64) {
    let text = ''
    for (let at = start; at < end; at++) text += String.fromCharCode(bytes[at] ?? 0)
    return text
  }
  const part = bytes.subarray(start, end)
  try {
    return utf8.decode(part)
  } catch {
    return latin1.decode(part)
  }
}

export function encodeText(text: string): Uint8Array {
  return encoder.encode(text)
}

/** A text with a NUL behind it; a text that comes without one is taken whole. */
export function textPayload<const N extends string>(name: N): PayloadField<N, string> {
  return {
    name,
    read: (payload) => readText(payload, 0, payload.length),
    write: (text) => encoder.encode(`${text}\0`),
  }
}
