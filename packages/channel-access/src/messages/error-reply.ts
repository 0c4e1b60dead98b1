import { readHeader, type Header } from './header.ts'
import { encodeText, readText, caMessage, type PayloadField } from './message.ts'

export interface QuotedRequest {
  /** Header of the request that failed; null when the payload is too short to hold one. */
  readonly header: Header | null
  readonly text: string
}

const quoted: PayloadField<'quoted', QuotedRequest & { readonly bytes?: Uint8Array }> = {
  name: 'quoted',
  read: (payload) => {
    const header = readHeader(payload, 0, payload.length) ?? null
    return { header, text: readText(payload, header?.headerBytes ?? 0, payload.length) }
  },
  write: ({ bytes, text }) => {
    const words = encodeText(`${text}\0`)
    const head = bytes ?? new Uint8Array(16)
    const whole = new Uint8Array(head.length + words.length)
    whole.set(head)
    whole.set(words, head.length)
    return whole
  },
}

/* ERROR (11), server to client, TCP
 *   p1 CID, 0xFFFFFFFF if none   p2 ECA status
 *   payload header of the request (16 or 24 bytes), then text and NUL
 * Source: Channel Access protocol specification, CA_PROTO_ERROR. */
export const errorReply = caMessage({
  kind: 'errorReply',
  command: 11,
  slots: { p1: 'cid', p2: 'status' },
  payload: quoted,
})
