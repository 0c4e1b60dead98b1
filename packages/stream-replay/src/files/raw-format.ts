import type { RecordHeader, StreamRecord } from '../batch/batch-records.ts'
import { ReplayError } from '../error.ts'

/* Raw form of messages, big-endian, one after another:
 *   length U32 (of what follows)  partition I32  timestamp I64 ms  key BYTES  value BYTES
 *   header count U32  { name BYTES  value BYTES }*          BYTES: length I32 (-1 = null), bytes */

export type RawMessage = Pick<StreamRecord, 'timestampMs' | 'key' | 'value' | 'headers'> & {
  readonly partition: number
}

const maxMessageBytes = 1_073_741_824

export function encodeRaw(message: RawMessage): Buffer {
  const parts: Buffer[] = []
  const bytes = (content: Uint8Array | null): void => {
    const length = Buffer.allocUnsafe(4)
    length.writeInt32BE(content === null ? -1 : content.length)
    parts.push(length)
    if (content !== null) parts.push(Buffer.from(content.buffer, content.byteOffset, content.length))
  }
  bytes(message.key)
  bytes(message.value)
  const count = Buffer.allocUnsafe(4)
  count.writeUInt32BE(message.headers.length)
  parts.push(count)
  for (const header of message.headers) {
    bytes(Buffer.from(header.key))
    bytes(header.value)
  }
  const head = Buffer.allocUnsafe(16)
  head.writeUInt32BE(12 + parts.reduce((sum, { length }) => sum + length, 0), 0)
  head.writeInt32BE(message.partition, 4)
  head.writeBigInt64BE(BigInt(message.timestampMs), 8)
  return Buffer.concat([head, ...parts])
}

/** Messages out of bytes that arrive in pieces. Throws REPLAY_FORMAT_UNKNOWN. */
export class RawReader {
  #rest: Buffer = Buffer.alloc(0)

  /** Call after the last piece. */
  end(): void {
    if (this.#rest.length > 0) throw malformed('the file ends within a message')
  }

  *push(chunk: Uint8Array): Generator<RawMessage> {
    this.#rest = Buffer.concat([this.#rest, chunk])
    let at = 0
    while (at + 4 <= this.#rest.length) {
      const length = this.#rest.readUInt32BE(at)
      if (length < 24 || length > maxMessageBytes) throw malformed(`a message of ${length} bytes`)
      if (at + 4 + length > this.#rest.length) break
      yield decodeRaw(this.#rest.subarray(at + 4, at + 4 + length))
      at += 4 + length
    }
    this.#rest = this.#rest.subarray(at)
  }
}

function decodeRaw(bytes: Buffer): RawMessage {
  let at = 12
  const content = (): Buffer | null => {
    if (at + 4 > bytes.length) throw malformed('a message is cut off')
    const length = bytes.readInt32BE(at)
    at += 4
    if (length < 0) return null
    if (at + length > bytes.length) throw malformed('a message is cut off')
    at += length
    return bytes.subarray(at - length, at)
  }
  const key = content()
  const value = content()
  if (at + 4 > bytes.length) throw malformed('a message is cut off')
  const count = bytes.readUInt32BE(at)
  at += 4
  const headers: RecordHeader[] = []
  for (let index = 0; index < count; index++)
    headers.push({ key: (content() ?? Buffer.alloc(0)).toString(), value: content() })
  if (at !== bytes.length) throw malformed('a message is longer than what it holds')
  return {
    partition: bytes.readInt32BE(0),
    timestampMs: Number(bytes.readBigInt64BE(4)),
    key,
    value,
    headers,
  }
}

function malformed(message: string): ReplayError {
  return new ReplayError({
    code: 'REPLAY_FORMAT_UNKNOWN',
    message: `this is no file of raw messages: ${message}`,
    remedy: 'Name a file that `stream cat --format raw` or `stream export --format raw` wrote.',
  })
}
