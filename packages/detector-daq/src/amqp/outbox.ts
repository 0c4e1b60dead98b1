import type { ExchangeName } from './broker-message.ts'

export interface OutgoingMessage {
  readonly exchange: ExchangeName
  readonly key: string
  readonly correlationId: string
  readonly headers: Readonly<Record<string, unknown>>
  readonly body: Buffer
}

/** Messages that may wait for the broker; beyond, the oldest is lost and counted. */
const limit = 1_000

/** Messages in order, sent as fast as the connection takes them. */
export class Outbox {
  private readonly waiting: OutgoingMessage[] = []
  /** The connection asked for a pause; its drain event ends it. */
  isBlocked = false
  lost = 0

  get size(): number {
    return this.waiting.length
  }

  add(message: OutgoingMessage): void {
    this.waiting.push(message)
    if (this.waiting.length <= limit) return
    this.waiting.shift()
    this.lost += 1
  }

  /** Sends what waits: 'sent-last' asks for a pause until the drain event, 'kept' sends nothing more. */
  send(send: (message: OutgoingMessage) => 'sent' | 'sent-last' | 'kept'): void {
    for (let message = this.waiting[0]; message !== undefined; message = this.waiting[0]) {
      if (this.isBlocked) return
      const outcome = send(message)
      if (outcome === 'kept') return
      this.waiting.shift()
      this.isBlocked = outcome === 'sent-last'
    }
  }
}
