/* Sends events at a rate for some seconds: node live-rate-source.part.ts ADDRESS RATE SECONDS. */
import { setTimeout as delay } from 'node:timers/promises'
import { openBus } from '@beamtime/bus'
import { eventMessages, eventsPerMessage, pulseNs } from './event-topic.part.ts'

const [, , address = '', rate = '0', seconds = '0'] = process.argv
const topic = 'dummy_detector'
const bus = openBus({ bootstrapServers: [address], clientId: 'source' })
const messagesPerPulse = Math.max(1, Math.round(Number(rate) / 14 / eventsPerMessage))
const events = messagesPerPulse === 1 ? Math.round(Number(rate) / 14) : eventsPerMessage
const make = eventMessages({ source: 'panel_0', pixels: 16_384, events })
// Made once and written over, as many as may be on their way: what is measured is not the source. The pulse time is the only
// int64 vector.
const mark = 0x0123456789abcdefn
const pulsesOnTheirWay = 14
const pool = Array.from({ length: (pulsesOnTheirWay + 2) * messagesPerPulse }, () => {
  const bytes = Buffer.from(make(mark))
  const needle = Buffer.alloc(8)
  needle.writeBigInt64LE(mark)
  return { bytes, at: bytes.indexOf(needle) }
})
const producer = bus.producer({ maxInFlightBytes: 268_435_456 })
const pulses = Math.round(14 * Number(seconds))
const startMs = Date.now()
const startNs = BigInt(startMs) * 1_000_000n
const sends: Promise<unknown>[] = []
let next = 0
for (let pulse = 0; pulse < pulses; pulse++) {
  const waitMs = startMs + (pulse * 1_000) / 14 - Date.now()
  if (waitMs > 1) await delay(waitMs)
  const timeNs = startNs + BigInt(pulse) * pulseNs
  const records = Array.from({ length: messagesPerPulse }, () => {
    const { bytes, at } = pool[next++ % pool.length] ?? { bytes: Buffer.alloc(0), at: 0 }
    bytes.writeBigInt64LE(timeNs, at)
    return { topic, value: bytes, partition: 0 }
  })
  const sent = producer.sendBatch(records)
  sends.push(sent)
  // What the broker does not take in time shows as a source that is behind.
  if (sends.length > pulsesOnTheirWay) await sends[sends.length - pulsesOnTheirWay]
}
await Promise.all(sends)
const behindS = Math.max(0, (Date.now() - startMs) / 1_000 - Number(seconds))
process.send?.({ events: pulses * messagesPerPulse * events, behindS })
process.once('disconnect', () => void bus.close().then(() => process.exit(0)))
