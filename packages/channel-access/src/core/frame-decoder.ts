import { CaError } from '../error.ts'
import { extendedHeaderBytes, headerBytes, readHeader, type Header } from '../messages/header.ts'

/** A message as it came off a circuit. The payload is a view of the bytes fed, which may be reused afterwards, or of a buffer of its own. */
export type Frame =
  | { readonly kind: 'message'; readonly header: Header; readonly payload: Uint8Array }
  /** The payload is over the limit: its bytes are skipped, nothing was allocated. */
  | { readonly kind: 'too-large'; readonly header: Header }

export interface FrameDecoder {
  feed(bytes: Uint8Array, onFrame: (frame: Frame) => void): void
}

const firstAllocationBytes = 1 << 20
const empty = new Uint8Array(0)

/** Cuts a byte stream into messages. Throws CA_PEER_MALFORMED for a payload that is not a multiple of 8 bytes. */
export function createFrameDecoder(options: { readonly maxPayloadBytes: number }): FrameDecoder {
  // An incomplete message is kept at the front of `kept`; it grows with the bytes that came, not with the size announced.
  let kept = empty
  let keptBytes = 0
  let wantedBytes = 0
  let skipBytes = 0

  function keep(bytes: Uint8Array): void {
    const needed = keptBytes + bytes.length
    if (kept.length < needed) {
      const size = Math.min(
        Math.max(wantedBytes, needed),
        Math.max(kept.length * 2, needed, firstAllocationBytes),
      )
      const grown = new Uint8Array(size)
      grown.set(kept.subarray(0, keptBytes))
      kept = grown
    }
    kept.set(bytes, keptBytes)
    keptBytes = needed
  }

  /** Parses what is complete; gives how far it came. */
  function parse(bytes: Uint8Array, onFrame: (frame: Frame) => void): number {
    let at = 0
    for (;;) {
      const header = readHeader(bytes, at, bytes.length)
      if (header === undefined) {
        wantedBytes = bytes.length - at < headerBytes ? headerBytes : extendedHeaderBytes
        return at
      }
      const { payloadBytes } = header
      if (payloadBytes % 8 !== 0)
        throw new CaError('CA_PEER_MALFORMED', `a payload of ${payloadBytes} bytes is no multiple of 8`)
      const start = at + header.headerBytes
      if (payloadBytes > options.maxPayloadBytes) {
        onFrame({ kind: 'too-large', header })
        const there = Math.min(payloadBytes, bytes.length - start)
        skipBytes = payloadBytes - there
        at = start + there
        if (skipBytes > 0) return at
        continue
      }
      if (bytes.length - start < payloadBytes) {
        wantedBytes = header.headerBytes + payloadBytes
        return at
      }
      onFrame({ kind: 'message', header, payload: bytes.subarray(start, start + payloadBytes) })
      at = start + payloadBytes
    }
  }

  return {
    feed(input, onFrame) {
      let bytes = input
      while (bytes.length > 0) {
        if (skipBytes > 0) {
          const skipped = Math.min(skipBytes, bytes.length)
          skipBytes -= skipped
          bytes = bytes.subarray(skipped)
          continue
        }
        if (keptBytes === 0) {
          const done = parse(bytes, onFrame)
          if (done < bytes.length) keep(bytes.subarray(done))
          return
        }
        const part = bytes.subarray(0, wantedBytes - keptBytes)
        bytes = bytes.subarray(part.length)
        keep(part)
        if (keptBytes < wantedBytes) return
        // Never more than one message is kept, so it is either parsed whole or its header asks for more.
        if (parse(kept.subarray(0, keptBytes), onFrame) > 0) {
          kept = empty
          keptBytes = 0
        }
      }
    },
  }
}
