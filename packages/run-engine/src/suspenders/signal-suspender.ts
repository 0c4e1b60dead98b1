import type { Readings, Subscribable } from '../devices/protocols.ts'
import type { SuspendRequest } from '../engine/core.ts'
import type { PlanLike } from '../msg.ts'
import type { Suspender } from './suspender.ts'

export interface SuspenderOptions {
  /** Seconds to wait after recovery. Default 0. */
  readonly sleepS?: number
  /** Runs before the wait. */
  readonly prePlan?: PlanLike | (() => PlanLike)
  /** Runs after the wait. */
  readonly postPlan?: PlanLike | (() => PlanLike)
  /** Added to the justification. */
  readonly trippedMessage?: string
}

/** When a value suspends, when it releases, and what to say. */
export interface SuspenderRule {
  shouldSuspend(value: unknown): boolean
  shouldResume(value: unknown): boolean
  why(value: unknown): string
}

interface Trip {
  readonly released: Promise<void>
  readonly release: () => void
  readonly text: string
}

/** A suspender that follows a signal. */
export function signalSuspender(
  signal: Subscribable,
  rule: SuspenderRule,
  options: SuspenderOptions = {},
): Suspender {
  let trip: Trip | null = null
  let timer: NodeJS.Timeout | null = null
  let request: ((request: SuspendRequest) => void) | null = null

  const justification = (value: unknown): string => {
    const message = options.trippedMessage ?? ''
    return message === '' ? rule.why(value) : `${rule.why(value)}: ${message}`
  }
  const cancelRecovery = (): void => {
    if (timer !== null) clearTimeout(timer)
    timer = null
  }
  const release = (): void => {
    cancelRecovery()
    trip?.release()
    trip = null
  }
  const look = (value: unknown): void => {
    if (trip === null) {
      if (!rule.shouldSuspend(value)) return
      trip = newTrip(justification(value))
      request?.({
        until: released,
        prePlan: options.prePlan ?? null,
        postPlan: options.postPlan ?? null,
        justification: trip.text,
      })
      return
    }
    if (!rule.shouldResume(value)) cancelRecovery()
    else if (timer === null) timer = setTimeout(release, (options.sleepS ?? 0) * 1000)
  }
  const released = (): Promise<void> => trip?.released ?? Promise.resolve()
  const callback = (readings?: Readings): void => {
    const [reading] = Object.values(readings ?? {})
    if (reading !== undefined) look(reading.value)
  }

  return {
    install(requestSuspend) {
      request = requestSuspend
      signal.subscribe(callback)
      lookNow(signal, callback)
    },
    remove() {
      signal.clearSub(callback)
      request = null
      release()
    },
    isTripped: () => trip !== null,
    released,
    justification: () => trip?.text ?? '',
  }
}

/** Not every signal calls back with its present value. */
function lookNow(signal: Subscribable, look: (readings: Readings) => void): void {
  const readings = signal.read()
  if (!(readings instanceof Promise)) look(readings)
  else void readings.then(look, () => undefined)
}

function newTrip(text: string): Trip {
  const { promise, resolve } = Promise.withResolvers<void>()
  return { released: promise, release: resolve, text }
}
