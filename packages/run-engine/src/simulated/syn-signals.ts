import { normalSample, type Random } from './random.ts'
import { Signal, type SignalOptions } from './signal.ts'

/** A signal that a function makes anew at each trigger. */
export function synSignal(
  name: string,
  func: () => unknown,
  options: Omit<SignalOptions, 'func'> = {},
): Signal {
  return new Signal(name, { precision: 3, hinted: false, ...options, func })
}

export interface PeriodicOptions {
  /** Default: uniform noise from [0, 1). */
  readonly func?: () => unknown
  /** Seconds. Default 1. */
  readonly periodS?: number
  /** Deviation of the period in seconds. Default 1. */
  readonly periodJitterS?: number
  readonly random?: Random
}

export interface PeriodicSignal {
  readonly signal: Signal
  /** Makes a new value again and again, until stopped. */
  start(): void
  stop(): void
}

/** A signal that changes by itself once started. */
export function synPeriodicSignal(
  name: string,
  options: PeriodicOptions = {},
): Signal & Omit<PeriodicSignal, 'signal'> {
  const random = options.random ?? Math.random
  const func = options.func ?? random
  const signal = synSignal(name, func, { className: 'SynPeriodicSignal', dataKey: { dtype: 'number' } })
  let timer: NodeJS.Timeout | null = null
  const later = (): void => {
    const periodS = (options.periodS ?? 1) + (options.periodJitterS ?? 1) * normalSample(random)
    timer = setTimeout(
      () => {
        signal.put(func())
        later()
      },
      Math.max(periodS, 0) * 1000,
    )
    timer.unref()
  }
  return Object.assign(signal, {
    start(): void {
      if (timer === null) later()
    },
    stop(): void {
      if (timer !== null) clearTimeout(timer)
      timer = null
    },
  })
}

/** A signal whose reading never changes, not even its time. */
export function invariantSignal(name: string): Signal {
  const signal = synSignal(name, () => 0, { className: 'InvariantSignal' })
  const key = signal.name
  return Object.assign(signal, {
    read: () => ({ [key]: { value: signal.get(), timestamp: 0 } }),
    repr: () => '<INVARIANT REPR>',
  })
}
