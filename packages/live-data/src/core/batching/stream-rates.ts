import type { StreamMessage } from '../stream-message.ts'
import { rateEstimate, type RateEstimate } from './rate-estimate.ts'

/** Which streams a window waits for, and how far each has come. */
export interface StreamRates {
  seen(message: StreamMessage): void
  /** True when every stream with a known rate has a message in the last slot of the window. */
  isComplete(startNs: bigint, lengthNs: bigint): boolean
  /** A window closed: streams absent for five are no longer waited for. */
  closed(): void
  /** Forgets how far streams have come, after the clock was moved. */
  forget(): void
}

interface Progress {
  readonly rate: RateEstimate
  latestNs: bigint
  absentWindows: number
}

const evictAfterWindows = 5
/** Streams of an instrument that can gate; the table of streams bounds the names. */
const maxStreams = 10_000

export function streamRates(): StreamRates {
  const streams = new Map<string, Progress>()
  return {
    seen(message) {
      const known = streams.get(message.stream)
      if (known === undefined) {
        if (streams.size >= maxStreams) return
        const rate = rateEstimate()
        rate.add(message.timeNs)
        streams.set(message.stream, { rate, latestNs: message.timeNs, absentWindows: 0 })
        return
      }
      known.rate.add(message.timeNs)
      known.absentWindows = 0
      if (message.timeNs > known.latestNs) known.latestNs = message.timeNs
    },
    isComplete(startNs, lengthNs) {
      let waitedFor = 0
      for (const { rate, latestNs } of streams.values()) {
        const hz = rate.hz()
        if (hz === null) continue
        const slots = Math.round((hz * Number(lengthNs)) / 1e9)
        if (slots < 1) continue
        waitedFor += 1
        const slot = Math.floor((Number(latestNs - startNs) * slots) / Number(lengthNs))
        if (slot < slots - 1) return false
      }
      return waitedFor > 0
    },
    closed() {
      for (const [name, progress] of streams) {
        progress.absentWindows += 1
        if (progress.absentWindows > evictAfterWindows) streams.delete(name)
      }
    },
    forget() {
      streams.clear()
    },
  }
}
