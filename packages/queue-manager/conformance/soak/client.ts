import { Dealer } from 'zeromq'

export type Reply = Readonly<Record<string, unknown>>

/** What all clients of a soak have done together. */
export class CallBook {
  readonly calls = new Map<string, number>()
  readonly refused = new Map<string, number>()
  /** Requests that were under way when a process was killed. */
  cutOff = 0
  /** Requests that nobody answered although nobody was killed: each is a defect. */
  readonly unanswered: string[] = []
  slowestMs = 0
  answers = 0

  get total(): number {
    return Array.from(this.calls.values()).reduce((sum, times) => sum + times, 0)
  }

  answered(method: string, reply: Reply, tookMs: number): void {
    if (reply['success'] === false) this.refused.set(method, (this.refused.get(method) ?? 0) + 1)
    this.answers += 1
    this.slowestMs = Math.max(this.slowestMs, tookMs)
  }
}

interface Waiting {
  readonly method: string
  readonly startMs: number
  readonly timer: NodeJS.Timeout
  readonly resolve: (reply: Reply | null) => void
}

/** A restart takes a second; a loaded machine may need more. */
const patienceMs = 15_000

/** One client of the manager. A reply that does not come is null, and the socket is opened anew, as clients do. */
export class SoakClient {
  readonly #address: string
  readonly #book: CallBook
  #socket: Dealer
  #waiting: Waiting[] = []
  #turn: Promise<void> = Promise.resolve()

  constructor(address: string, book: CallBook) {
    this.#address = address
    this.#book = book
    this.#socket = this.#open()
  }

  #open(): Dealer {
    const socket = new Dealer({ linger: 0, reconnectInterval: 20, sendHighWaterMark: 0 })
    socket.connect(this.#address)
    void (async () => {
      for await (const frames of socket) {
        const entry = this.#waiting.shift()
        if (entry === undefined) continue
        clearTimeout(entry.timer)
        const reply = JSON.parse(String(frames.at(-1))) as Reply
        this.#book.answered(entry.method, reply, performance.now() - entry.startMs)
        entry.resolve(reply)
      }
    })().catch(() => undefined) // the socket was closed
    return socket
  }

  /** Requests that are sent before the answer to an earlier one are answered in their order. */
  call(method: string, params?: Reply): Promise<Reply | null> {
    this.#book.calls.set(method, (this.#book.calls.get(method) ?? 0) + 1)
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#book.unanswered.push(method)
        this.cutOff(false)
      }, patienceMs)
      this.#waiting.push({ method, startMs: performance.now(), timer, resolve })
      const body = Buffer.from(JSON.stringify(params === undefined ? { method } : { method, params }))
      const socket = this.#socket
      this.#turn = this.#turn.then(() => socket.send([Buffer.alloc(0), body])).catch(() => undefined)
    })
  }

  /** The manager is gone: nothing that was asked will be answered. */
  cutOff(killed = true): void {
    const { length } = this.#waiting
    if (killed) this.#book.cutOff += length
    this.#socket.close()
    this.#socket = this.#open()
    for (const { timer, resolve } of this.#waiting.splice(0)) {
      clearTimeout(timer)
      resolve(null)
    }
  }

  close(): void {
    for (const { timer, resolve } of this.#waiting.splice(0)) {
      clearTimeout(timer)
      resolve(null)
    }
    this.#socket.close()
  }
}
