import type { Subscribable } from '../devices/protocols.ts'
import { RunEngineError } from '../error.ts'
import { signalSuspender, type SuspenderOptions } from './signal-suspender.ts'
import type { Suspender } from './suspender.ts'

export interface ThresholdOptions extends SuspenderOptions {
  /** Beyond this the plan is suspended. */
  readonly suspendThreshold: number
  /** Back across this it goes on. Default: the same. */
  readonly resumeThreshold?: number
}

export interface BandOptions extends SuspenderOptions {
  readonly bandBottom: number
  readonly bandTop: number
}

export interface ChangeOptions extends SuspenderOptions {
  readonly expectedValue: unknown
  /** Goes on when the expected value is back. Default false: abort and start anew. */
  readonly allowResume?: boolean
}

/** Suspends while the signal is truthy. */
export function suspendBoolHigh(signal: Subscribable, options: SuspenderOptions = {}): Suspender {
  const rule = {
    shouldSuspend: (value: unknown) => Boolean(value),
    shouldResume: (value: unknown) => !value,
    why: () => `Signal ${signal.name} is high`,
  }
  return signalSuspender(signal, rule, options)
}

/** Suspends while the signal is falsy. */
export function suspendBoolLow(signal: Subscribable, options: SuspenderOptions = {}): Suspender {
  const rule = {
    shouldSuspend: (value: unknown) => !value,
    shouldResume: (value: unknown) => Boolean(value),
    why: () => `Signal ${signal.name} is low`,
  }
  return signalSuspender(signal, rule, options)
}

/** Suspends when the signal falls below a threshold. Throws SUSPENDER_ARGUMENT when it would resume below it. */
export function suspendFloor(signal: Subscribable, options: ThresholdOptions): Suspender {
  const low = options.suspendThreshold
  const high = options.resumeThreshold ?? low
  if (high < low) throw argumentError('the resume threshold must not be below the suspend threshold')
  const rule = {
    shouldSuspend: (value: unknown) => Number(value) < low,
    shouldResume: (value: unknown) => !(Number(value) < high),
    why: (value: unknown) =>
      `Signal ${signal.name} = ${String(value)} fell below ${low} and has not yet crossed above ${high}.`,
  }
  return signalSuspender(signal, rule, options)
}

/** Suspends when the signal rises above a threshold. Throws SUSPENDER_ARGUMENT when it would resume above it. */
export function suspendCeil(signal: Subscribable, options: ThresholdOptions): Suspender {
  const high = options.suspendThreshold
  const low = options.resumeThreshold ?? high
  if (low > high) throw argumentError('the resume threshold must not be above the suspend threshold')
  const rule = {
    shouldSuspend: (value: unknown) => Number(value) > high,
    shouldResume: (value: unknown) => !(Number(value) > low),
    why: (value: unknown) =>
      `Signal ${signal.name} = ${String(value)} went above ${high} and has not yet crossed below ${low}.`,
  }
  return signalSuspender(signal, rule, options)
}

/** Suspends while the signal is not inside the band. Throws SUSPENDER_ARGUMENT for an empty band. */
export function suspendWhenOutsideBand(signal: Subscribable, options: BandOptions): Suspender {
  const inside = bandTest(options)
  const rule = {
    shouldSuspend: (value: unknown) => !inside(value),
    shouldResume: inside,
    why: (value: unknown) =>
      `Signal ${signal.name} = ${String(value)} is outside of the range (${options.bandBottom}, ${options.bandTop})`,
  }
  return signalSuspender(signal, rule, options)
}

/** Suspends while the signal is inside the band. Throws SUSPENDER_ARGUMENT for an empty band. */
export function suspendOutBand(signal: Subscribable, options: BandOptions): Suspender {
  const inside = bandTest(options)
  const rule = {
    shouldSuspend: inside,
    shouldResume: (value: unknown) => !inside(value),
    why: (value: unknown) =>
      `Signal ${signal.name} = ${String(value)} is inside of the range (${options.bandBottom}, ${options.bandTop})`,
  }
  return signalSuspender(signal, rule, options)
}

/** Suspends when the signal is not what it was expected to be. */
export function suspendWhenChanged(signal: Subscribable, options: ChangeOptions): Suspender {
  const { expectedValue, allowResume = false } = options
  const hint = allowResume
    ? ''
    : ' The plan cannot go on by itself: abort it and start anew, or remove the suspender.'
  const rule = {
    shouldSuspend: (value: unknown) => value !== expectedValue,
    shouldResume: (value: unknown) => allowResume && value === expectedValue,
    why: (value: unknown) =>
      `Signal ${signal.name}, got "${String(value)}", expected "${String(expectedValue)}"${hint}`,
  }
  return signalSuspender(signal, rule, options)
}

function bandTest(options: BandOptions): (value: unknown) => boolean {
  if (!(options.bandBottom < options.bandTop))
    throw argumentError('the bottom of the band must be below its top')
  return (value) => options.bandBottom < Number(value) && Number(value) < options.bandTop
}

function argumentError(text: string): RunEngineError {
  return new RunEngineError({
    code: 'SUSPENDER_ARGUMENT',
    text,
    fault: 'caller',
    remedy: 'Correct the thresholds of the suspender.',
  })
}
