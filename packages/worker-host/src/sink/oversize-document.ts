import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { decodeDocument, rechunkEventPages, type DocumentEncoder } from '@beamtime/event-model'
import type { Logger } from '@beamtime/service-kit'
import { frameBytes, writeFrame } from '../spool/record-frame.ts'
import type { SinkTransport } from './sink-transport.ts'

export interface OversizeHandler {
  /** Sends one record; an event page that is too large goes in halves, anything else that is too large is kept in
   * `rejected.spool` and reported, so that the documents behind it are not held up for ever. */
  send(key: string, payload: Uint8Array): Promise<void>
}

export function createOversizeHandler(options: {
  readonly transport: SinkTransport
  readonly spoolDir: string
  /** Knows the descriptors, so that the halves keep their float columns. */
  readonly encoder: DocumentEncoder
  readonly log: Logger
}): OversizeHandler {
  async function send(key: string, payload: Uint8Array): Promise<void> {
    try {
      await options.transport.send(key, [payload])
    } catch (error) {
      if (!isTooLarge(error)) throw error
      const halves = halve(payload)
      if (halves === null) return reject(payload)
      for (const half of halves) await send(key, half)
    }
  }

  function halve(payload: Uint8Array): readonly Uint8Array[] | null {
    const [name, document] = decodeDocument(payload)
    if (name !== 'event_page' || document.uid.length < 2) return null
    const halves = rechunkEventPages([document], Math.ceil(document.uid.length / 2))
    return Array.from(halves, (page) => options.encoder.encode(['event_page', page]))
  }

  function reject(payload: Uint8Array): void {
    const frame = Buffer.alloc(frameBytes)
    writeFrame(frame, payload)
    appendFileSync(join(options.spoolDir, 'rejected.spool'), Buffer.concat([frame, payload]), { mode: 0o600 })
    options.log.error('sink.document-rejected', {
      bytes: payload.byteLength,
      remedy:
        'Raise max_message_bytes of the broker and topic, or write large data to files and send references.',
    })
  }

  return { send }
}

function isTooLarge(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'BUS_RECORD_TOO_LARGE'
}
