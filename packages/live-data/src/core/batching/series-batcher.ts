import type { StreamMessage } from '../stream-message.ts'
import type { BatchAction, Batcher } from './batch.ts'

const pulsesPerSecond = 14n
const second = 1_000_000_000n

/** Every poll is a window, from the earliest message to the latest, rounded outwards to pulses. For time series. */
export function seriesBatcher(): Batcher {
  return {
    add(messages: readonly StreamMessage[]): readonly BatchAction[] {
      const first = messages[0]
      if (first === undefined) return []
      let earliestNs = first.timeNs
      let latestNs = first.timeNs
      for (const { timeNs } of messages) {
        if (timeNs < earliestNs) earliestNs = timeNs
        if (timeNs > latestNs) latestNs = timeNs
      }
      const startNs = pulseToNs(floorDiv(earliestNs * pulsesPerSecond, second))
      const endNs = pulseToNs(floorDiv(latestNs * pulsesPerSecond, second) + 1n)
      return [
        ...messages.map((message) => ({ kind: 'deliver', message }) as const),
        { kind: 'close', batch: { startNs, endNs } },
      ]
    },
    tick: () => [],
    intervalS: () => 1 / 14,
    processed: () => undefined,
  }
}

function pulseToNs(pulse: bigint): bigint {
  return (pulse * second) / pulsesPerSecond
}

function floorDiv(value: bigint, by: bigint): bigint {
  const quotient = value / by
  return value % by < 0n ? quotient - 1n : quotient
}
