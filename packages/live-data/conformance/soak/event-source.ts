/**
 * Sends events at a rate: node event-source.ts ADDRESS RATE SECONDS. Message n has number n, and must be acknowledged at
 * offset n. Tells its parent each pulse before it is sent, and at the end what was sent and acknowledged.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { openBus } from '@beamtime/bus'
import { eventsPerMessage, MessagePool } from './event-pool.ts'
import type { SourceMessage } from './source-message.ts'

const [, , address = '', rate = '0', seconds = '0'] = process.argv
const pulseNs = 71_428_571n
/** Pulses on their way; when the broker does not take them, pulses are left out as a facility with no beam does. */
const mostWaiting = 28
/** A source that is this far behind leaves pulses out instead of sending old ones. */
const mostBehindPulses = 42
/** Pulses without events at the end, so that the last window with events closes. */
const emptyPulses = 56
const messagesPerPulse = Math.max(1, Math.round(Number(rate) / 14 / eventsPerMessage))
const pulses = Math.round(14 * Number(seconds))
const pool = new MessagePool(mostWaiting * messagesPerPulse)
const bus = openBus({ bootstrapServers: [address], clientId: 'soak-source' })
const producer = bus.producer({ maxInFlightBytes: 536_870_912, deliveryTimeoutMs: 0 })
const waiting = new Set<Promise<void>>()
let sent = 0
let acknowledged = 0
let misplaced = 0
let skipped = 0
let failure: string | null = null
/** Messages of pulses with events. */
let endId = Number.POSITIVE_INFINITY

function tell(message: SourceMessage): void {
  process.send?.(message)
}

async function sendPulse(timeNs: bigint): Promise<void> {
  tell({ kind: 'pulse', timeNs: String(timeNs) })
  const first = sent
  sent += messagesPerPulse
  const records = Array.from({ length: messagesPerPulse }, (_, index) => ({
    topic: 'dummy_detector',
    partition: 0,
    value: pool.bytesOf(first + index, { timeNs, endId }),
  }))
  const deliveries = await producer.sendBatch(records)
  for (const [index, { offset }] of deliveries.entries()) {
    acknowledged += 1
    if (offset !== BigInt(first + index)) misplaced += 1
  }
}

const startMs = Date.now()
const startNs = BigInt(startMs) * 1_000_000n
for (let pulse = 0; pulse < pulses + emptyPulses && failure === null; pulse++) {
  if (pulse >= pulses && endId === Number.POSITIVE_INFINITY) {
    endId = sent
    tell({ kind: 'last', messages: endId })
  }
  const waitMs = startMs + (pulse * 1_000) / 14 - Date.now()
  if (waitMs > 1) await delay(waitMs)
  while (waiting.size >= mostWaiting) await Promise.race(waiting)
  const behind = Math.floor(((Date.now() - startMs) * 14) / 1_000) - pulse
  if (behind > mostBehindPulses && pulse < pulses) {
    skipped += 1
    continue
  }
  const sending = sendPulse(startNs + BigInt(pulse) * pulseNs).catch((error: unknown) => {
    failure = error instanceof Error ? error.message : String(error)
  })
  waiting.add(sending)
  void sending.finally(() => waiting.delete(sending))
}
await Promise.all(waiting)
const elapsedS = (Date.now() - startMs) / 1_000 - emptyPulses / 14
tell({
  kind: 'end',
  messages: Math.min(endId, sent),
  sent,
  acknowledged,
  misplaced,
  skipped,
  seconds: elapsedS,
  failure,
})
process.once('disconnect', () => void bus.close().then(() => process.exit(0)))
