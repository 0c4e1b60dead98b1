import type { Event, EventDescriptor, RunStart } from '@beamtime/event-model'
import { addToSpark, emptySpark, type SparkState } from './sparkline.ts'

/** Where a motor went in the primary stream, in its unit. */
export interface MotorRange {
  readonly name: string
  /** Data key that was followed. */
  readonly field: string
  readonly unit: string | null
  first: number | null
  last: number | null
  low: number | null
  high: number | null
}

/** What of a run's events is kept beside the events, so that a list of runs reads no events. Stored as JSON. */
export interface RunProgress {
  readonly numEvents: Record<string, number>
  motors: MotorRange[]
  /** Data key of the sparkline: the first hinted number that is no axis. */
  sparkField: string | null
  spark: SparkState
}

export function emptyProgress(): RunProgress {
  return { numEvents: {}, motors: [], sparkField: null, spark: emptySpark() }
}

/** Chooses the followed fields from the descriptor of the primary stream; keeps what was counted before. */
export function followDescriptor(progress: RunProgress, start: RunStart, descriptor: EventDescriptor): void {
  const fieldsOf = (object: string): readonly string[] =>
    descriptor.hints?.[object]?.fields ?? descriptor.object_keys?.[object] ?? [object]
  const motors = Array.isArray(start['motors'])
    ? start['motors'].filter((name) => typeof name === 'string')
    : []
  progress.motors = motors.flatMap((name) => {
    const known = progress.motors.find((motor) => motor.name === name)
    if (known) return [known]
    const field = fieldsOf(name).find((key) => key in descriptor.data_keys)
    if (field === undefined) return []
    const unit = descriptor.data_keys[field]?.units ?? null
    return [{ name, field, unit, first: null, last: null, low: null, high: null }]
  })
  if (progress.sparkField !== null) return
  const axes = new Set(progress.motors.map((motor) => motor.field))
  const objects = Object.keys(descriptor.object_keys ?? {})
  const candidates = objects.length > 0 ? objects.flatMap(fieldsOf) : Object.keys(descriptor.data_keys)
  progress.sparkField =
    candidates.find((key) => {
      const dtype = descriptor.data_keys[key]?.dtype
      return !axes.has(key) && (dtype === 'number' || dtype === 'integer')
    }) ?? null
}

/** Takes in one event of the primary stream. */
export function followEvent(progress: RunProgress, data: Event['data']): void {
  for (const motor of progress.motors) {
    const value = data[motor.field]
    if (typeof value !== 'number' || !Number.isFinite(value)) continue
    motor.first ??= value
    motor.last = value
    motor.low = motor.low === null ? value : Math.min(motor.low, value)
    motor.high = motor.high === null ? value : Math.max(motor.high, value)
  }
  if (progress.sparkField === null) return
  const value = data[progress.sparkField]
  if (typeof value === 'number') addToSpark(progress.spark, value)
}

/** Rows of the primary stream; without one, of the longest stream that is no baseline. */
export function pointsOf(numEvents: Readonly<Record<string, number>>): number {
  const primary = numEvents['primary']
  if (primary !== undefined) return primary
  const others = Object.entries(numEvents).flatMap(([name, n]) =>
    name === 'baseline' || name === 'interruptions' ? [] : [n],
  )
  return Math.max(0, ...others)
}
