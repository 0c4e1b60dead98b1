import { setTimeout as sleep } from 'node:timers/promises'
import { retryDelay, type ServiceContext } from '@beamtime/service-kit'
import { usage } from '../error.ts'
import type { ReplayControl } from './replay-control.ts'

/** One entry of `replay.ring`. */
export interface FlightRing {
  /** Names, or regular expressions for whole names. */
  readonly topics: readonly string[]
  readonly keepS: number
  readonly keepBytes: number
}

/** Reads `replay.ring`. Throws REPLAY_USAGE. */
export function ringsOf(value: unknown): readonly FlightRing[] {
  const wrong = (what: string): Error =>
    usage(`replay.ring: ${what}`, 'Write [{ topics = ["..."], keep_s = 600, keep_bytes = 0 }].')
  if (!Array.isArray(value)) throw wrong('is no list')
  return value.map((entry: unknown) => {
    const {
      topics,
      keep_s: keepS = 600,
      keep_bytes: keepBytes = 0,
      ...rest
    } = (entry ?? {}) as Record<string, unknown>
    const [unknown] = Object.keys(rest)
    if (unknown !== undefined) throw wrong(`there is no key ${unknown}`)
    if (!Array.isArray(topics) || topics.length === 0 || !topics.every((one) => typeof one === 'string'))
      throw wrong('topics is no list of names')
    if (typeof keepS !== 'number' || typeof keepBytes !== 'number' || !(keepS > 0 || keepBytes > 0))
      throw wrong('keep_s or keep_bytes must say how much is kept')
    return { topics, keepS, keepBytes }
  })
}

const firstRetryMs = 1_000
const longestRetryMs = 30_000

/**
 * Keeps the rings recording: waits for the broker, begins again after a failure. What a ring held when the service ended
 * stays on disk until the ring after the next begins.
 */
export function flyRings(
  rings: readonly FlightRing[],
  { control, context }: { readonly control: ReplayControl; readonly context: ServiceContext },
): { close(): Promise<void> } {
  const stop = new AbortController()
  const flights = rings.map((ring, index) => fly({ ring, index, control, context, signal: stop.signal }))
  return {
    async close() {
      stop.abort()
      await Promise.all(flights)
    },
  }
}

async function fly(flight: {
  readonly ring: FlightRing
  readonly index: number
  readonly control: ReplayControl
  readonly context: ServiceContext
  readonly signal: AbortSignal
}): Promise<void> {
  const { ring, index, control, context, signal } = flight
  const prefix = `flight-${index + 1}-`
  const limits = [
    ...(ring.keepS > 0 ? [`${ring.keepS}s`] : []),
    ...(ring.keepBytes > 0 ? [`${Math.ceil(ring.keepBytes / 1_024)}k`] : []),
  ]
  for (let attempt = 0; !signal.aborted; attempt++) {
    try {
      const { id } = await control.recordings.start({
        name: `${prefix}${new Date().toISOString().replaceAll(/[-:]|\.\d+Z/g, '')}`,
        topics: [],
        match: `^(?:${ring.topics.join('|')})$`,
        ring: limits.join(','),
      })
      attempt = 0
      context.health.set(`ring ${index + 1}`, { ok: true })
      await removeOlder(control, prefix)
      await control.recordings.ended(id, signal)
    } catch (error) {
      context.health.set(`ring ${index + 1}`, { ok: false, detail: String(error) })
    }
    const delayMs = retryDelay(attempt, { minMs: firstRetryMs, maxMs: longestRetryMs })
    await sleep(delayMs, undefined, { signal }).catch(() => undefined) // aborted
  }
}

/** This flight and the one before it stay. */
async function removeOlder(control: ReplayControl, prefix: string): Promise<void> {
  const flights = (await control.recordings.list()).filter(({ name }) => name.startsWith(prefix))
  for (const { id } of flights.slice(2)) await control.recordings.remove(id)
}
