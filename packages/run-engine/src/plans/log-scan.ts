import { textOf } from '../devices/device-traits.ts'
import type { Device, Movable } from '../devices/protocols.ts'
import type { Plan } from '../msg.ts'
import { runWrapper } from '../preprocessors/run.ts'
import { stageWrapper } from '../preprocessors/stage.ts'
import { one1dStep } from '../stubs/step-stubs.ts'
import { dimensionsOf, withDimensions } from './hints.ts'
import { logspace } from './numbers.ts'
import {
  checkCount,
  checkDetectors,
  checkMotor,
  checkNumber,
  namesOf,
  type Metadata,
  type Step1d,
} from './plan-options.ts'
import { relativeTo } from './relative.ts'

export interface LogScanOptions {
  /** Replaces what is done at each point. */
  readonly per_step?: Step1d | null
  readonly md?: Metadata | null
}

type LogScanArguments = [
  detectors: readonly Device[],
  motor: Movable,
  start: number,
  stop: number,
  num: number,
  options?: LogScanOptions,
]

/** Scans one motor from 10^start to 10^stop in even steps of the exponent. */
export function* logScan(
  ...[detectors, motor, start, stop, num, options = {}]: LogScanArguments
): Plan<string> {
  const dets = checkDetectors(detectors)
  checkMotor(motor, 'motor')
  const range = {
    start: checkNumber(start, 'start'),
    stop: checkNumber(stop, 'stop'),
    num: checkCount(num, 'num'),
  }
  const md: Metadata = {
    detectors: namesOf(dets),
    motors: [motor.name],
    num_points: num,
    num_intervals: num - 1,
    plan_args: {
      detectors: dets.map(textOf),
      num,
      start,
      stop,
      motor: textOf(motor),
      per_step:
        options.per_step === undefined || options.per_step === null ? 'None' : textOf(options.per_step),
    },
    plan_name: 'log_scan',
    plan_pattern: 'logspace',
    plan_pattern_module: 'numpy',
    plan_pattern_args: range,
    hints: {},
    ...options.md,
  }
  const step = options.per_step ?? one1dStep
  const inner = function* (): Plan<void> {
    for (const value of logspace(start, stop, num)) yield* step(dets, motor, value)
  }
  const run = runWrapper(inner(), { md: withDimensions(md, dimensionsOf([motor])) })
  return yield* stageWrapper(run, [...dets, motor])
}

/** As logScan, relative to where the motor is; it goes back at the end. */
export function* relLogScan(
  ...[detectors, motor, start, stop, num, options = {}]: LogScanArguments
): Plan<string> {
  const md = { plan_name: 'rel_log_scan', ...options.md }
  return yield* relativeTo(
    [checkMotor(motor, 'motor')],
    logScan(detectors, motor, start, stop, num, { ...options, md }),
  )
}
