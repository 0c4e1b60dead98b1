/* Documents of the Python engine, grammar also in python/beamtime_worker/documents.py:
 *   frame   number u32  length u32  payload           payload = msgpack [name, document]; big-endian
 *   answer  number u32  status u8  length u32  text   status 0 taken, 1 taken and hold, 2 refused */

const headerBytes = 8
const answerHeadBytes = 9

/** A longer document is not sent by the bridge. */
export const maxDocumentBytes = 256 * 1024 * 1024

export interface DocumentFrame {
  readonly number: number
  readonly payload: Uint8Array
}

export interface DocumentFrameReader {
  /** Complete frames of this piece. null is final: the length is out of bounds. */
  push(bytes: Buffer): readonly DocumentFrame[] | null
}

/** Payloads are copies: they stay valid and keep no larger buffer alive. */
export function createDocumentFrameReader(): DocumentFrameReader {
  const header = Buffer.alloc(headerBytes)
  let headerFilled = 0
  let payload: Buffer | null = null
  let payloadFilled = 0

  return {
    push(bytes) {
      const frames: DocumentFrame[] = []
      let from = 0
      while (from < bytes.length || payload?.length === 0) {
        if (payload === null) {
          const taken = bytes.copy(header, headerFilled, from, from + headerBytes - headerFilled)
          headerFilled += taken
          from += taken
          if (headerFilled < headerBytes) break
          const length = header.readUInt32BE(4)
          if (length > maxDocumentBytes) return null
          payload = Buffer.allocUnsafeSlow(length)
          payloadFilled = 0
        }
        const taken = bytes.copy(payload, payloadFilled, from, from + payload.length - payloadFilled)
        payloadFilled += taken
        from += taken
        if (payloadFilled < payload.length) break
        frames.push({ number: header.readUInt32BE(0), payload })
        payload = null
        headerFilled = 0
      }
      return frames
    },
  }
}

export type DocumentAnswer =
  | { readonly kind: 'taken' }
  /** Taken; the plan asks before it goes on behind its next checkpoint. */
  | { readonly kind: 'hold' }
  | { readonly kind: 'refused'; readonly reason: string }

const statusOf = { taken: 0, hold: 1, refused: 2 } as const satisfies Record<DocumentAnswer['kind'], number>

export function encodeDocumentAnswer(number: number, answer: DocumentAnswer): Buffer {
  const text = Buffer.from(answer.kind === 'refused' ? answer.reason : '')
  const bytes = Buffer.alloc(answerHeadBytes + text.length)
  bytes.writeUInt32BE(number, 0)
  bytes.writeUInt8(statusOf[answer.kind], 4)
  bytes.writeUInt32BE(text.length, 5)
  text.copy(bytes, answerHeadBytes)
  return bytes
}
