import { separateDevices, textOf } from '../devices/device-traits.ts'
import type { Device, Movable, Readings } from '../devices/protocols.ts'
import { planArgumentError } from '../error.ts'
import { Msg, type Plan } from '../msg.ts'
import { runWrapper } from '../preprocessors/run.ts'
import { stageWrapper } from '../preprocessors/stage.ts'
import { mv } from '../stubs/move-stubs.ts'
import { dimensionsOf, withDimensions } from './hints.ts'
import { checkDetectors, checkMotor, namesOf, type Metadata } from './plan-options.ts'
import { relativeTo } from './relative.ts'

export interface FeedbackOptions {
  readonly md?: Metadata | null
}

export type AdaptiveArguments = [
  detectors: readonly Device[],
  target_field: string,
  motor: Movable,
  start: number,
  stop: number,
  min_step: number,
  max_step: number,
  target_delta: number,
  backstep: boolean,
  threshold?: number | null,
  options?: FeedbackOptions,
]

interface Adaptive {
  readonly detectors: readonly Device[]
  readonly motor: Movable
  readonly targetField: string
  readonly start: number
  readonly stop: number
  readonly minStep: number
  readonly maxStep: number
  readonly targetDelta: number
  readonly backstep: boolean
  readonly threshold: number
}

/** Scans with a step that follows the slope: the signal is to change by target_delta from point to point. */
export function* adaptiveScan(
  ...[
    detectors,
    targetField,
    motor,
    start,
    stop,
    minStep,
    maxStep,
    targetDelta,
    backstep,
    limit,
    options = {},
  ]: AdaptiveArguments
): Plan<string> {
  const dets = checkDetectors(detectors)
  checkMotor(motor, 'motor')
  if (!(minStep > 0 && minStep < maxStep))
    throw planArgumentError('min_step must be above 0 and below max_step')
  const threshold = limit ?? 0.8
  const md: Metadata = {
    detectors: namesOf(dets),
    motors: [motor.name],
    plan_args: {
      detectors: dets.map(textOf),
      motor: textOf(motor),
      start,
      stop,
      min_step: minStep,
      max_step: maxStep,
      target_delta: targetDelta,
      backstep,
      threshold,
    },
    plan_name: 'adaptive_scan',
    hints: {},
    ...options.md,
  }
  const how = {
    detectors: dets,
    motor,
    targetField,
    start,
    stop,
    minStep,
    maxStep,
    targetDelta,
    backstep,
    threshold,
  }
  const run = runWrapper(adaptiveSteps(how), { md: withDimensions(md, dimensionsOf([motor])) })
  return yield* stageWrapper(run, [...dets, motor])
}

function* adaptiveSteps(how: Adaptive): Plan<void> {
  const sign = how.stop >= how.start ? 1 : -1
  let next = how.start
  let step = (how.maxStep - how.minStep) / 2
  let past: number | null = null
  while (next * sign < how.stop * sign) {
    const intensity = yield* measureAt(how, next)
    if (past === null) {
      past = intensity
    } else {
      const slope = Math.abs(intensity - past) / step
      const wanted =
        slope > 0
          ? Math.min(Math.max(how.targetDelta / slope, how.minStep), how.maxStep)
          : Math.min(step * 1.1, how.maxStep)
      if (how.backstep && wanted < step * how.threshold) {
        next -= step * sign
        step = wanted
      } else {
        past = intensity
        step = 0.2 * wanted + 0.8 * step
      }
    }
    next += step * sign
  }
}

/** One point; the detectors are triggered inside the event, the motor is not. */
function* measureAt(how: Adaptive, position: number): Plan<number> {
  yield Msg('checkpoint')
  yield* mv(how.motor, position)
  yield Msg('create', null, { kwargs: { name: 'primary' } })
  for (const detector of how.detectors) yield Msg('trigger', detector, { kwargs: { group: 'B' } })
  yield Msg('wait', null, { args: ['B'] })
  let intensity = Number.NaN
  for (const device of separateDevices<Device>([...how.detectors, how.motor])) {
    const readings = (yield Msg('read', device)) as Readings | undefined
    const reading = readings?.[how.targetField]
    if (reading !== undefined) intensity = Number(reading.value)
  }
  yield Msg('save')
  if (Number.isNaN(intensity)) throw planArgumentError(`no detector gives the field '${how.targetField}'`)
  return intensity
}

/** As adaptiveScan, relative to where the motor is; it goes back at the end. */
export function* relAdaptiveScan(
  ...[
    detectors,
    targetField,
    motor,
    start,
    stop,
    minStep,
    maxStep,
    targetDelta,
    backstep,
    threshold,
    options = {},
  ]: AdaptiveArguments
): Plan<string> {
  const md = { plan_name: 'rel_adaptive_scan', ...options.md }
  const how = [minStep, maxStep, targetDelta, backstep, threshold, { ...options, md }] as const
  return yield* relativeTo(
    [checkMotor(motor, 'motor')],
    adaptiveScan(detectors, targetField, motor, start, stop, ...how),
  )
}
