import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'

/**
 * A connection without the kernel: what takes bytes off sockets in the broker takes them off this one, at a fraction of the
 * cost of a connection of TCP. As much of a socket as the broker uses.
 */
export class MemorySocket extends Duplex {
  readonly remoteAddress = '127.0.0.1'
  readonly localAddress = '127.0.0.1'
  readonly localPort: number
  readonly #onAnswer: (chunk: Uint8Array) => void
  timeout = 0

  constructor(localPort: number, onAnswer: (chunk: Uint8Array) => void) {
    super()
    this.localPort = localPort
    this.#onAnswer = onAnswer
  }

  /** What the server gets for one of its own. */
  asSocket(): Socket {
    return this as unknown as Socket
  }

  override _read(): void {
    // Bytes are pushed when they are there.
  }

  override _write(chunk: Uint8Array, _encoding: BufferEncoding, done: () => void): void {
    done()
    this.#onAnswer(chunk)
  }

  override _writev(chunks: readonly { readonly chunk: Uint8Array }[], done: () => void): void {
    done()
    for (const { chunk } of chunks) this.#onAnswer(chunk)
  }

  setNoDelay(): this {
    return this
  }

  setKeepAlive(): this {
    return this
  }

  setTimeout(timeoutMs: number): this {
    this.timeout = timeoutMs
    return this
  }
}
