import type { Bus } from '@beamtime/bus'
import { ev44 } from '@beamtime/stream-formats'
import { random } from '../src/fakes/random.ts'

export const eventsPerMessage = 12_400
const messagesInPool = 64

/** Messages as event formation units send them: 12 400 events each, pixels evenly lit, times normally distributed. */
export function eventMessages(options: {
  readonly source: string
  readonly pixels: number
  readonly events?: number
}): (timeNs: bigint) => Uint8Array {
  const { events = eventsPerMessage } = options
  const numbers = random(1)
  const pool = Array.from({ length: messagesInPool }, () => {
    const toa = new Int32Array(events)
    const pixel = new Int32Array(events)
    for (let at = 0; at < events; at++) {
      toa[at] = 30e6 + 10e6 * numbers.normal()
      pixel[at] = 1 + Math.floor(numbers.unit() * options.pixels)
    }
    return { toa, pixel }
  })
  let next = 0
  return (timeNs) => {
    const { toa, pixel } = pool[next++ % messagesInPool] ?? {
      toa: new Int32Array(0),
      pixel: new Int32Array(0),
    }
    return ev44.encode({
      source_name: options.source,
      message_id: BigInt(next),
      reference_time: BigInt64Array.of(timeNs),
      reference_time_index: Int32Array.of(0),
      time_of_flight: toa,
      pixel_id: pixel,
    })
  }
}

export const pulseNs = 71_428_571n

/** Fills a topic with so many pulses of `messagesPerPulse` messages, `startNs` on. */
export async function fillTopic(
  bus: Bus,
  options: {
    readonly topic: string
    readonly pulses: number
    readonly messagesPerPulse: number
    readonly startNs: bigint
    readonly make: (timeNs: bigint) => Uint8Array
  },
): Promise<void> {
  const producer = bus.producer({ maxInFlightBytes: 67_108_864 })
  for (let pulse = 0; pulse < options.pulses; pulse++) {
    const timeNs = options.startNs + BigInt(pulse) * pulseNs
    const records = Array.from({ length: options.messagesPerPulse }, () => ({
      topic: options.topic,
      value: options.make(timeNs),
      partition: 0,
    }))
    await producer.sendBatch(records)
  }
  await producer.close()
}
