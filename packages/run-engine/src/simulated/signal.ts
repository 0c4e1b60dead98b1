import { unixSecondsNow, type DataKey, type UnixSeconds } from '@beamtime/event-model'
import { dataKeyOf } from '../devices/data-key.ts'
import type { DataKeys, Device, Hints, Readings, SubscriptionCallback } from '../devices/protocols.ts'
import { finishedStatus, Status, type StatusLike } from '../devices/status.ts'
import { RunEngineError, toError } from '../error.ts'

export interface SignalOptions {
  /** Default 0. */
  readonly value?: unknown
  /** Shown first by viewers. Default true. */
  readonly hinted?: boolean
  readonly precision?: number
  readonly units?: string
  /** [low, high]; a value outside is refused with DEVICE_LIMITS. */
  readonly limits?: readonly [number, number]
  /** `set` is refused with DEVICE_READ_ONLY. Default false. */
  readonly readOnly?: boolean
  /** The texts that the signal may have. */
  readonly enumStrings?: readonly string[]
  /** Makes the new value at each trigger. Default: the value stays. */
  readonly func?: () => unknown
  /** Seconds that a trigger takes. Default 0. */
  readonly exposureTimeS?: number
  /** Fields added to the data key. */
  readonly dataKey?: Partial<DataKey>
  /** Carries a set out. Default: the value is simply taken. */
  readonly onSet?: (value: unknown) => StatusLike
  /** Default 'Signal', with `func` 'SynSignal'. */
  readonly className?: string
}

/** One value that can be read, set, triggered and subscribed to. */
export class Signal {
  readonly name: string
  readonly className: string
  readonly hints: Hints
  readonly precision?: number
  readonly units?: string
  readonly limits?: readonly [number, number]
  /** The device that this is a part of; given by that device. */
  parent: Device | null = null
  exposureTimeS: number
  #func: (() => unknown) | null
  readonly #options: SignalOptions
  #value: unknown
  #timestamp: UnixSeconds
  #hasChanged = false
  readonly #callbacks = new Set<SubscriptionCallback>()

  constructor(name: string, options: SignalOptions = {}) {
    this.name = name
    this.#options = options
    this.className = options.className ?? (options.func === undefined ? 'Signal' : 'SynSignal')
    this.hints = { fields: options.hinted === false ? [] : [name] }
    if (options.precision !== undefined) this.precision = options.precision
    if (options.units !== undefined) this.units = options.units
    if (options.limits !== undefined) this.limits = options.limits
    this.exposureTimeS = options.exposureTimeS ?? 0
    this.#func = options.func ?? null
    this.#value = options.value ?? (this.#func === null ? 0 : this.#func())
    this.#timestamp = unixSecondsNow()
  }

  get(): unknown {
    return this.#value
  }

  get timestamp(): UnixSeconds {
    return this.#timestamp
  }

  /** Takes a value and tells the subscribers. No checks. */
  put(value: unknown, timestamp: UnixSeconds = unixSecondsNow()): void {
    this.#value = value
    this.#timestamp = timestamp
    this.#hasChanged = true
    if (this.#callbacks.size === 0) return
    const readings = this.read()
    for (const callback of this.#callbacks) callback(readings)
  }

  /** Sets the value. Throws DEVICE_READ_ONLY, DEVICE_LIMITS. */
  set(value: unknown): StatusLike {
    this.checkValue(value)
    if (this.#options.onSet !== undefined) return this.#options.onSet(value)
    this.put(value)
    return finishedStatus()
  }

  /** Throws when the value cannot be set. */
  checkValue(value: unknown): void {
    const { readOnly, enumStrings, limits } = this.#options
    if (readOnly === true) throw readOnlyError(this.name)
    if (enumStrings !== undefined && !enumStrings.includes(String(value))) {
      throw limitsError(this.name, value, `one of ${enumStrings.join(', ')}`)
    }
    if (limits !== undefined) checkLimits(this.name, value, limits)
  }

  read(): Readings {
    return { [this.name]: { value: this.#value, timestamp: this.#timestamp } }
  }

  describe(): DataKeys {
    const { precision, units, enumStrings, dataKey } = this.#options
    return {
      [this.name]: {
        ...dataKeyOf(this.name, enumStrings === undefined ? this.#value : 0),
        ...(precision === undefined ? {} : { precision }),
        ...(units === undefined ? {} : { units }),
        ...(enumStrings === undefined ? {} : { enum_strs: enumStrings }),
        ...dataKey,
      },
    }
  }

  readConfiguration(): Readings {
    return this.read()
  }

  describeConfiguration(): DataKeys {
    return this.describe()
  }

  /** Makes a new value, after the exposure time. */
  trigger(): StatusLike {
    const func = this.#func
    if (this.exposureTimeS === 0) {
      if (func !== null) this.put(func())
      return finishedStatus()
    }
    const status = new Status({ name: this.name })
    const startedMs = performance.now()
    const totalMs = this.exposureTimeS * 1000
    setTimeout(() => {
      try {
        if (func !== null) this.put(func())
        status.setFinished()
      } catch (error) {
        status.setException(toError(error))
      }
    }, totalMs)
    status.progress(exposureProgress(this.name, performance.now() - startedMs, totalMs))
    return status
  }

  /** Replaces what a trigger computes. */
  simSetFunc(func: () => unknown): void {
    this.#func = func
  }

  /** Calls back at each change, and at once if the value has changed since the signal was made: as ophyd does. */
  subscribe(callback: SubscriptionCallback): void {
    this.#callbacks.add(callback)
    if (this.#hasChanged) callback(this.read())
  }

  clearSub(callback: SubscriptionCallback): void {
    this.#callbacks.delete(callback)
  }
}

function exposureProgress(name: string, elapsedMs: number, totalMs: number): Record<string, number | string> {
  return {
    name,
    current: elapsedMs / 1000,
    initial: 0,
    target: totalMs / 1000,
    unit: 's',
    precision: 1,
    fraction: 1 - elapsedMs / totalMs,
  }
}

/** Throws DEVICE_LIMITS unless low ≤ value ≤ high. Equal limits mean none. */
export function checkLimits(name: string, value: unknown, limits: readonly [number, number]): void {
  const [low, high] = limits
  if (low === high) return
  const number = Number(value)
  if (!(number >= low && number <= high)) throw limitsError(name, value, `within ${low} and ${high}`)
}

function limitsError(name: string, value: unknown, allowed: string): RunEngineError {
  return new RunEngineError({
    code: 'DEVICE_LIMITS',
    text: `${name} cannot go to ${String(value)}: it must be ${allowed}`,
    fault: 'caller',
    remedy: 'Choose a value within the limits of the device.',
  })
}

function readOnlyError(name: string): RunEngineError {
  return new RunEngineError({
    code: 'DEVICE_READ_ONLY',
    text: `${name} cannot be set`,
    fault: 'caller',
    remedy: 'Set the device that it belongs to.',
  })
}
