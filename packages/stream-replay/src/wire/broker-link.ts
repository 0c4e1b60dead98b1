import { once } from 'node:events'
import type { Socket } from 'node:net'
import { type Connection, Writer } from '@platformatic/kafka'
import type { WireRequest } from './kafka-requests.ts'
import { ResponseCursor } from './response-cursor.ts'

/** A connection to one broker, over which requests are answered in their order. */
export interface BrokerLink {
  readonly isConnected: boolean
  /** Rejects with the error of the connection when it is lost before the answer. */
  send<T>(request: WireRequest<T>): Promise<T>
  close(): Promise<void>
}

/** Through the client library: for logins, which it renews on the same connection. */
export function libraryLink(connection: Connection): BrokerLink {
  return {
    get isConnected() {
      return connection.isConnected()
    },
    close: () => connection.close(),
    send: <T>(request: WireRequest<T>): Promise<T> =>
      new Promise<T>((resolve, reject) => {
        connection.send<T>(
          request.key,
          request.version,
          () => {
            const writer = request.write(Writer.create())
            if (request.hasNoAnswer === true) writer.context.noResponse = true
            return writer
          },
          (...[, , , reader]) => request.read(new ResponseCursor(reader.buffer.buffer)),
          false,
          false,
          (error, answer) => {
            if (error !== null && error !== undefined) reject(error)
            else resolve(answer as T)
          },
        )
      }),
  }
}

const answerTimeoutMs = 60_000
const sizeBytes = 4
/** A fetch asks for 32 MiB, and gets a single batch of any size that a broker takes. */
const maxAnswerBytes = 1_200_000_000
const correlationBytes = 4

interface Waiting {
  readonly correlationId: number
  readonly settle: (answer: Buffer | Error) => void
}

/**
 * Takes over the socket of a connection that the library has opened. Batches go to the system as they are, where the library
 * would copy each request into one piece: this doubles what a player can send (bench/play-asap.ts).
 */
export class SocketLink implements BrokerLink {
  readonly #socket: Socket
  readonly #clientId: string
  readonly #waiting: Waiting[] = []
  #correlationId = 0
  #parts: Buffer[] = []
  #partBytes = 0
  #failure: Error | null = null

  constructor(socket: Socket, clientId: string) {
    this.#socket = socket
    this.#clientId = clientId
    socket.removeAllListeners('data')
    socket.on('data', (data: Buffer) => this.#take(data))
    socket.once('close', () => this.#fail(new Error('the connection was closed')))
    socket.on('error', (error) => this.#fail(error))
  }

  get isConnected(): boolean {
    return this.#failure === null && !this.#socket.destroyed
  }

  async send<T>(request: WireRequest<T>): Promise<T> {
    if (this.#failure !== null) throw this.#failure
    const correlationId = (this.#correlationId = (this.#correlationId + 1) & 0x7fff_ffff)
    const writer = Writer.create()
    writer.appendInt16(request.key).appendInt16(request.version).appendInt32(correlationId)
    writer.appendString(this.#clientId, false)
    const whole = writer.appendFrom(request.write(Writer.create())).prependLength()
    this.#socket.cork()
    for (const piece of whole.buffers) this.#socket.write(piece)
    this.#socket.uncork()
    // acks = 0 has no answer: what the system has taken is all that can be known.
    if (request.hasNoAnswer === true) {
      if (this.#socket.writableNeedDrain) await once(this.#socket, 'drain')
      return request.read(new ResponseCursor(Buffer.alloc(8)))
    }
    const answer = await this.#answerTo(correlationId)
    return request.read(new ResponseCursor(answer))
  }

  #answerTo(correlationId: number): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#socket.destroy(new Error(`no answer within ${answerTimeoutMs / 1_000} s`))
      }, answerTimeoutMs)
      const settle = (answer: Buffer | Error): void => {
        clearTimeout(timer)
        if (answer instanceof Error) reject(answer)
        else resolve(answer)
      }
      this.#waiting.push({ correlationId, settle })
    })
  }

  #take(data: Buffer): void {
    this.#parts.push(data)
    this.#partBytes += data.length
    for (;;) {
      const size = this.#nextSize()
      if (size !== null && (size < correlationBytes || size > maxAnswerBytes)) {
        this.#socket.destroy(new Error(`an answer of ${size} bytes`))
        return
      }
      if (size === null || this.#partBytes < sizeBytes + size) return
      const all = this.#parts.length === 1 ? (this.#parts[0] ?? data) : Buffer.concat(this.#parts)
      const end = sizeBytes + size
      this.#parts = all.length === end ? [] : [all.subarray(end)]
      this.#partBytes = all.length - end
      this.#answered(all.subarray(sizeBytes, end))
    }
  }

  /** Length of the answer that begins with the first part; null while its four bytes are not there. */
  #nextSize(): number | null {
    if (this.#partBytes < sizeBytes) return null
    if ((this.#parts[0]?.length ?? 0) < sizeBytes) this.#parts = [Buffer.concat(this.#parts)]
    return this.#parts[0]?.readInt32BE(0) ?? null
  }

  #answered(answer: Buffer): void {
    const waiting = this.#waiting.shift()
    const correlationId = answer.readInt32BE(0)
    if (waiting?.correlationId === correlationId) waiting.settle(answer.subarray(correlationBytes))
    else {
      const error = new Error(`an answer to request ${correlationId}, which was not asked now`)
      waiting?.settle(error)
      this.#socket.destroy(error)
    }
  }

  #fail(error: Error): void {
    this.#failure ??= error
    for (const { settle } of this.#waiting.splice(0)) settle(this.#failure)
  }

  close(): Promise<void> {
    this.#socket.destroy()
    return Promise.resolve()
  }
}
