import { textOf } from '../devices/device-traits.ts'
import type { Device, Movable } from '../devices/protocols.ts'
import { planArgumentError } from '../error.ts'
import { Msg, type Plan } from '../msg.ts'
import { runWrapper } from '../preprocessors/run.ts'
import { stageWrapper } from '../preprocessors/stage.ts'
import { mv } from '../stubs/move-stubs.ts'
import { triggerAndRead } from '../stubs/trigger-and-read.ts'
import { dimensionsOf, withDimensions } from './hints.ts'
import { checkDetectors, checkMotor, namesOf, type Metadata } from './plan-options.ts'

interface Tuning {
  readonly detectors: readonly Device[]
  readonly signal: string
  readonly motor: Movable
  readonly position: string
  readonly start: number
  readonly stop: number
  readonly minStep: number
  readonly num: number
  readonly stepFactor: number
  readonly snake: boolean
}

/** Scans ever closer around the centroid of a signal, then moves there. */
export function* tuneCentroid(
  ...[
    detectors,
    signal,
    motor,
    start,
    stop,
    minStep,
    num = 10,
    stepFactor = 3,
    snake = false,
    options = {},
  ]: [
    detectors: readonly Device[],
    signal: string,
    motor: Movable,
    start: number,
    stop: number,
    min_step: number,
    num?: number,
    step_factor?: number,
    snake?: boolean,
    options?: { readonly md?: Metadata | null },
  ]
): Plan<string> {
  const dets = checkDetectors(detectors)
  checkMotor(motor, 'motor')
  if (!(minStep > 0)) throw planArgumentError('min_step must be above 0')
  if (!(stepFactor > 1)) throw planArgumentError('step_factor must be above 1')
  if (!(num > 1)) throw planArgumentError('num must be above 1')
  const fields = motor.hints?.fields ?? []
  const position = fields.length === 1 ? (fields[0] ?? motor.name) : motor.name
  const md: Metadata = {
    detectors: namesOf(dets),
    motors: [motor.name],
    plan_args: { detectors: dets.map(textOf), motor: textOf(motor), start, stop, num, min_step: minStep },
    plan_name: 'tune_centroid',
    hints: {},
    ...options.md,
  }
  const how = { detectors: dets, signal, motor, position, start, stop, minStep, num, stepFactor, snake }
  const run = runWrapper(tune(how), { md: withDimensions(md, dimensionsOf([motor])) })
  return yield* stageWrapper(run, [...dets, motor])
}

function* tune(how: Tuning): Plan<void> {
  const low = Math.min(how.start, how.stop)
  const high = Math.max(how.start, how.stop)
  const clip = (x: number): number => Math.min(Math.max(x, low), high)
  let { start, stop } = how
  let next = start
  let step = (stop - start) / (how.num - 1)
  let peak: number | null = null
  let sumI = 0
  let sumXI = 0
  while (Math.abs(step) >= how.minStep && low <= next && next <= high) {
    yield Msg('checkpoint')
    yield* mv(how.motor, next)
    const readings = yield* triggerAndRead([...how.detectors, how.motor])
    const intensity = Number(readings[how.signal]?.value)
    if (Number.isNaN(intensity)) throw planArgumentError(`no detector gives the field '${how.signal}'`)
    sumI += intensity
    sumXI += Number(readings[how.position]?.value) * intensity
    next += step
    if (Math.min(start, stop) <= next && next <= Math.max(start, stop)) continue
    if (sumI === 0) return
    peak = sumXI / sumI
    sumI = 0
    sumXI = 0
    const range = (stop - start) / how.stepFactor
    start = clip(peak - range / 2)
    stop = clip(peak + range / 2)
    if (how.snake) [start, stop] = [stop, start]
    step = (stop - start) / (how.num - 1)
    next = start
  }
  if (peak !== null) yield* mv(how.motor, peak)
}
