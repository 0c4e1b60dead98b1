import { decodeDocument, type NamedDocument } from '@beamtime/event-model'
import type { SinkTransport } from '../../src/sink/sink-transport.ts'

/** A bus in memory that can be taken down. */
export class FakeTransport implements SinkTransport {
  readonly documents: NamedDocument[] = []
  readonly payloads: Uint8Array[] = []
  readonly keys: string[] = []
  maxBytes = Infinity
  isUp = true
  #wakeUp: (() => void)[] = []

  async prepare(): Promise<void> {
    await this.#whenUp()
  }

  async send(key: string, payloads: readonly Uint8Array[]): Promise<void> {
    await this.#whenUp()
    if (payloads.some((payload) => payload.byteLength > this.maxBytes)) {
      throw Object.assign(new Error('too large'), { code: 'BUS_RECORD_TOO_LARGE' })
    }
    for (const payload of payloads) {
      this.documents.push(decodeDocument(payload))
      this.payloads.push(payload)
      this.keys.push(key)
    }
  }

  async close(): Promise<void> {
    await Promise.resolve()
  }

  up(): void {
    this.isUp = true
    for (const wake of this.#wakeUp.splice(0)) wake()
  }

  async #whenUp(): Promise<void> {
    if (!this.isUp) await new Promise<void>((resolve) => this.#wakeUp.push(resolve))
  }
}
