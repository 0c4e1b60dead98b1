import type { Socket } from 'node:net'

/** The kernel copies what it is handed at once; more than this would hold up the event loop. */
const turnBytes = 1_048_576

interface Unsent {
  readonly chunk: Uint8Array
  readonly onSent: (() => void) | null
}

/** Sends answers in order, large ones in parts with turns of the event loop between them. */
export class AnswerSender {
  readonly #socket: Socket
  #queue: Unsent[] = []
  #queuedBytes = 0
  #isSending = false
  /** Called when less is waiting than before. */
  readonly #onProgress: () => void

  constructor(socket: Socket, onProgress: () => void) {
    this.#socket = socket
    this.#onProgress = onProgress
  }

  /** Bytes that the kernel has not taken. */
  get unsentBytes(): number {
    return this.#queuedBytes + this.#socket.writableLength
  }

  get isIdle(): boolean {
    return this.#queue.length === 0
  }

  /** `onSent` is called when the kernel has taken the last byte, or the connection is gone. */
  send(chunks: readonly Uint8Array[], onSent: (() => void) | null): void {
    const last = chunks.length - 1
    for (const [i, chunk] of chunks.entries()) {
      this.#queue.push({ chunk, onSent: i === last ? onSent : null })
      this.#queuedBytes += chunk.byteLength
    }
    if (last < 0) onSent?.()
  }

  /** Hands the kernel what one turn may take. To be called after one or more `send`. */
  flush(): void {
    if (this.#isSending || this.#queue.length === 0) return
    if (this.#queuedBytes <= turnBytes) {
      this.#writeAll(this.#queue)
      this.#queue = []
      this.#queuedBytes = 0
      return
    }
    this.#isSending = true
    this.#writePart()
  }

  #writeAll(parts: readonly Unsent[]): void {
    if (parts.length > 1) this.#socket.cork()
    for (const { chunk, onSent } of parts) {
      if (onSent === null) this.#socket.write(chunk)
      else this.#socket.write(chunk, onSent)
    }
    if (parts.length > 1) this.#socket.uncork()
  }

  /** Writes up to {@link turnBytes}; the next part follows when the kernel has taken this one. */
  #writePart(): void {
    const parts: Unsent[] = []
    let room = turnBytes
    while (room > 0) {
      const first = this.#queue[0]
      if (first === undefined) break
      const { chunk, onSent } = first
      if (chunk.byteLength <= room) {
        this.#queue.shift()
        parts.push(first)
      } else {
        parts.push({ chunk: chunk.subarray(0, room), onSent: null })
        this.#queue[0] = { chunk: chunk.subarray(room), onSent }
      }
      room -= Math.min(room, chunk.byteLength)
    }
    this.#queuedBytes -= turnBytes - room
    const isEnd = this.#queue.length === 0
    const final = parts.pop()
    if (final === undefined) return
    const onTaken = (): void => {
      final.onSent?.()
      if (isEnd) this.#isSending = false
      this.#onProgress()
      if (this.#socket.destroyed) this.#drop()
      else if (isEnd) this.flush()
      else setImmediate(() => this.#writePart())
    }
    this.#writeAll([...parts, { chunk: final.chunk, onSent: onTaken }])
  }

  /** The connection is gone: nobody waits for what was not sent. */
  #drop(): void {
    this.#isSending = false
    this.#queuedBytes = 0
    for (const { onSent } of this.#queue.splice(0)) onSent?.()
  }

  close(): void {
    this.#drop()
  }
}
