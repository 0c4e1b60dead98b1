import { decodeDatagramReply, type DatagramReply } from '../messages/from-server.ts'
import { readHeader } from '../messages/header.ts'

/** The messages of a datagram that a client understands. A truncated tail is left out and said so. */
export function readDatagram(bytes: Uint8Array): {
  readonly messages: readonly DatagramReply[]
  readonly truncated: boolean
} {
  const messages: DatagramReply[] = []
  let at = 0
  while (at < bytes.length) {
    const header = readHeader(bytes, at, bytes.length)
    if (header === undefined) return { messages, truncated: true }
    const start = at + header.headerBytes
    if (header.payloadBytes > bytes.length - start) return { messages, truncated: true }
    const message = decodeDatagramReply(header, bytes.subarray(start, start + header.payloadBytes))
    if (message !== undefined) messages.push(message)
    at = start + header.payloadBytes
  }
  return { messages, truncated: false }
}
