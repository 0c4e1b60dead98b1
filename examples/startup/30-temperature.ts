// A device written from scratch: a temperature controller. A device is any object with the members that a plan needs;
// nothing has to be inherited or registered. This one can be read, set, located, stopped and monitored.

import { unixSecondsNow } from '@beamtime/event-model'
import {
  RunEngineError,
  Status,
  type DataKeys,
  type Location,
  type Readings,
  type StatusLike,
  type SubscriptionCallback,
} from '@beamtime/run-engine'

const updateMs = 100
const limits = [80, 500] as const

class TemperatureController {
  readonly name = 'temperature'
  readonly parent = null
  readonly egu = 'K'
  readonly precision = 2
  readonly limits = limits
  readonly hints = { fields: ['temperature'] }
  /** Kelvin per second. */
  readonly rampRate = 5
  /** A move is over when the sample is this close, in kelvin. */
  readonly tolerance = 0.1
  #setpoint = 295
  #value = 295
  #move: { readonly status: Status; readonly timer: NodeJS.Timeout; readonly initial: number } | null = null
  readonly #callbacks = new Set<SubscriptionCallback>()

  get position(): number {
    return this.#value
  }

  read(): Readings {
    const timestamp = unixSecondsNow()
    return {
      temperature: { value: this.#value, timestamp },
      temperature_setpoint: { value: this.#setpoint, timestamp },
    }
  }

  describe(): DataKeys {
    const key = { dtype: 'number', shape: [], units: 'K', precision: 2 } as const
    return {
      temperature: { ...key, source: 'SIM:temperature' },
      temperature_setpoint: { ...key, source: 'SIM:temperature_setpoint' },
    }
  }

  readConfiguration(): Readings {
    return { temperature_ramp_rate: { value: this.rampRate, timestamp: unixSecondsNow() } }
  }

  describeConfiguration(): DataKeys {
    return {
      temperature_ramp_rate: {
        dtype: 'number',
        shape: [],
        units: 'K/s',
        source: 'SIM:temperature_ramp_rate',
      },
    }
  }

  locate(): Location {
    return { setpoint: this.#setpoint, readback: this.#value }
  }

  checkValue(value: unknown): void {
    const target = Number(value)
    if (target >= limits[0] && target <= limits[1]) return
    throw new RunEngineError({
      code: 'DEVICE_LIMITS',
      text: `temperature cannot go to ${String(value)} K: it must be within ${limits[0]} and ${limits[1]} K`,
      fault: 'caller',
      remedy: 'Choose a temperature that the cryostat can reach.',
    })
  }

  set(target: number): StatusLike {
    this.checkValue(target)
    this.stop()
    this.#setpoint = target
    const status = new Status({ name: this.name, timeoutS: 600 })
    const timer = setInterval(() => this.#step(), updateMs)
    this.#move = { status, timer, initial: this.#value }
    return status
  }

  stop(): void {
    const move = this.#move
    this.#move = null
    if (move === null) return
    clearInterval(move.timer)
    this.#setpoint = this.#value
    if (!move.status.done) move.status.setFinished()
  }

  subscribe(callback: SubscriptionCallback): void {
    this.#callbacks.add(callback)
    callback(this.read())
  }

  clearSub(callback: SubscriptionCallback): void {
    this.#callbacks.delete(callback)
  }

  #step(): void {
    const move = this.#move
    if (move === null) return
    const largest = (this.rampRate * updateMs) / 1000
    const distance = this.#setpoint - this.#value
    this.#value += Math.sign(distance) * Math.min(Math.abs(distance), largest) + (Math.random() - 0.5) * 0.02
    for (const callback of this.#callbacks) callback(this.read())
    const remaining = Math.abs(this.#setpoint - this.#value)
    if (remaining <= this.tolerance) {
      clearInterval(move.timer)
      this.#move = null
      move.status.setFinished()
      return
    }
    move.status.progress({
      name: this.name,
      current: this.#value,
      initial: move.initial,
      target: this.#setpoint,
      unit: 'K',
      precision: 1,
      fraction: remaining / Math.max(Math.abs(this.#setpoint - move.initial), remaining),
      time_remaining: remaining / this.rampRate,
    })
  }
}

export const temperature = new TemperatureController()
